"""The organisation's files: read, checked, and refused as a whole with every line that is wrong. Knows no database.

UTF-8 (with or without BOM), commas, a header line. Dates are `YYYY-MM-DD` in Vietnam's time; `valid_from` is the first day that
counts, `valid_to` the first day that no longer does; empty means since ever, or still. Only units.csv must be there.

    units.csv       key,kind,name,name_en,valid_from,valid_to,successor
    placements.csv  child,parent,valid_from,valid_to
    sites.csv       key,name,name_en,unit,legacy_district,latitude,longitude,owner,funding
    courtrooms.csv  key,court,name,site
    angles.csv      courtroom,angle,name,number,channel,audio
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TypeVar

from vms.organisation.checks import check
from vms.organisation.plan import AnglePlan, CourtroomPlan, PlacementPlan, Plan, Problem, SitePlan, UnitPlan

RowT = TypeVar("RowT")
_Row = dict[str, str]

_LARGEST_BYTES = 5_000_000
_MOST_PROBLEMS = 100
_LONGEST_CELL = 200
_VIETNAM = timezone(timedelta(hours=7))
_KEY = re.compile(r"^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$")
_ANGLES = frozenset({"accused", "bench", "witness", "evidence"})
_BOOLEANS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}


class ImportRefused(Exception):
    """The files cannot be taken over; nothing was changed."""

    def __init__(self, problems: list[Problem]) -> None:
        shown = "; ".join(f"{problem.file} line {problem.line}: {problem.text}" for problem in problems[:5])
        super().__init__(shown + (f"; and {len(problems) - 5} more" if len(problems) > 5 else ""))
        self.problems = problems


class _BadValueError(ValueError):
    pass


def read_folder(folder: Path) -> Plan:
    """Read and check all files. Raises `ImportRefused`."""
    problems: list[Problem] = []
    plan = Plan(
        units=_rows(folder / "units.csv", "key kind name name_en valid_from valid_to successor", _unit, problems),
        placements=_rows(folder / "placements.csv", "child parent valid_from valid_to", _placement, problems),
        sites=_rows(
            folder / "sites.csv",
            "key name name_en unit legacy_district latitude longitude owner funding",
            _site,
            problems,
        ),
        courtrooms=_rows(folder / "courtrooms.csv", "key court name site", _courtroom, problems),
        angles=_rows(folder / "angles.csv", "courtroom angle name number channel audio", _angle, problems),
    )
    if not plan.units and not problems:
        problems.append(Problem("units.csv", 0, "there are no units"))
    problems = problems or check(plan)
    if problems:
        raise ImportRefused(problems[:_MOST_PROBLEMS])
    return plan


def _rows(file: Path, columns: str, make: Callable[[int, _Row], RowT], problems: list[Problem]) -> tuple[RowT, ...]:
    if not file.exists():
        return ()
    try:
        reader = _reader(file, columns.split())
        return tuple(_made(file.name, reader, make, problems))
    except (OSError, UnicodeDecodeError, csv.Error, _BadValueError) as error:
        detail = error.strerror if isinstance(error, OSError) else str(error)
        problems.append(Problem(file.name, 0, f"it cannot be read: {detail}"))
        return ()


def _reader(file: Path, columns: list[str]) -> "csv.DictReader[str]":
    if file.stat().st_size > _LARGEST_BYTES:
        raise _BadValueError("the file is too large")
    text = file.read_text(encoding="utf-8-sig")
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    missing = [column for column in columns if column not in (reader.fieldnames or ())]
    if missing:
        raise _BadValueError(f"the column {missing[0]} is missing")
    return reader


def _made(
    name: str, reader: "csv.DictReader[str]", make: Callable[[int, _Row], RowT], problems: list[Problem]
) -> list[RowT]:
    made: list[RowT] = []
    for row in reader:
        try:
            made.append(make(reader.line_num, _cells(row)))
        except _BadValueError as error:
            problems.append(Problem(name, reader.line_num, str(error)))
    return made


def _cells(row: _Row) -> _Row:
    # A row that is too long has its rest under None, one that is too short has None as values.
    if None in row or None in row.values():
        raise _BadValueError("it does not have as many columns as the header")
    return {key: _cell(value) for key, value in row.items()}


def _unit(line: int, row: _Row) -> UnitPlan:
    return UnitPlan(
        line,
        _key(row["key"]),
        _key(row["kind"]),
        _text(row["name"]),
        row["name_en"],
        _day(row["valid_from"]) or 0,
        _day(row["valid_to"]),
        row["successor"],
    )


def _placement(line: int, row: _Row) -> PlacementPlan:
    return PlacementPlan(line, row["child"], row["parent"], _day(row["valid_from"]) or 0, _day(row["valid_to"]))


def _site(line: int, row: _Row) -> SitePlan:
    return SitePlan(
        line,
        _key(row["key"]),
        _text(row["name"]),
        row["name_en"],
        row["unit"],
        row["legacy_district"],
        _degrees(row["latitude"], 90),
        _degrees(row["longitude"], 180),
        row["owner"],
        row["funding"],
    )


def _courtroom(line: int, row: _Row) -> CourtroomPlan:
    return CourtroomPlan(line, _key(row["key"]), row["court"], _text(row["name"]), row["site"])


def _angle(line: int, row: _Row) -> AnglePlan:
    if row["angle"] not in _ANGLES:
        raise _BadValueError(f"the angle must be one of {', '.join(sorted(_ANGLES))}")
    if (audio := _BOOLEANS.get(row["audio"].lower())) is None:
        raise _BadValueError("audio must be true or false")
    number = _whole(row["number"]) if row["number"] else None
    channel = _whole(row["channel"] or "1")
    return AnglePlan(line, row["courtroom"], row["angle"], _text(row["name"]), number, channel, audio)


def _cell(value: str) -> str:
    cell = unicodedata.normalize("NFC", value).strip()
    if len(cell) > _LONGEST_CELL or any(unicodedata.category(character) == "Cc" for character in cell):
        raise _BadValueError("a cell is too long or holds control characters")
    return cell


def _key(value: str) -> str:
    if not _KEY.match(value):
        raise _BadValueError(f"{value!r} is no key: letters, digits and . _ - only")
    return value


def _text(value: str) -> str:
    if not value:
        raise _BadValueError("the name is missing")
    return value


def _day(value: str) -> int | None:
    """The beginning of a day in Vietnam, as UTC in ms."""
    if not value:
        return None
    try:
        return round(datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=_VIETNAM).timestamp() * 1000)
    except ValueError:
        raise _BadValueError(f"{value!r} is no date like 2025-07-01") from None


def _degrees(value: str, limit: int) -> float | None:
    if not value:
        return None
    try:
        degrees = float(value)
    except ValueError:
        degrees = float("nan")
    if not -limit <= degrees <= limit:
        raise _BadValueError(f"{value!r} is no coordinate")
    return degrees


def _whole(value: str) -> int:
    if not value.isdecimal() or not value.isascii() or not 1 <= int(value[:6]) <= 9999:
        raise _BadValueError(f"{value!r} is no number from 1 to 9999")
    return int(value)
