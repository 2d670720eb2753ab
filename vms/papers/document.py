"""A paper as data: what stands on it, in order. Knows no PDF, no CSV and nothing of where the figures come from.

Every text is what may be shown: whoever fills a paper has put initials and "Phiên kín" where they belong.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Align(StrEnum):
    LEFT = "L"
    CENTRE = "C"
    RIGHT = "R"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who issues the paper, where and when (NĐ 30/2020/NĐ-CP, annex I). `parent` may be empty;
    without a `number` there is a gap to fill."""

    parent: str
    body: str
    place: str
    at_ms: int
    number: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A cell that is good or bad, and can be told apart without colour."""

    good: bool
    text: str


Cell = str | int | Verdict


@dataclass(frozen=True, slots=True)
class Column:
    """`share` of the table's width, relative to the other columns."""

    title: str
    share: float = 1.0
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class Table:
    """`totals`, when there are any, stand bold in the last row. Every row has as many cells as there are columns."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[Cell, ...] = ()
    empty: str = "Không có."
    """What stands instead of a table without rows."""

    def __post_init__(self) -> None:
        for row in (*self.rows, self.totals) if self.totals else self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"A row of {len(row)} cells in a table of {len(self.columns)} columns")


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Lines of a name and a value."""

    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Blank:
    """Dotted lines to write on by hand."""

    lines: int = 3


Block = Heading | Paragraph | Facts | Table | Blank


@dataclass(frozen=True, slots=True)
class SignaturePlace:
    """`office` is printed in capitals; `name` may be empty: it is written by hand then."""

    office: str
    name: str = ""
    hint: str = "(Ký, ghi rõ họ tên)"


@dataclass(frozen=True, slots=True)
class Document:
    """One paper. `signers` from left to right; what the system signs electronically is shown at the last one.

    `annex` says what the paper is an annex of, above its title.
    """

    letterhead: Letterhead
    title: str
    subject: str
    blocks: tuple[Block, ...]
    signers: tuple[SignaturePlace, ...] = ()
    recipients: tuple[str, ...] = ()
    annex: str = ""
    landscape: bool = field(default=False)

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Table))
