"""A paper as PDF. Pure: the same document and typeface give the same bytes. Takes some 0.1–1 s of processor: not for the event loop."""

from dataclasses import dataclass

from vms.papers.document import Blank, Block, Document, Facts, Heading, Paragraph, Table
from vms.papers.fonts import Typeface
from vms.papers.letterhead import draw_letterhead, draw_title
from vms.papers.sheet import TEXT_PT, Sheet, line_mm
from vms.papers.signature_places import Box, draw_signature_places
from vms.papers.table import draw_table, first_mm

_NAME_SHARE = 0.36


@dataclass(frozen=True, slots=True)
class Rendered:
    """`signature` is where the last signer signs."""

    pdf: bytes
    signature: Box | None


def render(document: Document, typeface: Typeface) -> Rendered:
    """A4, everything embedded."""
    sheet = Sheet(typeface, document.title, document.letterhead.at_ms, landscape=document.landscape)
    draw_letterhead(sheet, document.letterhead)
    draw_title(sheet, document)
    for block, following in zip(document.blocks, (*document.blocks[1:], None), strict=True):
        _draw(sheet, block, following)
    box = draw_signature_places(sheet, document.signers, document.recipients)
    return Rendered(bytes(sheet.output()), box)


def _draw(sheet: Sheet, block: Block, following: Block | None) -> None:
    match block:
        case Heading(text):
            # With room for what it heads: a heading at the foot of a page heads nothing.
            begins_mm = first_mm(sheet, following) if isinstance(following, Table) else 0.0
            sheet.need(2 * line_mm(TEXT_PT) + max(begins_mm, 2 * line_mm(TEXT_PT)))
            sheet.use("B")
            sheet.write_wrapped(text, sheet.l_margin, sheet.epw, TEXT_PT)
            sheet.ln(1.5)
        case Paragraph(text, italic):
            sheet.use("I" if italic else "")
            sheet.write_paragraph(text)
        case Facts(lines):
            _draw_facts(sheet, lines)
        case Table():
            draw_table(sheet, block)
        case Blank(lines):
            _draw_blank(sheet, lines)


def _draw_facts(sheet: Sheet, lines: tuple[tuple[str, str], ...]) -> None:
    names_mm = sheet.epw * _NAME_SHARE
    for name, value in lines:
        sheet.use("B")
        shown = sheet.wrapped(value, sheet.epw - names_mm)
        sheet.use()
        names = sheet.wrapped(f"{name}:", names_mm - 2)
        sheet.need(min(max(len(names), len(shown)), 6) * line_mm(TEXT_PT))
        top_mm = sheet.get_y()
        for line in names:
            sheet.write_line(line, sheet.l_margin, names_mm, line_mm(TEXT_PT))
        end_mm = sheet.get_y()
        sheet.set_y(top_mm)
        sheet.use("B")
        for line in shown:
            sheet.write_line(line, sheet.l_margin + names_mm, sheet.epw - names_mm, line_mm(TEXT_PT))
        sheet.set_y(max(end_mm, sheet.get_y()) if sheet.get_y() >= top_mm else sheet.get_y())
    sheet.ln(2.5)


def _draw_blank(sheet: Sheet, lines: int) -> None:
    sheet.use()
    dots = int(sheet.epw / sheet.get_string_width("."))
    for _ in range(lines):
        sheet.write_line("." * dots, sheet.l_margin, sheet.epw, line_mm(TEXT_PT) * 1.2)
    sheet.ln(2)
