"""Who is transcoded now: one thread and one hub for each stream, shared by its viewers, and never more streams than slots."""

import asyncio
import threading

import structlog

from streams.hub import Hub
from streams.subscription import QueueLimits, ThreadReader
from streams.transcode.coder import Coder, Target
from streams.types.media import AccessUnit, Codec, Fanout, Track

log = structlog.get_logger(__name__)

_LIMITS = QueueLimits(max_units=60, max_bytes=8 << 20)


class _Running:
    """One stream being transcoded. Pictures wait in a bounded queue; a coder that is too slow loses some up to a keyframe."""

    def __init__(self, source: Fanout, name: str, target: Target) -> None:
        self.source = source
        self.hub = Hub(f"{name} as H.264")
        self.holders = 0
        self._loop = asyncio.get_running_loop()
        self._reader = ThreadReader(_LIMITS)
        self._target = target
        self._thread = threading.Thread(target=self._work, name=f"transcode {name}", daemon=True)
        source.attach(self, replay=True)
        self._thread.start()

    def deliver(self, unit: AccessUnit) -> None:
        if unit.codec.is_video:
            self._reader.deliver(unit)
        else:
            self.hub.on_unit(unit)

    def stop(self) -> None:
        """The thread ends with the picture it is at."""
        self.source.detach(self)
        self._reader.close()

    def _work(self) -> None:
        coder = Coder(self._target)
        while (unit := self._reader.get()) is not None:
            for coded in coder.code(unit):
                if self._reader.closed:
                    return
                try:
                    self._loop.call_soon_threadsafe(self._emit, coder.track, coded)
                except RuntimeError:  # the loop has been closed: the process ends
                    return

    def _emit(self, track: Track, unit: AccessUnit) -> None:
        sounds = tuple(sound for sound in self.source.tracks if not sound.codec.is_video)
        if (track, *sounds) != self.hub.tracks:
            self.hub.on_tracks((track, *sounds))
        self.hub.on_unit(unit)


class Transcodes:
    """Lives on one event loop."""

    def __init__(self, slots: int, target: Target | None = None) -> None:
        self._slots = slots
        self._target = target or Target()
        self._running: dict[int, _Running] = {}

    @property
    def used(self) -> int:
        return len(self._running)

    def acquire(self, source: Fanout, name: str) -> Hub | None:
        """The H.264 of this stream, for one more viewer until `release`; None when all slots are taken."""
        running = self._running.get(id(source))
        if running is None:
            if len(self._running) >= self._slots:
                return None
            running = self._running[id(source)] = _Running(source, name, self._target)
            log.info("transcoding_began", stream=name, slots=f"{len(self._running)}/{self._slots}")
        running.holders += 1
        return running.hub

    def release(self, source: Fanout) -> None:
        running = self._running.get(id(source))
        if running is None:
            return
        running.holders -= 1
        if running.holders == 0:
            del self._running[id(source)]
            running.stop()
            log.info("transcoding_ended", stream=running.hub.name)


def needed(source: Fanout) -> bool:
    """Whether a browser without H.265 would see nothing."""
    return any(track.codec is Codec.H265 for track in source.tracks)
