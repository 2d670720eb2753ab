"""What the organisation's files say, as plain data. Units, sites and courtrooms are named by their keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class ProblemCode(StrEnum):
    """What can be wrong with the files; the front end has a sentence for each in both languages."""

    NO_UNITS = "no_units"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    UNKNOWN_FILE = "unknown_file"
    MISSING_COLUMN = "missing_column"
    COLUMNS = "columns"
    BAD_ANGLE = "bad_angle"
    BAD_BOOLEAN = "bad_boolean"
    BAD_CELL = "bad_cell"
    BAD_KEY = "bad_key"
    NO_NAME = "no_name"
    BAD_DATE = "bad_date"
    BAD_COORDINATE = "bad_coordinate"
    BAD_NUMBER = "bad_number"
    TWICE = "twice"
    UNKNOWN_UNIT = "unknown_unit"
    UNKNOWN_SITE = "unknown_site"
    UNKNOWN_COURTROOM = "unknown_courtroom"
    ENDS_FIRST = "ends_first"
    TWO_PARENTS = "two_parents"
    CIRCLE = "circle"
    NOT_THEN = "not_then"
    NEEDS_SUCCESSOR = "needs_successor"
    ROOT = "root"


_SENTENCES: Mapping[ProblemCode, str] = MappingProxyType(
    {
        ProblemCode.NO_UNITS: "there are no units",
        ProblemCode.UNREADABLE: "it cannot be read: {value}",
        ProblemCode.TOO_LARGE: "the file is too large",
        ProblemCode.UNKNOWN_FILE: "there is no such file in an organisation",
        ProblemCode.MISSING_COLUMN: "the column {value} is missing",
        ProblemCode.COLUMNS: "it does not have as many columns as the header",
        ProblemCode.BAD_ANGLE: "the angle must be one of accused, bench, evidence, witness",
        ProblemCode.BAD_BOOLEAN: "audio must be true or false",
        ProblemCode.BAD_CELL: "a cell is too long or holds control characters",
        ProblemCode.BAD_KEY: "{value!r} is no key: letters, digits and . _ - only",
        ProblemCode.NO_NAME: "the name is missing",
        ProblemCode.BAD_DATE: "{value!r} is no date like 2025-07-01",
        ProblemCode.BAD_COORDINATE: "{value!r} is no coordinate",
        ProblemCode.BAD_NUMBER: "{value!r} is no number from 1 to 9999",
        ProblemCode.TWICE: "{value} is there twice",
        ProblemCode.UNKNOWN_UNIT: "there is no unit {value}",
        ProblemCode.UNKNOWN_SITE: "there is no site {value}",
        ProblemCode.UNKNOWN_COURTROOM: "there is no courtroom {value}",
        ProblemCode.ENDS_FIRST: "it ends before it begins",
        ProblemCode.TWO_PARENTS: "{value} has two parents at the same time",
        ProblemCode.CIRCLE: "{value} is above itself",
        ProblemCode.NOT_THEN: "{value} does not exist on that day",
        ProblemCode.NEEDS_SUCCESSOR: "{value} has sites, courtrooms or units: say who takes them over",
        ProblemCode.ROOT: "{value} is above all others: it can be neither moved nor closed",
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `line` counts from 1 with the header; 0 for a file as a whole."""

    file: str
    line: int
    code: ProblemCode
    value: str = ""

    @property
    def text(self) -> str:
        """In English, for a terminal."""
        return _SENTENCES[self.code].format(value=self.value)


@dataclass(frozen=True, slots=True)
class UnitPlan:
    line: int
    key: str
    kind: str
    name: str
    name_en: str
    valid_from_ms: int
    valid_to_ms: int | None
    successor: str


@dataclass(frozen=True, slots=True)
class PlacementPlan:
    line: int
    child: str
    parent: str
    valid_from_ms: int
    valid_to_ms: int | None

    def holds(self, at_ms: int) -> bool:
        return self.valid_from_ms <= at_ms and (self.valid_to_ms is None or at_ms < self.valid_to_ms)


@dataclass(frozen=True, slots=True)
class SitePlan:
    line: int
    key: str
    name: str
    name_en: str
    unit: str
    legacy_district: str
    latitude: float | None
    longitude: float | None
    owner: str
    funding: str


@dataclass(frozen=True, slots=True)
class CourtroomPlan:
    line: int
    key: str
    court: str
    name: str
    site: str


@dataclass(frozen=True, slots=True)
class AnglePlan:
    line: int
    courtroom: str
    angle: str
    name: str
    number: int | None
    channel: int
    audio: bool


@dataclass(frozen=True, slots=True)
class Plan:
    units: tuple[UnitPlan, ...] = ()
    placements: tuple[PlacementPlan, ...] = ()
    sites: tuple[SitePlan, ...] = ()
    courtrooms: tuple[CourtroomPlan, ...] = ()
    angles: tuple[AnglePlan, ...] = ()
