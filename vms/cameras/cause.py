"""Why there is no picture, in the words of the person who must send somebody. Pure.

A worker sees one stream and reports a `FaultKind`. From afar a dead supply and a dead line look alike: silence. What tells them
apart is company. The rule, first match wins:

1. The device talks to us and says what is wrong: 401/403 is `authentication`; a wrong stream address or unreadable media is
   `format`; connected without pictures is `stalled`.
2. Silence (unreachable, or a lost connection) of **all** cameras of a site that has several, all within `TOGETHER_MS`: they share
   nothing but the line and the supply of the site. `link`: the line is what fails first, and the visit is the same.
3. Silence of all of an area (unit) with at least `AREA_CAMERAS` cameras, within `TOGETHER_MS`: `link`, further up.
4. Unreachable while others of the area still answer, or nobody to compare with went at the same time: `power`, its own supply or
   its own cable.
5. A host that refuses connections has power and a line, but no service (it starts, or it is another device by now): `unknown`; a
   lost connection that has not failed again yet: `unknown`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from streams.types.camera import FaultKind

TOGETHER_MS = 60_000
"""Time-outs and back-off spread the moment at which workers notice one event over most of a minute."""
AREA_CAMERAS = 3


class Cause(StrEnum):
    POWER = "power"
    LINK = "link"
    AUTHENTICATION = "authentication"
    FORMAT = "format"
    STALLED = "stalled"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Seen:
    """One enabled camera: where it is, and the fault of the stream that walls show (None while it delivers)."""

    camera_id: str
    site_id: str
    unit_id: str
    fault: FaultKind | None = None
    since_ms: int = 0


_SAID_BY_DEVICE: Mapping[FaultKind, Cause] = {
    FaultKind.AUTHENTICATION: Cause.AUTHENTICATION,
    FaultKind.NOT_FOUND: Cause.FORMAT,
    FaultKind.FORMAT: Cause.FORMAT,
    FaultKind.STALLED: Cause.STALLED,
    FaultKind.REFUSED: Cause.UNKNOWN,
}
_SILENT = frozenset({FaultKind.UNREACHABLE, FaultKind.LOST})


def causes(cameras: Iterable[Seen]) -> dict[str, Cause]:
    """The cause for every camera that has a fault. Takes all cameras, the healthy ones too: they are the evidence."""
    everyone = list(cameras)
    dark_sites = _dark_together(everyone, lambda camera: camera.site_id, at_least=2)
    dark_areas = _dark_together(everyone, lambda camera: camera.unit_id, at_least=AREA_CAMERAS)
    return {
        camera.camera_id: _cause(camera.fault, in_the_dark=camera.site_id in dark_sites or camera.unit_id in dark_areas)
        for camera in everyone
        if camera.fault is not None
    }


def _cause(fault: FaultKind, *, in_the_dark: bool) -> Cause:
    if fault in _SAID_BY_DEVICE:
        return _SAID_BY_DEVICE[fault]
    if in_the_dark:
        return Cause.LINK
    return Cause.POWER if fault is FaultKind.UNREACHABLE else Cause.UNKNOWN


def _dark_together(cameras: Sequence[Seen], place: Callable[[Seen], str], *, at_least: int) -> frozenset[str]:
    members: defaultdict[str, list[Seen]] = defaultdict(list)
    for camera in cameras:
        members[place(camera)].append(camera)
    return frozenset(key for key, group in members.items() if len(group) >= at_least and _at_once(group))


def _at_once(group: Sequence[Seen]) -> bool:
    if any(camera.fault not in _SILENT for camera in group):
        return False
    times_ms = [camera.since_ms for camera in group]
    return max(times_ms) - min(times_ms) <= TOGETHER_MS
