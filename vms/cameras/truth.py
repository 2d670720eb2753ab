"""What the server can say about each camera's picture, for tiles and trees.

The faults come from the workers' heartbeats, the company that tells power from link from the rows. One instance serves all sockets:
what it works out is kept for `FRESH_MS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlmodel import col, select

from streams.types.camera import CameraState, FaultKind, Liveness, StreamState
from streams.types.media import Codec, StreamKind
from vms.cameras.cause import Cause, Seen, causes
from vms.cameras.notices import Notices
from vms.cameras.ports import LiveState
from vms.cameras.sight import UNIT_ID, placed
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables.cameras import Camera

FRESH_MS = 400
ROSTER_MS = 30_000
"""Units change by date, without a notice: the places are read again this often."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Of the stream that walls show: the sub stream where there is one."""

    camera_id: str
    liveness: Liveness
    cause: Cause | None = None
    fault: FaultKind | None = None
    since_ms: int = 0
    newest_capture_ms: int = 0
    moving: bool = False
    codec: Codec | None = None
    width_px: int = 0
    height_px: int = 0
    fps: float = 0.0
    bitrate_bps: int = 0
    viewers: int = 0
    carrier: str = ""

    @property
    def gist(self) -> "Truth":
        """Without what flows all the time: when only that differs, there is no news."""
        return replace(self, newest_capture_ms=0, fps=0.0, bitrate_bps=0)


@dataclass(frozen=True, slots=True)
class Place:
    site_id: str
    unit_id: str


def shown_stream(state: CameraState) -> StreamState | None:
    """The stream that a wall shows."""
    by_kind = {stream.kind: stream for stream in state.streams}
    return by_kind.get(StreamKind.SUB) or by_kind.get(StreamKind.MAIN)


def truths(
    roster: Mapping[str, Place], states: Mapping[str, CameraState], carriers: Mapping[str, str] | None = None
) -> dict[str, Truth]:
    """The truth of every camera on the roster. Pure. A camera that no worker speaks of is being connected, nothing more."""
    bare = {camera_id: _truth(camera_id, states.get(camera_id)) for camera_id in roster}
    found = causes(
        Seen(camera_id, place.site_id, place.unit_id, bare[camera_id].fault, bare[camera_id].since_ms)
        for camera_id, place in roster.items()
    )
    carriers = carriers or {}
    return {
        camera_id: replace(truth, cause=found.get(camera_id), carrier=carriers.get(camera_id, ""))
        for camera_id, truth in bare.items()
    }


def _truth(camera_id: str, state: CameraState | None) -> Truth:
    stream = shown_stream(state) if state else None
    if state is None or stream is None:
        return Truth(camera_id, Liveness.CONNECTING)
    return Truth(
        camera_id,
        stream.liveness,
        None,
        stream.fault if stream.liveness in (Liveness.DOWN, Liveness.CONNECTING) else None,
        stream.since_ms,
        stream.newest_capture_ms,
        state.moving,
        stream.codec,
        stream.width_px,
        stream.height_px,
        stream.fps,
        stream.bitrate_bps,
        sum(each.viewers for each in state.streams),
    )


class TruthBoard:
    def __init__(self, db: Database, live: LiveState, notices: Notices, clock: Clock) -> None:
        self._db = db
        self._live = live
        self._notices = notices
        self._clock = clock
        self._roster: Mapping[str, Place] = {}
        self._roster_is_of = (-1, 0)
        self._truths: Mapping[str, Truth] = {}
        self._truths_ms = -FRESH_MS

    def workers_alive(self) -> int:
        return self._live.workers_alive()

    async def read(self) -> Mapping[str, Truth]:
        """The truth of all enabled cameras, at most `FRESH_MS` old."""
        now_ms = self._clock()
        version, read_ms = self._roster_is_of
        if version != self._notices.tree_version or not 0 <= now_ms - read_ms < ROSTER_MS:
            version = self._notices.tree_version
            self._roster = await self._read_roster()
            self._roster_is_of = (version, now_ms)
            self._truths_ms = -FRESH_MS
        if not 0 <= now_ms - self._truths_ms < FRESH_MS:
            self._truths = truths(self._roster, self._live.cameras(), self._live.carriers())
            self._truths_ms = now_ms
        return self._truths

    async def _read_roster(self) -> Mapping[str, Place]:
        async with self._db.session() as session:
            query = placed(select(Camera.id, Camera.site_id, UNIT_ID)).where(col(Camera.enabled))
            return {camera: Place(site, unit) for camera, site, unit in await session.exec(query)}
