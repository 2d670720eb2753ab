"""Edits of single units, sites and courtrooms, made in the organisation's files: a reorganisation to be reviewed. Pure.

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


@dataclass(frozen=True, slots=True)
class PutSite:
    """A site as it is to be. `new`: there must be none with this key yet; otherwise there must be one. Coordinates in degrees or "".

    Another `unit` has it in its care, and sees its cameras, as soon as the reorganisation is applied.
    """

    new: bool
    key: str
    name: str
    name_en: str
    unit: str
    legacy_district: str
    latitude: str
    longitude: str
    owner: str
    funding: str


@dataclass(frozen=True, slots=True)
class AnglePut:
    """`number` is that of the camera that is planned, "" for none yet."""

    kind: str
    name: str
    number: str
    channel: int
    audio: bool


@dataclass(frozen=True, slots=True)
class PutCourtroom:
    """A courtroom as it is to be, `new` as in `PutSite`. Angles are added or changed; one that is not named stays."""

    new: bool
    key: str
    name: str
    court: str
    site: str
    angles: tuple[AnglePut, ...] = ()


Edit = Rename | Create | Close | Move | PutSite | PutCourtroom


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
        self.sites = rows.get("sites.csv", [])
        self.courtrooms = rows.get("courtrooms.csv", [])
        self.angles = rows.get("angles.csv", [])

    def unit(self, key: str, day: str | None = None) -> _Row:
        """The unit, which must be there on that day."""
        found = next((unit for unit in self.units if unit["key"] == key), None)
        if found is None:
            raise _WrongError(ProblemCode.UNKNOWN_UNIT, key)
        if day is not None and not _holds(found, day):
            raise _WrongError(ProblemCode.NOT_THEN, found["name"])
        return found

    def keeps_something(self, key: str) -> bool:
        return any(row["unit"] == key for row in self.sites) or any(row["court"] == key for row in self.courtrooms)

    def put(self, rows: list[_Row], row: _Row, unknown: ProblemCode, *, new: bool) -> None:
        """Add the row, or change the one with its key."""
        known = next((one for one in rows if one["key"] == row["key"]), None)
        if new and known is not None:
            raise _WrongError(ProblemCode.TWICE, row["key"])
        if not new and known is None:
            raise _WrongError(unknown, row["key"])
        if known is None:
            rows.append(row)
        else:
            known.update(row)

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


def _put_site(files: _Files, edit: PutSite) -> None:
    files.unit(edit.unit)
    if bool(edit.latitude) != bool(edit.longitude):
        raise _WrongError(ProblemCode.BAD_COORDINATE, edit.latitude or edit.longitude)
    row = {column: getattr(edit, column) for column in COLUMNS["sites.csv"]}
    files.put(files.sites, row, ProblemCode.UNKNOWN_SITE, new=edit.new)


def _put_courtroom(files: _Files, edit: PutCourtroom) -> None:
    files.unit(edit.court)
    if all(site["key"] != edit.site for site in files.sites):
        raise _WrongError(ProblemCode.UNKNOWN_SITE, edit.site)
    row = {column: getattr(edit, column) for column in COLUMNS["courtrooms.csv"]}
    files.put(files.courtrooms, row, ProblemCode.UNKNOWN_COURTROOM, new=edit.new)
    for angle in edit.angles:
        cells = {"name": angle.name, "number": angle.number, "channel": str(angle.channel)}
        cells["audio"] = str(angle.audio).lower()
        place = {"courtroom": edit.key, "angle": angle.kind}
        known = next((one for one in files.angles if place.items() <= one.items()), None)
        if known is None:
            files.angles.append({**place, **cells})
        else:
            known.update(cells)


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
    {Rename: _rename, Create: _create, Close: _close, Move: _move, PutSite: _put_site, PutCourtroom: _put_courtroom}
)
