"""One camera's recorder: a hub reader that turns units, plan and motion into orders for a volume. On the event loop; never waits.

It drops nothing but what a volume's queue has no room for: then the segment ends, the next begins at a keyframe, and the gap says so.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog

from streams.record.cause import why_at_start, why_of_plan
from streams.record.cutter import CutRules, Cutter, Opening
from streams.record.gaps import SHORTEST_MS, GapLedger, Note, Why, split_by_stop
from streams.record.orders import Begin, End, Link, Order, Piece
from streams.record.preroll import PreRoll
from streams.record.previous import Previous
from streams.record.volume import Volume
from streams.record.volumes import Volumes
from streams.record.wish import Wish, wish
from streams.types.camera import Recording, RecordingPlan
from streams.types.media import AccessUnit, Fanout, StreamKind
from streams.types.recording import GapCause, GapNoted, SegmentEnd

log = structlog.get_logger(__name__)

_QUIET_S = 1.0
_GAP_ENDS = frozenset({SegmentEnd.GAP, SegmentEnd.PLAN, SegmentEnd.DISK, SegmentEnd.RELEASED})


@dataclass(frozen=True, slots=True)
class Camera:
    """What the recorder sees of its camera. `moving` None: its motion is not watched, so a plan of motion records all."""

    camera_id: str
    stream: StreamKind
    fanout: Fanout
    why: Callable[[], Why]
    clock_offset_ms: Callable[[], int | None]
    moving: Callable[[], bool | None]


@dataclass(frozen=True, slots=True)
class Clocks:
    """UTC in ns, and a monotonic one in s."""

    utc_ns: Callable[[], int] = time.time_ns
    monotonic_s: Callable[[], float] = time.monotonic


class Recorder:
    """`run` finds where the chain goes on and attaches; `close` ends. `volumes.Recording`, `media.Reader`."""

    def __init__(
        self,
        camera: Camera,
        plan: RecordingPlan,
        volumes: Volumes,
        note: Callable[[GapNoted], None],
        *,
        rules: CutRules | None = None,
        clocks: Clocks | None = None,
    ) -> None:
        self.camera_id = camera.camera_id
        self.plan = plan
        self._camera = camera
        self._volumes = volumes
        self._note = note
        self._rules = rules
        self._clocks = clocks or Clocks()
        self._ledger = GapLedger()
        self._cutter: Cutter | None = None
        self._volume: Volume | None = None
        self._pre_roll: PreRoll | None = None
        self._wanted = False
        self._stopping = False
        """Not wanted any more: the next keyframe ends it, so that nothing is missing should something move again at once."""
        self._moved_s = -1e9
        self._heard_s = 0.0
        self._no_volume = False

    async def run(self) -> None:
        """Find the newest segment, then begin. The cached pictures of the hub cover the time that this takes."""
        self.begin(await self._volumes.previous(self.camera_id, self.plan))

    def begin(self, previous: Previous) -> None:
        camera = self._camera
        now_ms = self._now_ms()
        self._cutter = Cutter(
            camera.camera_id,
            camera.stream,
            tracks=lambda: camera.fanout.tracks,
            opening=self._opening,
            previous=previous.link,
            rules=self._rules,
        )
        self._ledger.carry(previous.gaps)
        if previous.end_ms is not None and previous.end_ms < now_ms:
            stop = self.plan.stop
            parts = split_by_stop(
                previous.end_ms,
                now_ms,
                why_at_start(previous.ended, self.plan),
                (stop.from_ms, stop.to_ms, stop.by) if stop else None,
            )
            for part in parts:
                self._say(self._ledger.because(part.why, part.from_ms))
                self._ledger.open(part.from_ms, part.why)
        self._volumes.add(self)
        self.tick()
        camera.fanout.attach(self, replay=True)

    def close(self) -> None:
        """The camera is let go: by the plan, or with its worker."""
        self._camera.fanout.detach(self)
        self._volumes.remove(self)
        if self._cutter is not None:
            never = wish(self.plan, self._now_ms()) is Wish.NOTHING
            self._carry_out(self._cutter.end(SegmentEnd.PLAN if never else SegmentEnd.RELEASED))
            if never:
                # Nobody is here any more to say it when it has become long enough to be one.
                self._say(self._ledger.because(why_of_plan(self.plan), self._now_ms() + 2 * SHORTEST_MS))

    @property
    def state(self) -> tuple[Recording, str]:
        """What it does now, and on which volume."""
        if self._cutter is not None and self._cutter.running and self._volume is not None:
            return Recording.RUNNING, self._volume.volume_id
        if self._cutter is None:
            # It looks for where the chain goes on, or waits for a disk to look at.
            return Recording.WAITING if self._volumes.choose(self.camera_id, self.plan) else Recording.SUSPENDED, ""
        if not self._wanted:
            return Recording.IDLE, ""
        return Recording.SUSPENDED if self._no_volume else Recording.WAITING, ""

    # --- media.Reader

    def deliver(self, unit: AccessUnit) -> None:
        cutter = self._cutter
        if cutter is None:
            return
        try:
            self._deliver(cutter, unit)
        except Exception:
            # The hub would detach us for good. What one unit woke must cost no more than what lies before the next keyframe.
            log.exception("unit_not_recorded", camera_id=self.camera_id)
            self._begin_anew(cutter)

    def _begin_anew(self, cutter: Cutter) -> None:
        if not cutter.running:
            return
        link, end_ns = cutter.last_link, cutter.end_ns
        dropped = cutter.abandon()
        if self._volume is not None:
            self._volume.put(End(link, end_ns, SegmentEnd.GAP, dropped))
        self._ledger.open(end_ns // 1_000_000, Why(GapCause.FORMAT))
        self._lost(dropped)

    def _deliver(self, cutter: Cutter, unit: AccessUnit) -> None:
        self._heard_s = self._clocks.monotonic_s()
        if self._stopping and unit.keyframe and unit.codec.is_video:
            self._stopping = False
            self._carry_out(cutter.end(SegmentEnd.PLAN))
        if self._wanted or self._stopping:
            self._take(cutter, unit)
        elif self._pre_roll is not None:
            self._pre_roll.add(unit)

    def _take(self, cutter: Cutter, unit: AccessUnit) -> None:
        if not cutter.running:
            if not unit.codec.is_video:
                return
            if self._no_volume or (unit.keyframe and not self._has_volume()):
                self._ledger.dropped(1)
                return
            if unit.keyframe and unit.discontinuity and self._ledger.unknown:
                self._say(self._ledger.because(Why(GapCause.LINK), self._now_ms()))
        self._carry_out(cutter.take(unit))

    def _has_volume(self) -> bool:
        self._volume = self._volumes.choose(self.camera_id, self.plan)
        return self._volume is not None

    # --- once a second, and when something moves

    def tick(self) -> None:
        now_ms = self._now_ms()
        self._decide(now_ms)
        cutter = self._cutter
        if cutter is None:
            return
        volume = self._volumes.choose(self.camera_id, self.plan)
        self._no_volume = volume is None
        if cutter.running:
            self._look_after(cutter, volume)
        if not cutter.running:
            self._say(self._ledger.because(self._why(), now_ms))

    def moves(self) -> None:
        """Something moves now: record it, from a few seconds ago."""
        self._moved_s = self._clocks.monotonic_s()
        self._decide(self._now_ms())

    def failed(self, link: Link) -> None:
        """See `volumes.Recording`."""
        cutter = self._cutter
        if cutter is not None and cutter.running and cutter.last_link is link:
            end_ns = cutter.end_ns
            self._lost(cutter.abandon())
            self._ledger.open(end_ns // 1_000_000, Why(GapCause.DISK))
            self._volume = None

    def _decide(self, now_ms: int) -> None:
        now_s = self._clocks.monotonic_s()
        wanted = wish(self.plan, now_ms)
        moving = self._camera.moving()
        if moving:
            self._moved_s = now_s
        on_motion = wanted is Wish.MOTION and moving is not None
        want = wanted is not Wish.NOTHING and (not on_motion or now_s - self._moved_s <= self.plan.post_roll_s)
        if want and not self._wanted:
            self._start()
        elif self._wanted and not want:
            self._wanted, self._stopping = False, self._cutter is not None and self._cutter.running
        if not on_motion:
            self._pre_roll = None
        elif self._pre_roll is None:
            self._pre_roll = PreRoll(self.plan.pre_roll_s)

    def _start(self) -> None:
        self._wanted, self._stopping = True, False
        if self._cutter is not None and self._pre_roll is not None:
            for unit in self._pre_roll.take():
                self._take(self._cutter, unit)

    def _look_after(self, cutter: Cutter, volume: Volume | None) -> None:
        """A running segment: end it when nothing comes any more or the disk does not take it; move it when a better volume does."""
        quiet_s = self._clocks.monotonic_s() - self._heard_s
        current = self._volume
        if current is None or not current.takes(self.camera_id):
            if current is not None and not current.usable:
                cutter.last_link.give_up()
            self._carry_out(cutter.end(SegmentEnd.DISK))
        elif quiet_s > cutter.hole_ns / 1e9 + _QUIET_S:
            self._carry_out(cutter.end(SegmentEnd.GAP))
        elif quiet_s > _QUIET_S:
            self._carry_out(cutter.flush())
        elif volume is not current:
            cutter.cut_next = SegmentEnd.VOLUME

    def _why(self) -> Why:
        if not self._wanted:
            return why_of_plan(self.plan)
        return Why(GapCause.DISK) if self._no_volume else self._camera.why()

    # --- orders

    def _carry_out(self, orders: Iterable[Order]) -> None:
        for order in orders:
            if isinstance(order, Begin):
                self._volume = self._volumes.choose(self.camera_id, self.plan) or self._volume
            if self._volume is None:
                continue
            if not self._volume.put(order):
                self._give_up(order)
                return
            if isinstance(order, End) and order.ended in _GAP_ENDS:
                self._ledger.open(order.end_ns // 1_000_000, self._ended_why(order.ended))

    def _give_up(self, order: Order) -> None:
        """The queue is full: end behind what it took."""
        cutter = self._cutter
        if cutter is None or self._volume is None or not isinstance(order, Piece):
            return
        pictures = [unit for unit in order.units if unit.codec.is_video]
        start_ns = pictures[0].capture_ns if pictures else cutter.end_ns
        dropped = len(pictures) + cutter.abandon()
        self._volume.put(End(order.link, start_ns, SegmentEnd.DISK, dropped))
        self._ledger.open(start_ns // 1_000_000, Why(GapCause.DISK))
        self._lost(dropped)

    def _lost(self, pictures: int) -> None:
        self._ledger.dropped(pictures)
        if self._volume is not None:
            self._volume.dropped_pictures += pictures

    def _ended_why(self, ended: SegmentEnd) -> Why:
        if ended is SegmentEnd.DISK:
            return Why(GapCause.DISK)
        return why_of_plan(self.plan) if ended is SegmentEnd.PLAN else self._camera.why()

    def _opening(self, start_ns: int) -> Opening:
        gaps, notes = self._ledger.close(start_ns // 1_000_000)
        self._say(notes)
        return Opening(gaps, self._camera.clock_offset_ms())

    def _say(self, notes: Iterable[Note]) -> None:
        for note in notes:
            self._note(
                GapNoted(
                    camera_id=self.camera_id,
                    at_ms=self._now_ms(),
                    from_ms=note.from_ms,
                    to_ms=note.to_ms,
                    cause=note.why.cause,
                    fault=note.why.fault,
                    by=note.why.by,
                    dropped_pictures=note.dropped_pictures,
                )
            )

    def _now_ms(self) -> int:
        return self._clocks.utc_ns() // 1_000_000
