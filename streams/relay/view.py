"""One view: whose picture (and sound) is in which slots, and on which rung of its ladder it stands."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from streams.relay.feed import Feed
from streams.relay.slot import Counters, Slot
from streams.relay.transport import State, Transport
from streams.types.imprint import Stamp
from streams.types.media import Codec, Fanout

SOUND = (Codec.PCMA, Codec.PCMU, Codec.AAC)
_SHORTEST_GOP_S = 1.0


class Rung(IntEnum):
    """How much of what was asked for is shown."""

    KEYFRAMES = 0
    CHEAPER = 1
    FULL = 2


@dataclass(frozen=True, slots=True)
class Ladder:
    """What a view may show: what was asked for, and the same camera's cheaper stream where there is one."""

    asked: Fanout
    cheaper: Fanout | None = None

    @property
    def rungs(self) -> tuple[Rung, ...]:
        return (Rung.KEYFRAMES, Rung.FULL) if self.cheaper is None else (Rung.KEYFRAMES, Rung.CHEAPER, Rung.FULL)

    def fanout(self, rung: Rung) -> Fanout:
        return self.asked if rung is Rung.FULL or self.cheaper is None else self.cheaper

    @property
    def sounding(self) -> Fanout | None:
        """The fan-out that has sound."""
        for fanout in (self.asked, self.cheaper):
            if fanout is not None and sound_codec(fanout) is not None:
                return fanout
        return None

    def costs_bps(self) -> list[int]:
        """Of each rung, by what is cached: never exact, always near."""
        lowest = self.fanout(Rung.KEYFRAMES)
        costs = [_rates_bps(lowest)[0], *(_rates_bps(self.fanout(rung))[1] for rung in self.rungs[1:])]
        return [max(costs[: place + 1]) for place in range(len(costs))]


@dataclass(frozen=True, slots=True)
class ViewInfo:
    """`lost_share` 0..1 as the browser last reported it. `fanout` is what the picture comes from now."""

    view_id: str
    state: State
    fanout: Fanout
    rung: Rung
    lost_share: float
    slots: tuple[Counters, ...]


@dataclass(slots=True)
class View:
    """`whole` views own their transport and end with it; others share it with the views of other slots."""

    view_id: str
    transport: Transport
    transport_id: str
    ladder: Ladder
    on_closed: Callable[[str, str], None]
    whole: bool
    stamp: Stamp | None = None
    picture: Slot | None = None
    sound: Slot | None = None
    rung: Rung = field(default=Rung.FULL)

    @property
    def fanout(self) -> Fanout:
        return self.ladder.fanout(self.rung)

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(slot for slot in (self.picture, self.sound) if slot is not None)

    def begin(self, feed_of: Callable[[Fanout], Feed]) -> None:
        if self.picture is not None:
            self.picture.keyframes_only = False
            self.picture.stamp = self.stamp
            self.transport.bind(self.picture, feed_of(self.fanout), video=True)
        sounding = self.ladder.sounding
        if self.sound is not None and sounding is not None:
            self.transport.bind(self.sound, feed_of(sounding), video=False)

    def show(self, rung: Rung, feed_of: Callable[[Fanout], Feed]) -> None:
        """Climb or descend. Between a stream and its keyframes nothing is sent anew."""
        if self.picture is None or rung is self.rung:
            return
        before, was_thinned = self.fanout, self.picture.keyframes_only
        self.rung = rung
        self.picture.keyframes_only = rung is Rung.KEYFRAMES
        if self.fanout is not before:
            self.transport.bind(self.picture, feed_of(self.fanout), video=True)
        elif was_thinned:
            self.picture.wait_for_keyframe()

    def stop(self) -> None:
        for slot in self.slots:
            slot.keyframes_only = False
            self.transport.unbind(slot)
            slot.stamp = None

    def info(self) -> ViewInfo:
        counters = tuple(slot.counters for slot in self.slots)
        transport = self.transport
        return ViewInfo(self.view_id, transport.state, self.fanout, self.rung, transport.lost_share, counters)


def video_codec(fanout: Fanout) -> Codec | None:
    return next((track.codec for track in fanout.tracks if track.codec.is_video), None)


def sound_codec(fanout: Fanout) -> Codec | None:
    return next((track.codec for track in fanout.tracks if track.codec in SOUND), None)


def _rates_bps(fanout: Fanout) -> tuple[int, int]:
    """(of the keyframes alone, of everything) of the GOP that is cached."""
    gop = fanout.cached()
    if not gop:
        return 0, 0
    seconds = max(_SHORTEST_GOP_S, (gop[-1].capture_ns - gop[0].capture_ns) / 1e9)
    keyframes = sum(unit.size_bytes for unit in gop if unit.keyframe)
    return int(8 * keyframes / seconds), int(8 * sum(unit.size_bytes for unit in gop) / seconds)
