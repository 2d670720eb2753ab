"""The foot of a paper: who gets it at the left, who signs at the right or side by side (NĐ 30/2020/NĐ-CP, annex I, II.7–9)."""

from dataclasses import dataclass

from vms.papers.document import SignaturePlace
from vms.papers.sheet import Sheet, line_mm

_ROOM_MM = 24.0
"""For a signature and a stamp, by hand or the field of an electronic one."""
_WIDEST_MM = 85.0
_RECIPIENTS_SHARE = 0.42


@dataclass(frozen=True, slots=True)
class Box:
    """Where on which page (from 1), in points from the page's lower left corner, as PDF counts."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


def draw_signature_places(sheet: Sheet, signers: tuple[SignaturePlace, ...], recipients: tuple[str, ...]) -> Box | None:
    """All on one page. Returns where the last one signs; None when nobody does."""
    if not signers and not recipients:
        return None
    columns = _columns(sheet, len(signers), with_recipients=bool(recipients))
    height_mm = max([_height(sheet, one, width) for one, (_x, width) in zip(signers, columns, strict=True)], default=0)
    sheet.need(6 + max(height_mm, (len(recipients) + 1) * line_mm(12)))
    sheet.ln(6)
    top_mm, end_mm = sheet.get_y(), sheet.get_y()
    if recipients:
        end_mm = _recipients(sheet, recipients)
    box = None
    for signer, (x_mm, width_mm) in zip(signers, columns, strict=True):
        sheet.set_y(top_mm)
        box = _place(sheet, signer, x_mm, width_mm)
        end_mm = max(end_mm, sheet.get_y())
    sheet.set_y(end_mm)
    return box


def _columns(sheet: Sheet, count: int, *, with_recipients: bool) -> list[tuple[float, float]]:
    """Left edge and width of each; a single one stands at the right."""
    left_mm, whole_mm = sheet.l_margin, sheet.epw
    if with_recipients or count == 1:
        left_mm += whole_mm * _RECIPIENTS_SHARE
        whole_mm *= 1 - _RECIPIENTS_SHARE
    return [(left_mm + whole_mm / count * n, whole_mm / count) for n in range(count)]


def _place(sheet: Sheet, signer: SignaturePlace, x_mm: float, width_mm: float) -> Box:
    sheet.use("B", 13)
    sheet.write_wrapped(signer.office.upper(), x_mm, width_mm, 13, "C")
    sheet.use("I", 12)
    sheet.write_wrapped(signer.hint, x_mm, width_mm, 12, "C")
    top_mm, wide_mm = sheet.get_y() + 1, min(width_mm - 4, _WIDEST_MM)
    left_mm = x_mm + (width_mm - wide_mm) / 2
    box = _in_points(sheet, left_mm, top_mm, wide_mm, _ROOM_MM - 2)
    sheet.set_y(top_mm - 1 + _ROOM_MM)
    sheet.use("B", 13)
    sheet.write_wrapped(signer.name, x_mm, width_mm, 13, "C")
    return box


def _height(sheet: Sheet, signer: SignaturePlace, width_mm: float) -> float:
    sheet.use("B", 13)
    lines = len(sheet.wrapped(signer.office.upper(), width_mm)) + len(sheet.wrapped(signer.name, width_mm)) + 1
    return lines * line_mm(13) + _ROOM_MM


def _recipients(sheet: Sheet, recipients: tuple[str, ...]) -> float:
    width_mm = sheet.epw * _RECIPIENTS_SHARE
    sheet.use("BI", 12)
    sheet.write_line("Nơi nhận:", sheet.l_margin, width_mm, line_mm(12))
    sheet.use("", 11)
    for number, recipient in enumerate(recipients, 1):
        sheet.write_wrapped(f"- {recipient}{'.' if number == len(recipients) else ';'}", sheet.l_margin, width_mm, 11)
    return sheet.get_y()


def _in_points(sheet: Sheet, left_mm: float, top_mm: float, width_mm: float, height_mm: float) -> Box:
    scale, page_mm = sheet.k, sheet.h
    bottom = (page_mm - top_mm - height_mm) * scale
    return Box(sheet.page_no(), left_mm * scale, bottom, (left_mm + width_mm) * scale, bottom + height_mm * scale)
