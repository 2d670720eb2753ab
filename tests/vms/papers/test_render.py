import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pypdfium2 as pdfium
import pytest

from fakes.papers import ALL, COURT, HEARING, PROCURACY, ms
from fakes.pdf import metadata, pages, words
from vms.papers.attendance import Attendance, Presence, attendance_document
from vms.papers.document import Align, Column, Document, Facts, Heading, Paragraph, SignaturePlace, Table, Verdict
from vms.papers.evaluation import Evaluation, evaluation_document
from vms.papers.evaluation_template import parse_template
from vms.papers.fonts import Typeface, vietnamese_letters
from vms.papers.hearing import HearingShown
from vms.papers.render import render
from vms.papers.room_check import Checked, RoomCheck, room_check_document
from vms.papers.timeline import Interruption, Step, Timeline, timeline_document

A4_PT = (595, 842)


def _paper(*blocks: Paragraph | Table | Facts | Heading, signers: tuple[SignaturePlace, ...] = ()) -> Document:
    return Document(COURT, "Biên bản", "Về việc thử", tuple(blocks), signers)


@pytest.mark.parametrize("name", ALL)
def test_every_paper_says_what_it_was_given_on_a4_and_lacks_no_glyph(
    name: str, typeface: Typeface, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    document = ALL[name]()
    pdf = render(document, typeface).pdf
    assert caplog.records == []
    read = words(pdf)
    assert "\ufffd" not in " ".join(read)
    assert Counter(_given(document)) - Counter(read) == Counter()
    reader = pdfium.PdfDocument(pdf)
    sizes = {tuple(sorted(round(side) for side in reader[number].get_size())) for number in range(len(reader))}
    reader.close()
    assert sizes == {A4_PT}


@pytest.mark.parametrize("name", ALL)
def test_the_head_is_that_of_an_office_and_pages_are_numbered_from_the_second(name: str, typeface: Typeface) -> None:
    document = ALL[name]()
    first, *others = pages(render(document, typeface).pdf)
    text = " ".join(first.split())
    for line in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Sơn La, ngày 05 tháng 02 năm 2026",
        f"Số: {document.letterhead.number}",
        document.title.upper(),
    ):
        assert line in text
    assert [page.split()[0] for page in others] == [str(number) for number in range(2, len(others) + 2)]


@pytest.mark.parametrize("name", ALL)
def test_the_same_paper_is_the_same_file(name: str, typeface: Typeface) -> None:
    assert render(ALL[name](), typeface) == render(ALL[name](), typeface)


def test_every_vietnamese_letter_is_read_back(typeface: Typeface) -> None:
    letters = list(vietnamese_letters())
    assert len(set(letters)) == 2 * (12 * 6 + 17)
    read = words(render(_paper(Paragraph(" ".join(letters)), Paragraph(" ".join(letters), italic=True)), typeface).pdf)
    assert Counter(letters) + Counter(letters) - Counter(read) == Counter()


def test_every_vietnamese_letter_has_a_shape_of_its_own(typeface: Typeface) -> None:
    letters = sorted(set(vietnamese_letters()))
    shapes = {}
    for style_table in (Paragraph, lambda text: Paragraph(text, italic=True)):
        reader = pdfium.PdfDocument(render(_paper(*(style_table(letter) for letter in letters)), typeface).pdf)
        glyphs = {}
        for number in range(len(reader)):
            text = reader[number].get_textpage()
            picture = reader[number].render(scale=4, grayscale=True).to_numpy()
            for index in range(text.count_chars()):
                letter = text.get_text_range(index, 1)
                left, bottom, right, top = text.get_charbox(index, loose=True)
                if letter in letters and 100 < left < 125:  # where the first line begins
                    height = picture.shape[0]
                    box = picture[int(height - top * 4) : int(height - bottom * 4), int(left * 4) : int(right * 4)]
                    glyphs[letter] = (box.shape, box.tobytes())
        reader.close()
        assert set(glyphs) == set(letters)
        assert len(set(glyphs.values())) == len(letters)
        shapes[style_table] = glyphs


def test_a_row_longer_than_a_page_loses_no_word_and_headings_come_again(typeface: Typeface) -> None:
    long = " ".join(f"w{n}" for n in range(2_000))
    table = Table(
        (Column("Cột", 1), Column("Lời", 2, Align.RIGHT)), (("a", "b"), ("c", long), ("d", Verdict(False, "HỎNG")))
    )
    found = pages(render(_paper(table), typeface).pdf)
    assert len(found) > 2
    assert {f"w{n}" for n in range(2_000)} <= {word for page in found for word in page.split()}
    assert all("Cột" in page for page in found)
    assert "HỎNG" in found[-1]


def test_a_word_without_a_place_to_break_stays_in_its_column(typeface: Typeface) -> None:
    (page,) = pages(render(_paper(Table((Column("A"), Column("B")), (("x" * 300, "y"),))), typeface).pdf)
    assert page.count("x") == 300


def test_signatures_are_never_torn_from_each_other(typeface: Typeface) -> None:
    signers = (SignaturePlace("Thư ký", "Lường Văn Ẩn"), SignaturePlace("Chủ tọa", "Nguyễn Thị Hường"))
    for lines in range(18, 32):
        facts = Facts(tuple((f"Dòng {n}", "x") for n in range(lines)))
        rendered = render(_paper(facts, signers=signers), typeface)
        found = pages(rendered.pdf)
        last = " ".join(found[-1].split())
        assert all(word in last for word in ("THƯ KÝ", "CHỦ TỌA", "Lường Văn Ẩn", "Nguyễn Thị Hường"))
        assert rendered.signature is not None
        assert rendered.signature.page == len(found)
        assert 0 < rendered.signature.bottom < rendered.signature.top < 842


def test_what_the_font_lacks_is_named_and_what_cannot_be_seen_is_too(typeface: Typeface) -> None:
    read = " ".join(words(render(_paper(Paragraph("Nguyễn 李 \u202eA\u0000B\u200b")), typeface).pdf))
    assert "Nguyễn [U+674E] [U+202E]AB[U+200B]" in read


def test_decomposed_text_is_printed_composed(typeface: Typeface) -> None:
    assert "Hường" in words(render(_paper(Paragraph("Hu\u031bo\u031b\u0300ng")), typeface).pdf)


# What stands on a paper beside what it was given is the same for every hearing.

SHOWN = HearingShown(title="Phiên kín", parties=(("Bị cáo", "L.V.N."),), court="TAND khu vực 1", began_ms=ms(8))
OTHER = HearingShown(
    title="Xét xử lưu động", parties=(("Bị cáo", "Quàng Văn Ơn"),), court="TAND khu vực 1", began_ms=ms(8)
)
MAKERS: dict[str, Callable[[HearingShown], Document]] = {
    "timeline": lambda hearing: timeline_document(
        Timeline(COURT, hearing, (Step(ms(8), "Khai mạc"),), (Interruption(ms(9), ms(10), "Mất điện"),))
    ),
    "attendance": lambda hearing: attendance_document(
        Attendance(COURT, hearing, (Presence("Ngữ", "VKS", "1", "Toàn cảnh", ms(8), ms(9)),))
    ),
    "room_check": lambda hearing: room_check_document(
        RoomCheck(COURT, hearing, ms(7), "Ẩn", (Checked("Hình ảnh", "Toàn cảnh"),))
    ),
    "evaluation": lambda hearing: evaluation_document(
        Evaluation(
            PROCURACY,
            hearing,
            parse_template('title="Phiếu"\n[[groups]]\ntitle="A"\ncriteria=[{key="a",text="B",most=5}]'),
        )
    ),
}


@pytest.mark.parametrize("name", MAKERS)
def test_a_paper_of_a_closed_hearing_prints_nothing_beyond_what_it_was_given(name: str, typeface: Typeface) -> None:
    closed, other = (render(MAKERS[name](hearing), typeface).pdf for hearing in (SHOWN, OTHER))
    more = Counter(words(closed)) - Counter(words(other))
    assert set(more) <= {"Phiên", "kín", "L.V.N."}
    assert "L.V.N." in more
    assert {key: value for key, value in metadata(closed).items() if "Date" not in key} == {
        "Title": MAKERS[name](SHOWN).title,
        "Producer": "Vọng",
    }


@pytest.mark.parametrize("name", MAKERS)
def test_empty_lines_of_a_hearing_are_left_out(name: str, typeface: Typeface) -> None:
    text = " ".join(words(render(MAKERS[name](replace(SHOWN, parties=())), typeface).pdf))
    assert "Số thụ lý" not in text
    assert "Bị cáo:" not in text


def test_the_hearing_of_the_samples_is_whole() -> None:
    assert HEARING.ended_ms is not None


def _given(document: Document) -> list[str]:
    texts: list[str] = [document.title.upper(), document.subject, document.letterhead.body.upper()]
    for block in document.blocks:
        if isinstance(block, Table):
            texts += [column.title for column in block.columns]
            for row in (*block.rows, block.totals):
                texts += [cell.text if isinstance(cell, Verdict) else str(cell) for cell in row]
        elif isinstance(block, Facts):
            texts += [f"{name}: {value}" for name, value in block.lines]
        elif hasattr(block, "text"):
            texts.append(block.text)
    for signer in document.signers:
        texts += [signer.office.upper(), signer.name]
    return " ".join(texts).split()


@pytest.mark.parametrize("lines", range(16, 30, 2))
def test_a_heading_stands_on_the_page_of_the_first_row_that_it_heads(lines: int, typeface: Typeface) -> None:
    table = Table((Column("Cột"),), (("\n".join(["hàng", *"abcdef"]),),))
    facts = Facts(tuple((f"Dòng {number}", "x") for number in range(lines)))
    read = pages(render(_paper(facts, Heading("Đầu đề"), table), typeface).pdf)
    assert [number for number, text in enumerate(read) if "Đầu đề" in text] == [
        number for number, text in enumerate(read) if "hàng" in text and "Cột" in text
    ]
