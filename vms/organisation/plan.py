"""What the organisation's files say, as plain data. Units, sites and courtrooms are named by their keys."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `line` counts from 1 with the header; 0 for a file as a whole."""

    file: str
    line: int
    text: str


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
