"""Draw a table: headings again on every page, a row torn only when no page could hold it."""

from collections.abc import Sequence
from dataclasses import dataclass

from fpdf.enums import RenderStyle

from vms.papers.document import Cell, Column, Table, Verdict
from vms.papers.sheet import SMALL_PT, Sheet, Style, line_mm

_PAD_MM = 1.3
_LINE_MM = line_mm(SMALL_PT) * 0.93
_HEADING_GREY = 235
_GOOD, _BAD = (0, 90, 30), (150, 0, 0)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A row cut into lines: one list for each column."""

    cells: tuple[Cell, ...]
    lines: tuple[list[str], ...]
    style: Style
    grey: bool = False

    @property
    def most(self) -> int:
        return max(len(lines) for lines in self.lines)


def draw_table(sheet: Sheet, table: Table) -> None:
    """From the pen downwards, as wide as the text."""
    if not table.rows:
        sheet.use("I", SMALL_PT)
        sheet.write_wrapped(table.empty, sheet.l_margin, sheet.epw, SMALL_PT)
        sheet.ln(1.5)
        return
    widths = _widths(sheet, table.columns)
    titles = _row(sheet, tuple(column.title for column in table.columns), widths, "B", grey=True)
    drawing = _Drawing(sheet, table.columns, widths, titles)
    # The headings never stand alone at the foot of a page.
    sheet.need(first_mm(sheet, table))
    drawing.headings()
    for row in table.rows:
        drawing.row(_row(sheet, row, widths, ""))
    if table.totals:
        drawing.row(_row(sheet, table.totals, widths, "B", grey=True))
    sheet.ln(2.5)


def first_mm(sheet: Sheet, table: Table) -> float:
    """The height of what a table begins with and what stays together: its headings with its first row, or what says that there is none."""
    if not table.rows:
        sheet.use("I", SMALL_PT)
        return len(sheet.wrapped(table.empty, sheet.epw)) * line_mm(SMALL_PT)
    widths = _widths(sheet, table.columns)
    titles_mm = _height(_row(sheet, tuple(column.title for column in table.columns), widths, "B").most)
    lines = _row(sheet, table.rows[0], widths, "").most
    # A row is torn only when no page could hold it.
    return titles_mm + _height(lines if _height(lines) <= sheet.page_room_mm - titles_mm else min(lines, 3))


class _Drawing:
    def __init__(self, sheet: Sheet, columns: Sequence[Column], widths: Sequence[float], titles: _Drawn) -> None:
        self._sheet = sheet
        self._columns = columns
        self._widths = widths
        self._titles = titles

    def headings(self) -> None:
        self._part(self._titles, 0, self._titles.most, heading=True)

    def row(self, row: _Drawn) -> None:
        first = 0
        fresh_mm = self._sheet.page_room_mm - _height(self._titles.most)
        if _height(row.most) > self._sheet.room_mm and _height(row.most) <= fresh_mm:
            self._next_page()
        while first < row.most:
            fit = int((self._sheet.room_mm - 2 * _PAD_MM) / _LINE_MM)
            if fit < 1:
                self._next_page()
                continue
            self._part(row, first, min(first + fit, row.most))
            first += fit

    def _next_page(self) -> None:
        self._sheet.add_page()
        self.headings()

    def _part(self, row: _Drawn, first: int, end: int, *, heading: bool = False) -> None:
        """The lines `first` to `end` of a row, with its box."""
        sheet, x_mm, y_mm = self._sheet, self._sheet.l_margin, self._sheet.get_y()
        height_mm = _height(end - first)
        for column, width, cell, lines in zip(self._columns, self._widths, row.cells, row.lines, strict=True):
            _box(sheet, (x_mm, y_mm, width, height_mm), cell, grey=row.grey)
            sheet.use("B" if isinstance(cell, Verdict) else row.style, SMALL_PT)
            shown = lines[first:end]
            top = y_mm + _PAD_MM + ((end - first - len(shown)) * _LINE_MM / 2 if heading else 0)
            sheet.set_y(top)
            for line in shown:
                align = "C" if heading or isinstance(cell, Verdict) else column.align
                sheet.write_line(line, x_mm + _PAD_MM, width - 2 * _PAD_MM, _LINE_MM, align)
            sheet.set_text_color(0)
            x_mm += width
        sheet.set_y(y_mm + height_mm)


def _box(sheet: Sheet, box: tuple[float, float, float, float], cell: Cell, *, grey: bool) -> None:
    """The frame, and the colour of what will stand in it. What is bad is white on dark: on a black and white print as well."""
    bad = isinstance(cell, Verdict) and not cell.good
    sheet.set_line_width(0.2)
    if isinstance(cell, Verdict) and cell.good:
        sheet.set_text_color(*_GOOD)
    if bad:
        sheet.set_fill_color(*_BAD)
        sheet.set_text_color(255)
    elif grey:
        sheet.set_fill_color(_HEADING_GREY)
    sheet.rect(*box, style=RenderStyle.DF if bad or grey else RenderStyle.D)


def _row(sheet: Sheet, cells: tuple[Cell, ...], widths: Sequence[float], style: Style, *, grey: bool = False) -> _Drawn:
    lines = []
    for cell, width in zip(cells, widths, strict=True):
        sheet.use("B" if isinstance(cell, Verdict) else style, SMALL_PT)
        text = cell.text if isinstance(cell, Verdict) else str(cell)
        lines.append(sheet.wrapped(text, width - 2 * _PAD_MM))
    return _Drawn(cells, tuple(lines), style, grey)


def _widths(sheet: Sheet, columns: Sequence[Column]) -> list[float]:
    whole = sum(column.share for column in columns)
    return [sheet.epw * column.share / whole for column in columns]


def _height(lines: int) -> float:
    return lines * _LINE_MM + 2 * _PAD_MM
