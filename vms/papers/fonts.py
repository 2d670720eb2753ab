"""The typeface of the papers: four files, read once. No font of ours: one from a package, or the office's own.

NĐ 30/2020/NĐ-CP asks for Times New Roman. Its licence lets nobody pass it on, so an office that has it names the folder in
`papers.fonts`; without that the papers are set in IBM Plex Serif (OFL), which has every Vietnamese letter, too.
"""

import importlib.util
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

_PACKAGE = "fontpkg_ibm_plex_serif"
_PACKAGED = (
    "IBMPlexSerif-Regular.ttf",
    "IBMPlexSerif-Bold.ttf",
    "IBMPlexSerif-Italic.ttf",
    "IBMPlexSerif-BoldItalic.ttf",
)
_OWN = (
    ("times.ttf", "timesbd.ttf", "timesi.ttf", "timesbi.ttf"),
    (
        "LiberationSerif-Regular.ttf",
        "LiberationSerif-Bold.ttf",
        "LiberationSerif-Italic.ttf",
        "LiberationSerif-BoldItalic.ttf",
    ),
)
"""As Windows names Times New Roman, as Linux names the font with its widths."""
_VOWELS = "aăâeêioôơuưy"
_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")


class FontFault(Exception):
    """The papers cannot be set. One sentence."""


@dataclass(frozen=True, slots=True)
class Typeface:
    """`characters`: the code points that all four files have."""

    characters: frozenset[int]
    regular: Path
    bold: Path
    italic: Path
    bold_italic: Path


def load_typeface(folder: Path | None = None) -> Typeface:
    """The office's own typeface from `folder`, else the packaged one. Reads the files; raises `FontFault`."""
    files = _packaged() if folder is None else _own(folder)
    characters = frozenset.intersection(*(_characters(file) for file in files))
    if missing := "".join(letter for letter in vietnamese_letters() if ord(letter) not in characters):
        raise FontFault(f"The font {files[0].name} lacks Vietnamese letters: {missing[:20]}.")
    return Typeface(characters, *files)


def vietnamese_letters() -> Iterator[str]:
    """Every letter of the alphabet with every tone, small and capital, NFC: 134 of them with đ, and the plain consonants."""
    for letter in "bcdđghklmnpqrstvx":
        yield letter
        yield letter.upper()
    for vowel in _VOWELS:
        for tone in _TONES:
            letter = unicodedata.normalize("NFC", vowel + tone)
            yield letter
            yield letter.upper()


def _packaged() -> tuple[Path, ...]:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise FontFault(f"The package {_PACKAGE.replace('_', '-')} with the font of the papers is not installed.")
    return tuple(Path(found.origin).parent / "files" / name for name in _PACKAGED)


def _own(folder: Path) -> tuple[Path, ...]:
    for names in _OWN:
        files = tuple(folder / name for name in names)
        if all(file.is_file() for file in files):
            return files
    raise FontFault(
        f"The folder {folder} (papers.fonts) holds neither {', '.join(_OWN[0])} nor {_OWN[1][0]} and its three others."
    )


def _characters(file: Path) -> frozenset[int]:
    try:
        with TTFont(io.BytesIO(file.read_bytes()), lazy=True) as font:
            return frozenset(font.getBestCmap() or {})
    except (OSError, TTLibError) as error:
        raise FontFault(f"The font {file} cannot be read: {error}.") from error
