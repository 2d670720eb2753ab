"""The lines of a camera list made into rows of known columns, with what is wrong with each. Pure; hostile input.

One row is one line: a quoted field may hold delimiters, never a line break, so that one forgotten quote spoils one row and not
the rest of the file. Nothing here ever repeats a password: a row whose cells may have slipped into other columns is named by its
line number alone.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vms.cameras.csv_text import TextFile
from vms.cameras.words import clean, folded

DELIMITERS = (",", ";", "\t")
HIDDEN = "…"
_TELLTALE = frozenset('@",;\t')
_SHOWN = 100
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "address": ("address", "host", "ip", "ip address", "xaddr", "onvif", "địa chỉ", "địa chỉ ip"),
    "username": ("username", "user", "login", "tài khoản", "tên đăng nhập", "người dùng"),
    "password": ("password", "mật khẩu"),
    "name": ("name", "camera", "tên", "tên camera"),
    "number": ("number", "no", "camera number", "số", "số camera", "số hiệu", "mã số"),
    "site": ("site", "location", "điểm", "điểm lắp đặt", "vị trí"),
    "rtsp_main": ("rtsp_main", "main", "main stream", "rtsp", "luồng chính"),
    "rtsp_sub": ("rtsp_sub", "sub", "sub stream", "luồng phụ"),
    "courtroom": ("courtroom", "phòng xử án", "phòng xử"),
    "angle": ("angle", "góc", "góc quay", "góc máy", "góc hình"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` is stable, `column` one of `COLUMNS` or "", `value` what was read (shortened, never a password)."""

    code: str
    column: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    cells: Mapping[str, str] = field(repr=False)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    encoding: str
    delimiter: str
    header: Row
    rows: tuple[Row, ...]


def table(file: TextFile) -> Table:
    """Read header and rows. What is wrong stands in their `problems`; this never raises."""
    (header_line, header_text), *lines = file.lines
    delimiter = file.separator or max(DELIMITERS, key=lambda candidate: _known_columns(header_text, candidate))
    names = _fields(header_text, delimiter) or []
    columns = [_column(name) for name in names]
    header = Row(header_line, {}, tuple(_header_problems(names, columns)))
    return Table(file.encoding, delimiter, header, tuple(_row(line, text, delimiter, columns) for line, text in lines))


def shown(value: str) -> str:
    """What a report may repeat of a cell: nothing that could hold a login, or several cells that grew together."""
    return HIDDEN if _TELLTALE.intersection(value) else clean(value, _SHOWN)


def _row(line: int, text: str, delimiter: str, columns: Sequence[str | None]) -> Row:
    cells = _fields(text, delimiter)
    if cells is None:
        return Row(line, {}, (Problem("broken_quotes"),))
    # A short row is a spreadsheet that left out empty cells at the end; a long one has slipped.
    if len(cells) > len(columns):
        return Row(line, {}, (Problem("too_many_fields", value=str(len(cells))),))
    named = {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if column}
    return Row(line, {column: cell for column, cell in named.items() if cell})


def _fields(line: str, delimiter: str) -> list[str] | None:
    # Also the last line of a field with line breaks in it, whose cells have slipped into other columns.
    if line.count('"') % 2:
        return None
    try:
        (fields,) = csv.reader([line], delimiter=delimiter, strict=True)
    except (csv.Error, ValueError):  # unclosed or stray quotes; a field over csv's own limit
        return None
    while fields and not fields[-1].strip():
        fields.pop()
    return fields


def _known_columns(header: str, delimiter: str) -> int:
    return sum(_column(name) is not None for name in _fields(header, delimiter) or ())


def _column(name: str) -> str | None:
    key = _key(name)
    return next((column for column, names in COLUMNS.items() if key in map(_key, names)), None)


def _key(name: str) -> str:
    return _NOT_A_WORD.sub("_", folded(name)).strip("_")


def _header_problems(names: Sequence[str], columns: Sequence[str | None]) -> list[Problem]:
    known = [column for column in columns if column]
    if not known:
        return [Problem("no_header")]
    problems = [
        Problem("unknown_column", value=shown(name)) for name, column in zip(names, columns, strict=True) if not column
    ]
    problems += [Problem("repeated_column", column) for column in dict.fromkeys(known) if known.count(column) > 1]
    if "site" not in known:
        problems.append(Problem("missing_column", "site"))
    if not {"address", "rtsp_main"} & set(known):
        problems.append(Problem("missing_column", "address"))
    return problems
