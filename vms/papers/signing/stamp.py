"""What is seen of a signature: who signed and when, in the place of the signer's own.

NĐ 30/2020/NĐ-CP, annex I, II.8: time of signing with hours, minutes, seconds and zone.
"""

from dataclasses import dataclass

from fpdf import FPDF

from vms.papers.fonts import Typeface
from vms.papers.sheet import line_mm
from vms.papers.wording import moment, printable

_LARGEST_PT, _SMALLEST_PT = 10.0, 5.0
_PAD_MM = 1.5
_FRAME = (0, 70, 140)
_PT_MM = 25.4 / 72


@dataclass(frozen=True, slots=True)
class Stamp:
    """`organisation` may be empty."""

    name: str
    organisation: str
    at_ms: int

    def lines(self) -> list[str]:
        lines = [
            f"Người ký: {self.name}",
            f"Cơ quan: {self.organisation}",
            f"Thời gian ký: {moment(self.at_ms)} +07:00",
        ]
        return [line for line in lines if not line.endswith(": ")]


def draw_stamp(stamp: Stamp, typeface: Typeface, width_pt: float, height_pt: float) -> bytes:
    """A PDF of one page of this size, in the largest letters that fit."""
    width_mm, height_mm = width_pt * _PT_MM, height_pt * _PT_MM
    sheet = FPDF(unit="mm", format=(min(width_mm, height_mm), max(width_mm, height_mm)))
    sheet.set_auto_page_break(auto=False)
    sheet.set_margin(0)
    sheet.c_margin = 0
    sheet.add_font("stamp", "", typeface.regular)
    sheet.add_page(orientation="landscape" if width_mm > height_mm else "portrait")
    sheet.set_draw_color(*_FRAME)
    sheet.set_text_color(*_FRAME)
    sheet.set_line_width(0.3)
    sheet.rect(0.2, 0.2, width_mm - 0.4, height_mm - 0.4)
    size_pt = _LARGEST_PT
    while (
        len(lines := _wrapped(sheet, stamp, typeface, width_mm, size_pt)) * line_mm(size_pt) > height_mm - 2 * _PAD_MM
    ):
        if size_pt <= _SMALLEST_PT:
            break
        size_pt -= 0.5
    top_mm = max(_PAD_MM, (height_mm - len(lines) * line_mm(size_pt)) / 2)
    for number, line in enumerate(lines):
        sheet.set_xy(_PAD_MM, top_mm + number * line_mm(size_pt))
        sheet.cell(width_mm - 2 * _PAD_MM, line_mm(size_pt), line)
    return bytes(sheet.output())


def _wrapped(sheet: FPDF, stamp: Stamp, typeface: Typeface, width_mm: float, size_pt: float) -> list[str]:
    sheet.set_font("stamp", "", size_pt)
    lines: list[str] = []
    for text in stamp.lines():
        shown = printable(text, typeface.characters)
        found = sheet.multi_cell(width_mm - 2 * _PAD_MM, 1, shown, dry_run=True, output="LINES", align="L")
        assert isinstance(found, list)
        lines += found
    return lines
