"""Gated cameras: what stands between a hub and everybody who watches. Closed unless a gate lets an audience through.

A door is the fan-out of one stream for one audience. Viewers, their caches and their transcoders hang on doors, never on the hub of a gated
camera. When a gate closes, the views behind it are ended (which throws away whatever waits in queues and caches); when it opens again, the
door begins with a keyframe that was captured *and* arrived after the opening. What was captured in between is never delivered.
"""

import time
from collections.abc import Callable

import structlog

from streams.hub import Hub
from streams.types.gate import Audience, Dropped, Gate
from streams.types.media import AccessUnit, Reader, Track

log = structlog.get_logger(__name__)

GUARD_NS = 1_000_000_000
"""A capture time may be a guess from the arrival (before a camera's first sender report): what arrives within this time after an opening
may have been captured before it, and is not delivered."""

OnChanged = Callable[[str], None]
"""Something about the gate of this camera is otherwise now."""

OnClosed = Callable[[str, frozenset[Audience]], int]
"""These audiences of a camera are shut out as of now: end their views, and say how many."""


class GateBoard:
    """The gates as this worker knows them. Lives on one event loop. What nobody told is closed."""

    def __init__(
        self,
        on_closed: OnClosed,
        clock_ns: Callable[[], int] = time.time_ns,
        on_changed: OnChanged = lambda _camera_id: None,
    ) -> None:
        self._on_closed = on_closed
        self._on_changed = on_changed
        self._clock_ns = clock_ns
        self._gates: dict[str, Gate] = {}
        self._since_ns: dict[tuple[str, Audience], int] = {}
        self._heard = True

    def hear(self, *, heard: bool) -> None:
        """Whether what is known here is what control says now. While it is not, nothing is recorded: a part may have been closed, and
        opened again before we heard of it.
        """
        if heard == self._heard:
            return
        self._heard = heard
        now_ns = self._clock_ns()
        for camera_id, audience in self._since_ns:
            if audience is Audience.RECORDER:
                self._since_ns[camera_id, audience] = now_ns
        for camera_id in tuple(self._gates):
            self._on_changed(camera_id)

    def records(self, camera_id: str) -> bool:
        """Whether a gated camera is to be recorded now."""
        return self._heard and self.lets(camera_id, Audience.RECORDER)

    def lets(self, camera_id: str, audience: Audience) -> bool:
        return (camera_id, audience) in self._since_ns

    def since_ns(self, camera_id: str, audience: Audience) -> int | None:
        """From which moment on pictures may be delivered; None while nothing may."""
        return self._since_ns.get((camera_id, audience))

    def delay_ns(self, camera_id: str, audience: Audience) -> int:
        """How old a picture must be at least."""
        gate = self._gates.get(camera_id)
        return gate.delay_ms * 1_000_000 if gate is not None and audience is Audience.OBSERVERS else 0

    def dropped(self, camera_id: str) -> tuple[Dropped, ...]:
        """What observers never see of what is let through otherwise."""
        gate = self._gates.get(camera_id)
        return () if gate is None else gate.dropped

    def may_ever_pass(self, camera_id: str, audience: Audience, unit: AccessUnit) -> bool:
        """Whether this audience may see it, now or when it is old enough."""
        since_ns = self._since_ns.get((camera_id, audience))
        if since_ns is None or unit.capture_ns < since_ns or unit.arrival_ns < since_ns + GUARD_NS:
            return False
        return audience is not Audience.OBSERVERS or not any(is_in(unit, one) for one in self.dropped(camera_id))

    def may_pass(self, camera_id: str, audience: Audience, unit: AccessUnit) -> bool:
        """Whether this audience may see it now."""
        delay_ns = self.delay_ns(camera_id, audience)
        early = delay_ns and unit.capture_ns + delay_ns > self._clock_ns()
        return not early and self.may_ever_pass(camera_id, audience, unit)

    def in_hole(self, camera_id: str) -> bool:
        """Whether what observers would see now was dropped."""
        at_ns = self._clock_ns() - self.delay_ns(camera_id, Audience.OBSERVERS)
        return any(
            one.from_ms * 1_000_000 <= at_ns < one.to_ms * 1_000_000 + GUARD_NS for one in self.dropped(camera_id)
        )

    def learn(self, gate: Gate) -> int:
        """A gate, from wherever: it counts when it is newer than the one that stands. How many views ended by it."""
        known = self._gates.get(gate.camera_id)
        if known is not None and known.epoch >= gate.epoch:
            return 0
        self._gates[gate.camera_id] = gate
        before = frozenset() if known is None else frozenset(known.audiences)
        after = frozenset(gate.audiences)
        kept = before & after
        if known is not None and (known.delay_ms, known.since_ms) != (gate.delay_ms, gate.since_ms):
            # Nobody watches on with another delay; and when observers are let through anew, they were shut out in between.
            kept -= {Audience.OBSERVERS, Audience.RECORDER}
        shut = before - kept
        for audience in shut:
            self._since_ns.pop((gate.camera_id, audience), None)
        now_ns = self._clock_ns()
        for audience in after - kept:
            self._since_ns[gate.camera_id, audience] = max(now_ns, gate.since_ms * 1_000_000)
        ended = self._on_closed(gate.camera_id, shut) if shut else 0
        if shut:
            log.info("gate_closed", camera_id=gate.camera_id, epoch=gate.epoch, ended=ended)
        self._on_changed(gate.camera_id)
        return ended

    def end_views(self, camera_id: str, audience: Audience) -> int:
        """An audience has nothing to see for now: its views end, its gate stays as it is. How many there were."""
        return self._on_closed(camera_id, frozenset({audience}))

    def forget(self, camera_id: str) -> None:
        """Nobody says any more what this gate is: it is closed."""
        known = self._gates.get(camera_id)
        if known is not None and known.audiences:
            self.learn(Gate(camera_id=camera_id, epoch=known.epoch + 1))


class Door:
    """One audience's fan-out of one stream of a gated camera. Reader of the hub while it has readers itself."""

    def __init__(self, hub: Hub, camera_id: str, audience: Audience, board: GateBoard) -> None:
        self._hub = hub
        self._camera_id = camera_id
        self.audience = audience
        self._board = board
        self._readers: dict[int, Reader] = {}
        self._begun_ns: int | None = None
        """The opening since which a keyframe has passed."""

    @property
    def tracks(self) -> tuple[Track, ...]:
        return self._hub.tracks

    @property
    def newest(self) -> AccessUnit | None:
        newest = self._hub.newest
        return newest if newest is not None and self._may_pass(newest) else None

    def cached(self) -> tuple[AccessUnit, ...]:
        """The hub's pictures when all of them may be shown, else none: half a GOP cannot be decoded."""
        gop = self._hub.cached()
        return gop if all(map(self._may_pass, gop)) else ()

    def attach(self, reader: Reader, *, replay: bool = False) -> None:
        if id(reader) in self._readers:
            return
        first = not self._readers
        self._readers[id(reader)] = reader
        if first:
            self._hub.attach(self)
        gop = self.cached()
        if gop:
            self._begun_ns = self._board.since_ns(self._camera_id, self.audience)
        if replay:
            for unit in gop:
                if id(reader) in self._readers:
                    reader.deliver(unit)

    def detach(self, reader: Reader) -> None:
        if self._readers.pop(id(reader), None) is not None and not self._readers:
            self._hub.detach(self)

    def deliver(self, unit: AccessUnit) -> None:
        if not self._may_pass(unit):
            if unit.codec.is_video:
                self._begun_ns = None
            return
        since_ns = self._board.since_ns(self._camera_id, self.audience)
        if unit.codec.is_video and self._begun_ns != since_ns:
            if not unit.keyframe:
                return
            self._begun_ns = since_ns
        for key, reader in tuple(self._readers.items()):
            if key in self._readers:
                self._deliver(reader, unit)

    def _may_pass(self, unit: AccessUnit) -> bool:
        return self._board.may_pass(self._camera_id, self.audience, unit)

    def _deliver(self, reader: Reader, unit: AccessUnit) -> None:
        try:
            reader.deliver(unit)
        except Exception:
            # The border between readers, as in the hub: one reader's bug must not take the others' picture.
            log.exception("reader_raised_and_was_detached", camera_id=self._camera_id, reader=type(reader).__name__)
            self.detach(reader)


def is_in(unit: AccessUnit, dropped: Dropped) -> bool:
    """Whether it is of what was dropped. With the same guard as an opening: what arrives right after may have been captured before."""
    from_ns, to_ns = dropped.from_ms * 1_000_000, dropped.to_ms * 1_000_000
    return unit.capture_ns >= from_ns and (unit.capture_ns < to_ns or unit.arrival_ns < to_ns + GUARD_NS)
