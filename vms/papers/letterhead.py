"""The head of a paper (NĐ 30/2020/NĐ-CP, annex I, II.1–5): bodies and number at the left, motto, place and date at the right, the title."""

from vms.papers.document import Document, Letterhead
from vms.papers.sheet import Sheet, line_mm
from vms.papers.wording import written_date

COUNTRY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
_LEFT_SHARE = 0.42
_NUMBER_GAP = "      /      "


def draw_letterhead(sheet: Sheet, head: Letterhead) -> None:
    """Two columns side by side; the pen ends below the longer one."""
    top_mm, width_mm = sheet.get_y(), sheet.epw
    left_mm = width_mm * _LEFT_SHARE
    right_x, right_mm = sheet.l_margin + left_mm + 2, width_mm - left_mm - 2
    left_end = _left(sheet, head, sheet.l_margin, left_mm)
    sheet.set_y(top_mm)
    right_end = _right(sheet, head, right_x, right_mm)
    sheet.set_y(max(left_end, right_end) + 5)


def draw_title(sheet: Sheet, document: Document) -> None:
    """What it is an annex of, which kind of paper it is, and about what."""
    if document.annex:
        sheet.use("I", 12)
        sheet.write_balanced(document.annex, sheet.l_margin, sheet.epw, 12)
        sheet.ln(1)
    sheet.use("B", 14)
    sheet.write_balanced(document.title.upper(), sheet.l_margin, sheet.epw, 14)
    sheet.use("B", 13)
    sheet.write_balanced(document.subject, sheet.l_margin, sheet.epw, 13)
    _rule(sheet, sheet.l_margin, sheet.epw, sheet.epw * 0.3)
    sheet.ln(5)


def _left(sheet: Sheet, head: Letterhead, x_mm: float, width_mm: float) -> float:
    if head.parent:
        sheet.use("", 12)
        sheet.write_balanced(head.parent.upper(), x_mm, width_mm, 12)
    sheet.use("B", 12)
    sheet.write_balanced(head.body.upper(), x_mm, width_mm, 12)
    _rule(sheet, x_mm, width_mm, width_mm * 0.4)
    sheet.ln(3)
    sheet.use("", 13)
    sheet.write_balanced(f"Số: {head.number or _NUMBER_GAP}", x_mm, width_mm, 13)
    return sheet.get_y()


def _right(sheet: Sheet, head: Letterhead, x_mm: float, width_mm: float) -> float:
    sheet.use("B", 12)
    while (country_mm := sheet.get_string_width(COUNTRY)) > width_mm:
        # One line in whatever typeface the office has.
        sheet.use("B", sheet.font_size_pt - 0.25)
    sheet.write_line(COUNTRY, x_mm, width_mm, line_mm(12), "C")
    sheet.use("B", 13)
    sheet.write_line(MOTTO, x_mm, width_mm, line_mm(13), "C")
    _rule(sheet, x_mm, width_mm, min(sheet.get_string_width(MOTTO), country_mm))
    sheet.ln(3)
    sheet.use("I", 13)
    sheet.write_balanced(f"{head.place}, {written_date(head.at_ms)}", x_mm, width_mm, 13)
    return sheet.get_y()


def _rule(sheet: Sheet, x_mm: float, width_mm: float, length_mm: float) -> None:
    begin, y_mm = x_mm + (width_mm - length_mm) / 2, sheet.get_y() + 0.6
    sheet.set_line_width(0.25)
    sheet.line(begin, y_mm, begin + length_mm, y_mm)
    sheet.set_y(y_mm)
