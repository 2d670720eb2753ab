import shutil
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from vms.papers.fonts import FontFault, Typeface, load_typeface


def test_an_office_brings_its_own_typeface(typeface: Typeface, tmp_path: Path) -> None:
    for source, name in (
        (typeface.regular, "times.ttf"),
        (typeface.bold, "timesbd.ttf"),
        (typeface.italic, "timesi.ttf"),
        (typeface.bold_italic, "timesbi.ttf"),
    ):
        shutil.copy(source, tmp_path / name)
    assert load_typeface(tmp_path).bold == tmp_path / "timesbd.ttf"


def test_a_folder_without_a_typeface_is_named(tmp_path: Path) -> None:
    with pytest.raises(FontFault, match=r"papers\.fonts\) holds neither times\.ttf"):
        load_typeface(tmp_path)


def test_a_file_that_is_no_font_is_named(tmp_path: Path) -> None:
    for name in ("times.ttf", "timesbd.ttf", "timesi.ttf", "timesbi.ttf"):
        (tmp_path / name).write_bytes(b"no font at all")
    with pytest.raises(FontFault, match=r"times\.ttf cannot be read"):
        load_typeface(tmp_path)


def test_a_font_without_vietnamese_is_refused(tmp_path: Path) -> None:
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "A"])
    builder.setupCharacterMap({65: "A"})
    empty = TTGlyphPen(None).glyph()
    builder.setupGlyf({".notdef": empty, "A": empty})
    builder.setupHorizontalMetrics({".notdef": (500, 0), "A": (500, 0)})
    builder.setupHorizontalHeader()
    builder.setupPost()
    for name in ("times.ttf", "timesbd.ttf", "timesi.ttf", "timesbi.ttf"):
        builder.save(tmp_path / name)
    with pytest.raises(FontFault, match="lacks Vietnamese letters"):
        load_typeface(tmp_path)
