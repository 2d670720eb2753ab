"""Edits of single units, made in the organisation's files: what an administrator wants to change, as a reorganisation to be reviewed. Pure.

Days are `YYYY-MM-DD`, the first day on which a change holds. Texts compare as days do; empty is since ever, or still.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from vms.organisation.files import COLUMNS, ImportRefused
from vms.organisation.plan import Problem, ProblemCode
from vms.organisation.writing import write_rows

EDITS = "edits"
"""What a `Problem` names as its file; its line is the number of the edit, from 1."""
_Row = dict[str, str]
_EVER, _STILL = "0000-00-00", "9999-99-99"


@dataclass(frozen=True, slots=True)
class Rename:
    """The same body under a better name, in the past, too; what was written into the audit log stays as it was."""

    key: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Create:
    key: str
    kind: str
    name: str
    name_en: str
    parent: str
    day: str


@dataclass(frozen=True, slots=True)
class Close:
    """`successor` ("" for none) takes what is left: sites, courtrooms, and the units below."""

    key: str
    successor: str
    day: str


@dataclass(frozen=True, slots=True)
class Move:
    key: str
    parent: str
    day: str


Edit = Rename | Create | Close | Move


class _WrongError(Exception):
    def __init__(self, code: ProblemCode, value: str = "") -> None:
        super().__init__(code.value)
        self.code = code
        self.value = value


def edited(texts: Mapping[str, str], edits: Sequence[Edit]) -> dict[str, str]:
    """The files with the edits made, one after the other. `texts` are good (as `write_texts` made them); raises `ImportRefused`."""
    rows = {name: list(csv.DictReader(io.StringIO(texts[name], newline=""))) for name in COLUMNS if name in texts}
    files = _Files(rows)
    problems = []
    for number, edit in enumerate(edits, start=1):
        try:
            _check_day(getattr(edit, "day", None))
            _MAKE[type(edit)](files, edit)
        except _WrongError as wrong:
            problems.append(Problem(EDITS, number, wrong.code, wrong.value))
    if problems:
        raise ImportRefused(problems)
    return {
        name: write_rows(name, (tuple(row[column] for column in COLUMNS[name]) for row in rows[name])) for name in rows
    }


class _Files:
    def __init__(self, rows: Mapping[str, list[_Row]]) -> None:
        self.units = rows["units.csv"]
        self.placements = rows["placements.csv"]
        self._keeping = [row["unit"] for row in rows.get("sites.csv", [])]
        self._keeping += [row["court"] for row in rows.get("courtrooms.csv", [])]

    def unit(self, key: str, day: str | None = None) -> _Row:
        """The unit, which must be there on that day."""
        found = next((unit for unit in self.units if unit["key"] == key), None)
        if found is None:
            raise _WrongError(ProblemCode.UNKNOWN_UNIT, key)
        if day is not None and not _holds(found, day):
            raise _WrongError(ProblemCode.NOT_THEN, found["name"])
        return found

    def keeps_something(self, key: str) -> bool:
        return key in self._keeping

    def place(self, child: str, parent: str, day: str, until: str) -> None:
        self.placements.append({"child": child, "parent": parent, "valid_from": day, "valid_to": until})

    def unplace(self, child: str, day: str) -> str:
        """It belongs nowhere from that day on; where it did. The root belongs nowhere anyway, and must stay what it is."""
        own = [row for row in self.placements if row["child"] == child]
        parent = next((row["parent"] for row in own if _holds(row, day)), None)
        if parent is None:
            raise _WrongError(ProblemCode.ROOT, self.unit(child)["name"])
        for row in own:
            if row["valid_from"] >= day:
                self.placements.remove(row)
            elif _end(row) > day:
                row["valid_to"] = day
        return parent


def _rename(files: _Files, edit: Rename) -> None:
    files.unit(edit.key).update(name=edit.name, name_en=edit.name_en)


def _create(files: _Files, edit: Create) -> None:
    if any(unit["key"] == edit.key for unit in files.units):
        raise _WrongError(ProblemCode.TWICE, edit.key)
    files.unit(edit.parent, edit.day)
    row = {"key": edit.key, "kind": edit.kind, "name": edit.name, "name_en": edit.name_en}
    files.units.append({**row, "valid_from": edit.day, "valid_to": "", "successor": ""})
    files.place(edit.key, edit.parent, edit.day, "")


def _move(files: _Files, edit: Move) -> None:
    unit = files.unit(edit.key, edit.day)
    files.unit(edit.parent, edit.day)
    files.unplace(edit.key, edit.day)
    files.place(edit.key, edit.parent, edit.day, unit["valid_to"])


def _close(files: _Files, edit: Close) -> None:
    unit = files.unit(edit.key, edit.day)
    if (unit["valid_from"] or _EVER) >= edit.day:
        raise _WrongError(ProblemCode.ENDS_FIRST, unit["name"])
    below = [row for row in files.placements if row["parent"] == edit.key and _end(row) > edit.day]
    if edit.successor:
        files.unit(edit.successor, edit.day)
    if edit.successor in ("", edit.key) and (below or files.keeps_something(edit.key)):
        raise _WrongError(ProblemCode.NEEDS_SUCCESSOR, unit["name"])
    above = files.unplace(edit.key, edit.day)
    unit.update(valid_to=edit.day, successor=edit.successor)
    for row in below:
        # What takes over may have stood below what ends.
        parent = above if row["child"] == edit.successor else edit.successor
        if row["valid_from"] >= edit.day:
            row["parent"] = parent
        else:
            files.place(row["child"], parent, edit.day, row["valid_to"])
            row["valid_to"] = edit.day


def _check_day(day: str | None) -> None:
    try:
        if day is not None:
            date.fromisoformat(day)
    except ValueError:
        raise _WrongError(ProblemCode.BAD_DATE, day or "") from None


def _holds(row: _Row, day: str) -> bool:
    return row["valid_from"] <= day < _end(row)


def _end(row: _Row) -> str:
    return row["valid_to"] or _STILL


_MAKE: Mapping[type[Edit], Callable[[_Files, Any], None]] = MappingProxyType(
    {Rename: _rename, Create: _create, Close: _close, Move: _move}
)
