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
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from vms.organisation.checks import check
from vms.organisation.plan import (
    AnglePlan,
    CourtroomPlan,
    PlacementPlan,
    Plan,
    Problem,
    ProblemCode,
    SitePlan,
    UnitPlan,
)

RowT = TypeVar("RowT")
_Row = dict[str, str]

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "units.csv": ("key", "kind", "name", "name_en", "valid_from", "valid_to", "successor"),
        "placements.csv": ("child", "parent", "valid_from", "valid_to"),
        "sites.csv": (
            "key",
            "name",
            "name_en",
            "unit",
            "legacy_district",
            "latitude",
            "longitude",
            "owner",
            "funding",
        ),
        "courtrooms.csv": ("key", "court", "name", "site"),
        "angles.csv": ("courtroom", "angle", "name", "number", "channel", "audio"),
    }
)
"""The columns of each file."""
_LARGEST_BYTES = 5_000_000
_MOST_PROBLEMS = 100
_LONGEST_CELL = 200
VIETNAM = timezone(timedelta(hours=7))
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
    def __init__(self, code: ProblemCode, value: str = "") -> None:
        super().__init__(code.value)
        self.code = code
        self.value = value


def read_folder(folder: Path) -> Plan:
    """Read and check all files of a folder. Raises `ImportRefused`."""
    problems: list[Problem] = []
    texts: dict[str, str] = {}
    for name in COLUMNS:
        try:
            if (file := folder / name).exists():
                texts[name] = _text_of(file)
        except (OSError, UnicodeDecodeError, _BadValueError) as error:
            problems.append(_unreadable(name, error))
    if problems:
        raise ImportRefused(problems)
    return read_texts(texts)


def read_texts(texts: Mapping[str, str]) -> Plan:
    """Read and check files given by name. Raises `ImportRefused`."""
    problems = [Problem(name[:80], 0, ProblemCode.UNKNOWN_FILE) for name in texts if name not in COLUMNS]
    plan = Plan(
        units=_rows("units.csv", texts, _unit, problems),
        placements=_rows("placements.csv", texts, _placement, problems),
        sites=_rows("sites.csv", texts, _site, problems),
        courtrooms=_rows("courtrooms.csv", texts, _courtroom, problems),
        angles=_rows("angles.csv", texts, _angle, problems),
    )
    if not plan.units and not problems:
        problems.append(Problem("units.csv", 0, ProblemCode.NO_UNITS))
    problems = problems or check(plan)
    if problems:
        raise ImportRefused(problems[:_MOST_PROBLEMS])
    return plan


def _text_of(file: Path) -> str:
    if file.stat().st_size > _LARGEST_BYTES:
        raise _BadValueError(ProblemCode.TOO_LARGE)
    return file.read_text(encoding="utf-8-sig")


def _rows(
    name: str, texts: Mapping[str, str], make: Callable[[int, _Row], RowT], problems: list[Problem]
) -> tuple[RowT, ...]:
    text = texts.get(name)
    if text is None:
        return ()
    try:
        return tuple(_made(name, _reader(text.removeprefix("\ufeff"), COLUMNS[name]), make, problems))
    except (csv.Error, _BadValueError) as error:
        problems.append(_unreadable(name, error))
        return ()


def _unreadable(name: str, error: Exception) -> Problem:
    if isinstance(error, _BadValueError):
        return Problem(name, 0, error.code, error.value)
    detail = (error.strerror or "") if isinstance(error, OSError) else str(error)
    return Problem(name, 0, ProblemCode.UNREADABLE, detail[:200])


def _reader(text: str, columns: Sequence[str]) -> "csv.DictReader[str]":
    if len(text) > _LARGEST_BYTES:
        raise _BadValueError(ProblemCode.TOO_LARGE)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    missing = [column for column in columns if column not in (reader.fieldnames or ())]
    if missing:
        raise _BadValueError(ProblemCode.MISSING_COLUMN, missing[0])
    return reader


def _made(
    name: str, reader: "csv.DictReader[str]", make: Callable[[int, _Row], RowT], problems: list[Problem]
) -> list[RowT]:
    made: list[RowT] = []
    for row in reader:
        try:
            made.append(make(reader.line_num, _cells(row)))
        except _BadValueError as error:
            problems.append(Problem(name, reader.line_num, error.code, error.value))
    return made


def _cells(row: _Row) -> _Row:
    # A row that is too long has its rest under None, one that is too short has None as values.
    if None in row or None in row.values():
        raise _BadValueError(ProblemCode.COLUMNS)
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
        raise _BadValueError(ProblemCode.BAD_ANGLE, row["angle"])
    if (audio := _BOOLEANS.get(row["audio"].lower())) is None:
        raise _BadValueError(ProblemCode.BAD_BOOLEAN, row["audio"])
    number = _whole(row["number"]) if row["number"] else None
    channel = _whole(row["channel"] or "1")
    return AnglePlan(line, row["courtroom"], row["angle"], _text(row["name"]), number, channel, audio)


def _cell(value: str) -> str:
    cell = unicodedata.normalize("NFC", value).strip()
    if len(cell) > _LONGEST_CELL or any(unicodedata.category(character) == "Cc" for character in cell):
        raise _BadValueError(ProblemCode.BAD_CELL)
    return cell


def _key(value: str) -> str:
    if not _KEY.match(value):
        raise _BadValueError(ProblemCode.BAD_KEY, value)
    return value


def _text(value: str) -> str:
    if not value:
        raise _BadValueError(ProblemCode.NO_NAME)
    return value


def _day(value: str) -> int | None:
    """The beginning of a day in Vietnam, as UTC in ms."""
    if not value:
        return None
    try:
        return round(datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=VIETNAM).timestamp() * 1000)
    except ValueError:
        raise _BadValueError(ProblemCode.BAD_DATE, value) from None


def _degrees(value: str, limit: int) -> float | None:
    if not value:
        return None
    try:
        degrees = float(value)
    except ValueError:
        degrees = float("nan")
    if not -limit <= degrees <= limit:
        raise _BadValueError(ProblemCode.BAD_COORDINATE, value)
    return degrees


def _whole(value: str) -> int:
    if not value.isdecimal() or not value.isascii() or not 1 <= int(value[:6]) <= 9999:
        raise _BadValueError(ProblemCode.BAD_NUMBER, value)
    return int(value)
