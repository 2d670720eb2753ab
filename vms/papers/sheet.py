"""An A4 sheet with the margins of NĐ 30/2020/NĐ-CP (annex I), one typeface, and the page's number at the top from the second page on."""

from datetime import UTC, datetime
from typing import Literal

from fpdf import FPDF

from vms.papers.fonts import Typeface
from vms.papers.wording import printable

TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 20.0, 20.0, 30.0, 20.0
TEXT_PT, SMALL_PT = 13.0, 11.0
_PT_MM = 25.4 / 72
_LEADING = 1.35
_INDENT_MM = 10.0
_AFTER_MM = 6 * 25.4 / 72
_FAMILY = "papers"

Style = Literal["", "B", "I", "BI"]


class Sheet(FPDF):
    """Draws text that is printable. What must not be torn apart asks `need` first."""

    def __init__(self, typeface: Typeface, title: str, at_ms: int, *, landscape: bool = False) -> None:
        super().__init__(orientation="landscape" if landscape else "portrait", unit="mm", format="A4")
        self._known = typeface.characters
        self.set_margins(LEFT_MM, TOP_MM, RIGHT_MM)
        self.set_auto_page_break(auto=True, margin=BOTTOM_MM)
        self.c_margin = 0
        self.add_font(_FAMILY, "", typeface.regular)
        self.add_font(_FAMILY, "B", typeface.bold)
        self.add_font(_FAMILY, "I", typeface.italic)
        self.add_font(_FAMILY, "BI", typeface.bold_italic)
        self.use()
        # What readers and search engines see of the file without opening it: which kind of paper, nothing of the case.
        self.set_title(title)
        self.set_lang("vi")
        self.set_producer("Vọng")
        self.set_creation_date(datetime.fromtimestamp(at_ms / 1000, UTC))
        self.add_page()

    def header(self) -> None:
        if self.page_no() > 1:
            self.use()
            self.set_y(TOP_MM - 10)
            self.cell(self.epw, line_mm(TEXT_PT), str(self.page_no()), align="C")
            self.set_y(TOP_MM)

    def use(self, style: Style = "", size_pt: float = TEXT_PT) -> None:
        self.set_font(_FAMILY, style, size_pt)

    @property
    def room_mm(self) -> float:
        """What is left of this page below the pen."""
        return self.h - BOTTOM_MM - self.get_y()

    @property
    def page_room_mm(self) -> float:
        """What a fresh page has."""
        return self.h - BOTTOM_MM - TOP_MM

    def need(self, height_mm: float) -> None:
        """Go to the next page when this one has no room for it; a block that no page could hold begins where the pen is."""
        if height_mm > self.room_mm and height_mm <= self.page_room_mm:
            self.add_page()

    def wrapped(self, text: str, width_mm: float) -> list[str]:
        """`text` as lines of at most this width in the present style; at least one."""
        found = self.multi_cell(width_mm, 1, printable(text, self._known), dry_run=True, output="LINES", align="L")
        assert isinstance(found, list)
        return found or [""]

    def write_line(self, text: str, x_mm: float, width_mm: float, height_mm: float, align: str = "L") -> None:
        """One line that is known to fit, and the pen to the next line."""
        self.set_x(x_mm)
        self.cell(width_mm, height_mm, text, align=align, new_x="LMARGIN", new_y="NEXT")

    def write_wrapped(self, text: str, x_mm: float, width_mm: float, size_pt: float, align: str = "L") -> None:
        """As many lines as it takes, in the present style."""
        for line in self.wrapped(text, width_mm):
            self.write_line(line, x_mm, width_mm, line_mm(size_pt), align)

    def write_balanced(self, text: str, x_mm: float, width_mm: float, size_pt: float) -> None:
        """Centred, no more lines than needed, and these about as long as each other.

        A single word below a long line looks like a mistake.
        """
        lines = self.wrapped(text, width_mm)
        narrow_mm = width_mm
        while len(lines) > 1 and narrow_mm > width_mm / 2:
            narrow_mm -= 2
            narrower = self.wrapped(text, narrow_mm)
            if len(narrower) > len(lines):
                break
            lines = narrower
        for line in lines:
            self.write_line(line, x_mm, width_mm, line_mm(size_pt), "C")

    def write_paragraph(self, text: str) -> None:
        """Justified, the first line indented, over as many pages as it takes (annex I, II.5)."""
        with self.text_columns(text_align="J", line_height=_LEADING) as columns:
            for part in printable(text, self._known).split("\n"):
                with columns.paragraph(first_line_indent=_INDENT_MM, bottom_margin=_AFTER_MM) as paragraph:
                    paragraph.write(part)


def line_mm(size_pt: float) -> float:
    """The height of a line of this size: between single and one and a half (annex I)."""
    return size_pt * _PT_MM * _LEADING
