"""One fan-out, packetised once for all the slots that show it."""

from collections.abc import Callable

from streams.relay.packets import Picture, packetise
from streams.relay.slot import Slot
from streams.types.media import AccessUnit, Codec, Fanout

_MOST_PICTURES = 600


class Feed:
    """A hub reader that exists as long as a slot shows its fan-out. Drops nothing itself; slots do."""

    def __init__(self, fanout: Fanout, on_empty: Callable[["Feed"], None]) -> None:
        self.fanout = fanout
        self._on_empty = on_empty
        self._video: list[Slot] = []
        self._sound: list[Slot] = []
        self._gop: list[Picture] = []
        self._codec: Codec | None = None
        self.codec_changed = False
        """The camera now sends what was not negotiated: the views must be opened anew."""

    @property
    def viewers(self) -> int:
        return len(self._video)

    def attach(self, slot: Slot, *, video: bool) -> None:
        """Show the fan-out in `slot`: the cached GOP at once, then live."""
        if not self._video and not self._sound:
            self.fanout.attach(self, replay=True)
        if video:
            slot.start(self._gop)
            self._video.append(slot)
        else:
            self._sound.append(slot)

    def detach(self, slot: Slot) -> None:
        for slots in (self._video, self._sound):
            if slot in slots:
                slots.remove(slot)
        if not self._video and not self._sound:
            self.fanout.detach(self)
            self._gop.clear()
            self._on_empty(self)

    def deliver(self, unit: AccessUnit) -> None:
        if not unit.codec.is_video:
            if self._sound and unit.codec in (Codec.PCMA, Codec.PCMU):
                picture = packetise(unit)
                for slot in self._sound:
                    slot.send(picture)
            return
        self._codec = self._codec or unit.codec
        if unit.codec is not self._codec:
            self.codec_changed = True
            return
        if unit.discontinuity and not unit.keyframe:
            self._gop.clear()
            for slot in self._video:
                slot.wait_for_keyframe()
        picture = packetise(unit)
        if unit.keyframe or len(self._gop) >= _MOST_PICTURES:
            self._gop.clear()
        if self._gop or unit.keyframe:
            self._gop.append(picture)
        for slot in self._video:
            slot.send(picture)

    def replay(self, slot: Slot, now_ns: int) -> None:
        slot.replay(self._gop, now_ns)
