"""One fan-out, packetised once for all the slots that show it."""

from collections.abc import Callable
from dataclasses import dataclass

from streams.relay.opus import OpusBridge
from streams.relay.packets import Picture, packetise
from streams.relay.slot import Slot
from streams.relay.soundline import SoundLine
from streams.types.media import AccessUnit, Codec, Fanout, Track

_MOST_PICTURES = 600
_G711_HZ = 8000
_LONG_GOP_NS = 4_000_000_000


@dataclass(frozen=True, slots=True)
class FeedEvents:
    """`empty`: no slot shows it any more. `keyframe_wanted`: what is cached is no good start, the camera should be asked."""

    empty: Callable[["Feed"], None]
    keyframe_wanted: Callable[["Feed"], None]


class Feed:
    """A hub reader that exists as long as a slot shows its fan-out. Drops nothing itself; slots do."""

    def __init__(self, fanout: Fanout, events: FeedEvents) -> None:
        self.fanout = fanout
        self._events = events
        self._video: list[Slot] = []
        self._sound: list[Slot] = []
        self._gop: list[Picture] = []
        self._lines: dict[Codec, SoundLine] = {}
        self._opus: tuple[Track, OpusBridge] | None = None

    @property
    def viewers(self) -> int:
        return len(self._video)

    @property
    def gop(self) -> list[Picture]:
        return self._gop

    def attach(self, slot: Slot, *, video: bool) -> None:
        """Show the fan-out in `slot`: the cached GOP at once, then live."""
        if not self._video and not self._sound:
            self.fanout.attach(self, replay=True)
        if video:
            slot.start(self._gop)
            self._video.append(slot)
            if not self._gop:
                self._events.keyframe_wanted(self)
        else:
            self._sound.append(slot)

    def detach(self, slot: Slot) -> None:
        for slots in (self._video, self._sound):
            if slot in slots:
                slots.remove(slot)
        if not self._sound:
            self._end_opus()
        if not self._video and not self._sound:
            self.fanout.detach(self)
            self._gop.clear()
            self._events.empty(self)

    def deliver(self, unit: AccessUnit) -> None:
        if unit.codec.is_video:
            self._deliver_picture(unit)
        elif self._sound and unit.codec in (Codec.PCMA, Codec.PCMU):
            self._deliver_g711(unit)
        elif self._sound and unit.codec is Codec.AAC:
            self._code(unit)

    def replay(self, slot: Slot, now_ns: int) -> None:
        """A receiver lost its picture."""
        replayed = slot.replay(self._gop, now_ns)
        if not self._gop or (replayed and self._gop[-1].capture_ns - self._gop[0].capture_ns > _LONG_GOP_NS):
            self._events.keyframe_wanted(self)

    def _deliver_picture(self, unit: AccessUnit) -> None:
        if unit.discontinuity and not unit.keyframe:
            self._gop.clear()
            for slot in self._video:
                slot.wait_for_keyframe()
        picture = packetise(unit)
        if not picture.payloads:
            return
        if unit.keyframe or len(self._gop) >= _MOST_PICTURES:
            self._gop.clear()
        if self._gop or unit.keyframe:
            self._gop.append(picture)
        for slot in self._video:
            slot.send(picture)

    def _deliver_g711(self, unit: AccessUnit) -> None:
        line = self._lines.setdefault(unit.codec, SoundLine(unit.codec, _G711_HZ))
        capture_ns = unit.capture_ns
        for part in unit.parts:
            picture = line.place(part, len(part), capture_ns)
            capture_ns += len(part) * 1_000_000_000 // _G711_HZ
            self._send_sound(picture)

    def _code(self, unit: AccessUnit) -> None:
        """AAC goes through a coder that runs while somebody listens, and begins anew with another configuration."""
        track = next((track for track in self.fanout.tracks if track.codec is Codec.AAC), None)
        if track is None:
            return
        if self._opus is None or self._opus[0] != track:
            self._end_opus()
            self._opus = track, OpusBridge(track, self._send_sound)
        self._opus[1].put(unit)

    def _end_opus(self) -> None:
        if self._opus is not None:
            self._opus[1].close()
            self._opus = None

    def _send_sound(self, picture: Picture) -> None:
        for slot in tuple(self._sound):
            slot.send(picture)
