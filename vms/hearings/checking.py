"""The check of a courtroom before its hearing: what is looked at, and what is wrong with it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from streams.types.camera import CameraState, Liveness, StreamState
from streams.types.sound import SoundLevel

LATE_MS = 2_500
"""A picture that is older is not live."""
CLOCK_OFF_MS = 2_000
QUIET_DBFS = -50.0
"""Nothing louder than this within two seconds: a dead microphone hums, a room in which somebody speaks is 20 dB louder."""
LEAST_FREE_BYTES = 5 << 30


class CheckKind(StrEnum):
    PICTURE = "picture"
    SOUND = "sound"
    CLOCK = "clock"
    STORAGE = "storage"
    PATH = "path"  # the observers' way: a worker that carries the picture, on a living bus


class CheckProblem(StrEnum):
    NOT_LIVE = "not_live"
    FROZEN = "frozen"
    LATE = "late"
    NO_CAMERA = "no_camera"
    SILENT = "silent"  # the angle has a microphone, and nothing of it is heard
    TOO_QUIET = "too_quiet"  # sound arrives, but no louder than the noise of a microphone that is off
    NO_SOUND = "no_sound"  # no angle of the room has sound
    CLOCK_OFF = "clock_off"
    CLOCK_UNKNOWN = "clock_unknown"
    LITTLE_SPACE = "little_space"
    NO_CARRIER = "no_carrier"


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One line of the sheet: green without a problem. `value` is what was measured, with its unit."""

    kind: CheckKind
    angle: str | None
    problem: CheckProblem | None
    value: str = ""


@dataclass(frozen=True, slots=True)
class CheckedAngle:
    """`sound`: it has a microphone; `level`: how loud that is, None when nothing arrived. `state` is what its worker says, None when nobody
    does.
    """

    kind: str
    sound: bool
    level: SoundLevel | None
    state: CameraState | None
    carrier: str


def check_room(angles: Iterable[CheckedAngle], free_bytes: int, now_ms: int) -> list[CheckRow]:
    """The sheet, angle by angle, then what concerns the room."""
    found = list(angles)
    rows = [row for angle in found for row in _angle_rows(angle, now_ms)]
    if not any(angle.sound for angle in found):
        rows.append(CheckRow(CheckKind.SOUND, None, CheckProblem.NO_SOUND))
    space = None if free_bytes >= LEAST_FREE_BYTES else CheckProblem.LITTLE_SPACE
    rows.append(CheckRow(CheckKind.STORAGE, None, space, f"{free_bytes / (1 << 30):.1f} GiB"))
    return rows


def passed(rows: Iterable[CheckRow]) -> bool:
    return all(row.problem is None for row in rows)


def as_json(rows: Iterable[CheckRow]) -> list[dict[str, str | None]]:
    return [{"kind": row.kind, "angle": row.angle, "problem": row.problem, "value": row.value} for row in rows]


def from_json(rows: Iterable[Mapping[str, str | None]]) -> list[CheckRow]:
    return [
        CheckRow(
            CheckKind(row["kind"] or ""),
            row["angle"],
            CheckProblem(row["problem"]) if row["problem"] else None,
            row["value"] or "",
        )
        for row in rows
    ]


def _angle_rows(angle: CheckedAngle, now_ms: int) -> Iterable[CheckRow]:
    stream = _best(angle.state)
    yield _picture(angle, stream, now_ms)
    if angle.sound:
        yield _sound(angle)
    yield _clock(angle, stream)
    path = None if angle.carrier else CheckProblem.NO_CARRIER
    yield CheckRow(CheckKind.PATH, angle.kind, path, angle.carrier)


def _best(state: CameraState | None) -> StreamState | None:
    """The stream with the newest picture."""
    return max(state.streams, key=lambda stream: stream.newest_capture_ms, default=None) if state else None


def _picture(angle: CheckedAngle, stream: StreamState | None, now_ms: int) -> CheckRow:
    if stream is None:
        return CheckRow(CheckKind.PICTURE, angle.kind, CheckProblem.NO_CAMERA)
    age_ms = now_ms - stream.newest_capture_ms
    if stream.liveness in (Liveness.FROZEN, Liveness.LOOPED):
        problem: CheckProblem | None = CheckProblem.FROZEN
    elif stream.liveness is not Liveness.LIVE:
        problem = CheckProblem.NOT_LIVE
    else:
        problem = CheckProblem.LATE if age_ms > LATE_MS else None
    rate = f", {stream.fps:.0f}/s" if round(stream.fps) else ""  # not known before the first seconds
    size = f"{stream.width_px}×{stream.height_px}{rate}" if stream.width_px else ""
    return CheckRow(CheckKind.PICTURE, angle.kind, problem, size)


def _sound(angle: CheckedAngle) -> CheckRow:
    level = angle.level
    if level is None:
        return CheckRow(CheckKind.SOUND, angle.kind, CheckProblem.SILENT)
    value = f"RMS {level.rms_dbfs:.0f} dBFS, max {level.peak_dbfs:.0f} dBFS"
    return CheckRow(CheckKind.SOUND, angle.kind, None if loud_enough(level) else CheckProblem.TOO_QUIET, value)


def loud_enough(level: SoundLevel) -> bool:
    """Whether a microphone that is on was heard."""
    return level.peak_dbfs >= QUIET_DBFS


def _clock(angle: CheckedAngle, stream: StreamState | None) -> CheckRow:
    offset_ms = None if stream is None else stream.clock_offset_ms
    if offset_ms is None:
        return CheckRow(CheckKind.CLOCK, angle.kind, CheckProblem.CLOCK_UNKNOWN)
    problem = CheckProblem.CLOCK_OFF if abs(offset_ms) > CLOCK_OFF_MS else None
    return CheckRow(CheckKind.CLOCK, angle.kind, problem, f"{offset_ms} ms")
