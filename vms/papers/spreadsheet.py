"""Rows as CSV that Excel opens with a double click where a comma is the decimal sign: UTF-8 with BOM, semicolons, CRLF (RFC 4180)."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

from vms.papers.document import Cell, Document, Verdict

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def spreadsheet(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One table. Texts that a spreadsheet would calculate with get an apostrophe before them; numbers stay numbers."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow([_shown(title) for title in header])
    writer.writerows([_shown(cell) for cell in row] for row in rows)
    return ("\ufeff" + text.getvalue()).encode()


def document_spreadsheet(document: Document) -> bytes:
    """The tables of a paper, one below the other with an empty line between them."""
    parts = [spreadsheet([column.title for column in table.columns], table.rows) for table in document.tables]
    return b"\r\n".join(
        part if not number else part.removeprefix("\ufeff".encode()) for number, part in enumerate(parts)
    )


def harmless(text: str) -> str:
    """A spreadsheet must not take what a stranger typed for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _shown(cell: Cell) -> str | int:
    if isinstance(cell, Verdict):
        cell = cell.text
    return harmless(unicodedata.normalize("NFC", cell)) if isinstance(cell, str) else cell
