"""What a worker answers: opening, renewing and closing views, snapshots, probes. The right was decided before it asked us."""

import asyncio
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import structlog

from streams import transcode
from streams.bus.serve import serve
from streams.bus.session import Bus
from streams.relay import OfferRefused, Relay, Rung, ViewInfo
from streams.types.bus import (
    SUBJECT_KEYFRAME,
    SUBJECT_PROBE,
    SUBJECT_SNAPSHOT,
    SUBJECT_VIEW_CLOSE,
    SUBJECT_VIEW_MOVED,
    SUBJECT_VIEW_OPEN,
    SUBJECT_VIEW_RENEW,
    KeyframeWanted,
    ProbeRequest,
    ProbeResult,
    RefusalCode,
    Refused,
    Shown,
    Snapshot,
    SnapshotRequest,
    ViewClose,
    ViewClosed,
    ViewMoved,
    ViewOpen,
    ViewOpened,
    ViewRenew,
    ViewRenewed,
    encode,
)
from streams.types.camera import Wire
from streams.types.gate import Audience
from streams.types.imprint import Imprint, Stamp
from streams.types.media import AccessUnit, Fanout, StreamKind
from streams.types.tap import EndReason
from streams.worker.leases import ViewLeases

log = structlog.get_logger(__name__)

EXPIRE_S = 0.5
PROBES_AT_ONCE = 6
MOST_NEWS = 1000


class Pictures(Protocol):
    """A running camera as the desk sees it."""

    async def stream(self, kind: StreamKind, hold: str, audience: Audience) -> Fanout:
        """The fan-out of a stream that has its tracks, for an audience; starts it when it runs on demand.

        `hold` keeps it running until `release(hold)`. Raises `Refused` with NO_STREAM, NO_PICTURE or CLOSED.
        """

    def release(self, hold: str) -> None: ...

    def cheaper(self, fanout: Fanout) -> Fanout | None:
        """A running stream of the same camera that costs less than this one, or None."""

    def shown(self, fanout: Fanout) -> Shown:
        """Which stream of this camera a fan-out is."""

    @property
    def camera_id(self) -> str: ...

    def kind_of(self, fanout: Fanout) -> StreamKind | None:
        """Which of the camera's own streams a fan-out is; None for any other."""

    async def as_h264(self, hold: str) -> Fanout:
        """The held stream as H.264, for a browser without H.265: another stream of the camera, else transcoded.

        Raises `Refused` with CODEC when neither is there: every slot for transcoding is taken.
        """

    def shows(self, audience: Audience) -> bool:
        """Whether its gate lets this audience through now; a camera without one shows itself to all."""

    def keyframe(self, audience: Audience) -> tuple[AccessUnit, ...]:
        """The cached pictures of the stream that is cheapest to decode, as an audience may see them; empty before the first."""


Find = Callable[[str], Pictures | None]
Decode = Callable[[tuple[AccessUnit, ...], int], Awaitable[bytes]]
Probe = Callable[[ProbeRequest], Awaitable[ProbeResult]]
ShownT = TypeVar("ShownT")


class Wish(Protocol):
    """What all requests for a new view have in common."""

    @property
    def view_id(self) -> str: ...

    @property
    def camera_id(self) -> str: ...

    @property
    def kind(self) -> StreamKind: ...

    @property
    def audience(self) -> Audience: ...

    @property
    def imprint(self) -> Imprint | None: ...


@dataclass(frozen=True, slots=True)
class Held:
    """A view that runs: what it shows, and how it is ended on whatever transport carries it."""

    pictures: Pictures | None
    """None for a transport that carries views."""
    end: Callable[[str, str], None]
    """`end(view_id, reason)`: no packet leaves after it returns"""
    audience: Audience = Audience.ANYONE


class Desk:
    """Holds which view belongs to which camera, and their leases. Every transport's views are held, renewed and ended here."""

    def __init__(self, relay: Relay, find: Find, decode: Decode, probe: Probe) -> None:
        self._relay = relay
        self._find = find
        self._decode = decode
        self._probe = probe
        self._leases = ViewLeases()
        self._held: dict[str, Held] = {}
        self._news: asyncio.Queue[tuple[str, Wire]] = asyncio.Queue(MOST_NEWS)
        relay.on_rung = self._on_rung
        relay.on_keyframe_wanted = self._on_keyframe_wanted

    async def answer(self, bus: Bus, worker_id: str) -> None:
        """Serve every subject of this worker until cancelled."""
        async with asyncio.TaskGroup() as group:
            opening = SUBJECT_VIEW_OPEN.format(worker_id=worker_id)
            group.create_task(serve(bus, opening, ViewOpen, self.open, at_once=16), name="serve opening")
            renewing = SUBJECT_VIEW_RENEW.format(worker_id=worker_id)
            group.create_task(serve(bus, renewing, ViewRenew, self.renew), name="serve renewing")
            closing = SUBJECT_VIEW_CLOSE.format(worker_id=worker_id)
            group.create_task(serve(bus, closing, ViewClose, self.close), name="serve closing")
            snapshots = SUBJECT_SNAPSHOT.format(worker_id=worker_id)
            group.create_task(serve(bus, snapshots, SnapshotRequest, self.snapshot, at_once=2), name="serve snapshots")
            probes = SUBJECT_PROBE.format(worker_id=worker_id)
            group.create_task(
                serve(bus, probes, ProbeRequest, self._probe, at_once=PROBES_AT_ONCE), name="serve probes"
            )
            group.create_task(self._tell(bus, worker_id), name="tell news")

    async def open(self, request: ViewOpen) -> ViewOpened:
        stamp = stamp_of(request)

        def show(fanout: Fanout, cheaper: Fanout | None) -> str:
            return self._relay.open_view(
                request.view_id,
                request.offer_sdp,
                fanout,
                addresses=request.addresses,
                on_closed=self.ended,
                cheaper=cheaper,
                stamp=stamp,
            )

        answer, pictures, fanout = await self.showing(request, show)
        self.hold(request.view_id, Held(pictures, self._relay.close_view, request.audience), request.lease_s)
        return ViewOpened(view_id=request.view_id, answer_sdp=answer, shown=pictures.shown(fanout))

    async def showing(
        self, request: Wish, show: Callable[[Fanout, Fanout | None], ShownT]
    ) -> tuple[ShownT, Pictures, Fanout]:
        """Hold the stream that is asked for and let `show` show it (with the camera's cheaper stream, if any).

        What the browser cannot decode is shown as H.264 instead. Raises `Refused`, and then nothing is held.
        """
        pictures, fanout = await self.pictures(request)
        try:
            try:
                check_shows(pictures, request.audience)
                return show(fanout, pictures.cheaper(fanout)), pictures, fanout
            except OfferRefused as refused:
                if refused.code is not RefusalCode.CODEC or not transcode.needed(fanout):
                    raise
            fanout = await pictures.as_h264(request.view_id)
            check_shows(pictures, request.audience)
            return show(fanout, None), pictures, fanout
        except OfferRefused as refused:
            pictures.release(request.view_id)
            raise Refused(refused.code, refused.detail) from refused
        except Refused:
            pictures.release(request.view_id)
            raise

    async def pictures(self, wish: Wish) -> tuple[Pictures, Fanout]:
        """The stream for a new view, held for it until `release`. Raises `Refused`."""
        pictures = self._find(wish.camera_id)
        if pictures is None:
            raise Refused(RefusalCode.NOT_OWNER)
        if wish.view_id in self._held:
            raise Refused(RefusalCode.NOT_FOUND, "this view is already open")
        return pictures, await pictures.stream(wish.kind, wish.view_id, wish.audience)

    def hold(self, view_id: str, held: Held, lease_s: float) -> None:
        """A view has begun. It ends by `close`, by its lease, with its camera, or when its transport says so (`ended`)."""
        self._held[view_id] = held
        self._leases.grant(view_id, lease_s, time.monotonic())

    async def renew(self, request: ViewRenew) -> ViewRenewed:
        return ViewRenewed(unknown=tuple(self._leases.renew(request.view_ids, request.lease_s, time.monotonic())))

    async def close(self, request: ViewClose) -> ViewClosed:
        closed = [view_id for view_id in request.view_ids if view_id in self._held]
        for view_id in closed:
            self._end(view_id, request.reason)
        return ViewClosed(closed=len(closed))

    async def snapshot(self, request: SnapshotRequest) -> Snapshot:
        pictures = self._find(request.camera_id)
        if pictures is None:
            raise Refused(RefusalCode.NOT_OWNER)
        check_shows(pictures, request.audience)
        units = pictures.keyframe(request.audience)
        if not units:
            raise Refused(RefusalCode.NO_PICTURE)
        jpeg = await self._decode(units, request.max_width_px)
        # It may have been shut while the picture was decoded.
        check_shows(pictures, request.audience)
        return Snapshot(jpeg_base64=b64encode(jpeg).decode(), capture_ms=units[-1].capture_ns // 1_000_000)

    async def expire(self) -> None:
        """End the views whose lease ran out, for ever. Needs neither bus nor control: that is its point."""
        while True:
            for view_id in self._leases.expired(time.monotonic()):
                log.info("view_lease_expired", view_id=view_id)
                self._end(view_id, EndReason.LEASE_EXPIRED)
            await asyncio.sleep(EXPIRE_S)

    def shut_out(self, camera_id: str, audiences: frozenset[Audience]) -> int:
        """End every view of a camera by these audiences, on whatever transport; how many there were."""
        views = [
            view_id
            for view_id, held in self._held.items()
            if held.pictures is not None and held.pictures.camera_id == camera_id and held.audience in audiences
        ]
        for view_id in views:
            self._end(view_id, EndReason.HEARING)
        return len(views)

    def camera_stopped(self, pictures: Pictures) -> None:
        """End the views of a camera that this worker no longer runs: viewers ask again and find its new owner."""
        for view_id in [key for key, held in self._held.items() if held.pictures is pictures]:
            self._end(view_id, EndReason.CAMERA_MOVED)

    def ended(self, view_id: str, reason: str) -> None:
        """The transport of a view ended by itself."""
        log.info("view_ended", view_id=view_id, reason=reason)
        self._forget(view_id)
        self._move(ViewMoved(view_id=view_id, ended=EndReason(reason)))

    def _end(self, view_id: str, reason: str) -> None:
        held = self._held.get(view_id)
        if held is not None:
            held.end(view_id, reason)
        self._forget(view_id)
        self._move(ViewMoved(view_id=view_id, ended=EndReason(reason)))

    def _on_rung(self, info: ViewInfo) -> None:
        held = self._held.get(info.view_id)
        if held is not None and held.pictures is not None:
            self._move(ViewMoved(view_id=info.view_id, shown=shown(info, held.pictures)))

    def _on_keyframe_wanted(self, fanout: Fanout) -> None:
        """Seldom, as the relay bounds it; whoever can ask the camera does."""
        for held in self._held.values():
            kind = held.pictures.kind_of(fanout) if held.pictures is not None else None
            if held.pictures is not None and kind is not None:
                self._say(SUBJECT_KEYFRAME, KeyframeWanted(camera_id=held.pictures.camera_id, kind=kind))
                return

    def _move(self, moved: ViewMoved) -> None:
        """What finds no room is found out by control when it renews."""
        self._say(SUBJECT_VIEW_MOVED, moved)

    def _say(self, subject: str, message: Wire) -> None:
        if not self._news.full():
            self._news.put_nowait((subject, message))

    async def _tell(self, bus: Bus, worker_id: str) -> None:
        while True:
            subject, message = await self._news.get()
            await bus.client.publish(subject.format(worker_id=worker_id), encode(message))

    def _forget(self, view_id: str) -> None:
        self._leases.end(view_id)
        held = self._held.pop(view_id, None)
        if held is not None and held.pictures is not None:
            held.pictures.release(view_id)


def stamp_of(wish: Wish) -> Stamp | None:
    """What a view is imprinted with. Raises `Refused`: observers see nothing that does not name them, nobody else is imprinted."""
    if wish.audience is not Audience.OBSERVERS:
        return None
    if wish.imprint is None:
        raise Refused(RefusalCode.CLOSED, "an observer's view comes with an imprint")
    return Stamp(wish.imprint)


def check_shows(pictures: Pictures, audience: Audience) -> None:
    """Right before something is shown: a gate may have closed since it was asked for. Raises `Refused`."""
    if not pictures.shows(audience):
        raise Refused(RefusalCode.CLOSED)


def shown(info: ViewInfo, pictures: Pictures) -> Shown:
    """What a view shows now, in the words of the bus."""
    return Shown.KEYFRAMES if info.rung is Rung.KEYFRAMES else pictures.shown(info.fanout)
