"""The only place where one stream becomes many: a source writes, readers read, nobody waits for anybody.

Knows nothing of cameras, networks, or what its readers do with a picture.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from streams.types.media import AccessUnit, Codec, Reader, Track

_log = structlog.get_logger(__name__)

_SILENT_AFTER_NS = 2_500_000_000
_NS_PER_S = 1_000_000_000


@dataclass(frozen=True, slots=True)
class CacheLimits:
    """How much of the current GOP a hub keeps. A longer GOP is not cached at all: half of one cannot be decoded."""

    max_bytes: int = 8 << 20
    max_units: int = 600


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a hub measured of its pictures over the last second or two. `newest_capture_ns` is 0 before the first picture."""

    codec: Codec | None
    width_px: int
    height_px: int
    fps: float
    bitrate_bps: int
    gop_s: float
    newest_capture_ns: int
    pictures: int
    readers: int


class Meter:
    """Rates of one stream from its pictures, in whole-second buckets by arrival."""

    __slots__ = (
        "_bucket_bytes",
        "_bucket_pictures",
        "_bucket_start_ns",
        "_bytes_per_s",
        "_fps",
        "_key_capture_ns",
        "_steady",
        "gop_s",
        "pictures",
    )

    def __init__(self) -> None:
        self.pictures = 0
        self.gop_s = 0.0
        self._bucket_start_ns = 0
        self._bucket_pictures = 0
        self._bucket_bytes = 0
        self._fps = 0.0
        self._bytes_per_s = 0.0
        self._key_capture_ns = 0
        self._steady = False

    def count(self, unit: AccessUnit, size_bytes: int) -> None:
        self.pictures += 1
        elapsed_ns = unit.arrival_ns - self._bucket_start_ns
        if elapsed_ns >= _NS_PER_S or elapsed_ns < 0:
            self._turn(unit.arrival_ns, elapsed_ns)
        self._bucket_pictures += 1
        self._bucket_bytes += size_bytes
        if unit.keyframe:
            if self._key_capture_ns and not unit.discontinuity:
                self.gop_s = (unit.capture_ns - self._key_capture_ns) / _NS_PER_S
            self._key_capture_ns = unit.capture_ns

    def _turn(self, now_ns: int, elapsed_ns: int) -> None:
        # The first bucket holds the burst of old pictures that some cameras begin with.
        if self._steady and 0 < elapsed_ns < _SILENT_AFTER_NS:
            fps = self._bucket_pictures * _NS_PER_S / elapsed_ns
            rate = self._bucket_bytes * _NS_PER_S / elapsed_ns
            # Keyframes weigh one bucket in two or three: blend, so that a shown rate does not flicker.
            self._fps = fps if self._fps == 0.0 else 0.5 * self._fps + 0.5 * fps
            self._bytes_per_s = rate if self._bytes_per_s == 0.0 else 0.7 * self._bytes_per_s + 0.3 * rate
        self._steady = self._bucket_start_ns > 0 and elapsed_ns < _SILENT_AFTER_NS
        self._bucket_start_ns = now_ns
        self._bucket_pictures = self._bucket_bytes = 0

    def rates(self, now_ns: int) -> tuple[float, int]:
        """(pictures per second, bits per second); zeros when nothing came for 2.5 s."""
        if now_ns - self._bucket_start_ns > _SILENT_AFTER_NS:
            return 0.0, 0
        return self._fps, int(self._bytes_per_s * 8)


class Hub:
    """`Sink` for one source, `Fanout` for any number of readers. Lives on one event loop; no method may be called off it.

    A reader that raises is detached and logged; the others get their unit all the same.
    """

    __slots__ = (
        "_clock_ns",
        "_gop",
        "_gop_bytes",
        "_limits",
        "_meter",
        "_newest",
        "_readers",
        "_tracks",
        "name",
        "on_readers",
    )

    def __init__(
        self,
        name: str = "",
        *,
        limits: CacheLimits | None = None,
        clock_ns: Callable[[], int] = time.time_ns,
        on_readers: Callable[[int], None] | None = None,
    ) -> None:
        """`on_readers` hears the number of readers after each change (on-demand streams start and stop by it)."""
        self.name = name
        self._limits = limits or CacheLimits()
        self._clock_ns = clock_ns
        self.on_readers = on_readers
        self._tracks: tuple[Track, ...] = ()
        self._newest: AccessUnit | None = None
        self._gop: list[AccessUnit] = []
        self._gop_bytes = 0
        self._readers: dict[int, Reader] = {}
        self._meter = Meter()

    @property
    def tracks(self) -> tuple[Track, ...]:
        return self._tracks

    @property
    def newest(self) -> AccessUnit | None:
        return self._newest

    @property
    def reader_count(self) -> int:
        return len(self._readers)

    @property
    def cached_bytes(self) -> int:
        return self._gop_bytes

    def cached(self) -> tuple[AccessUnit, ...]:
        return tuple(self._gop)

    def attach(self, reader: Reader, *, replay: bool = False) -> None:
        if id(reader) in self._readers:
            return
        self._readers[id(reader)] = reader
        if replay:
            for unit in tuple(self._gop):
                if id(reader) not in self._readers:
                    break
                self._deliver(reader, unit)
        self._tell_readers()

    def detach(self, reader: Reader) -> None:
        if self._readers.pop(id(reader), None) is not None:
            self._tell_readers()

    def on_tracks(self, tracks: tuple[Track, ...]) -> None:
        self._tracks = tracks

    def on_unit(self, unit: AccessUnit) -> None:
        if unit.codec.is_video:
            self._remember(unit)
        readers = self._readers
        if readers:
            for key, reader in tuple(readers.items()):
                if key in readers:
                    self._deliver(reader, unit)

    def clear(self) -> None:
        """Forget the cached pictures: the source ended, and what it left is no start for a new reader."""
        self._gop.clear()
        self._gop_bytes = 0

    def statistics(self) -> Statistics:
        fps, bitrate_bps = self._meter.rates(self._clock_ns())
        video = next((track for track in self._tracks if track.codec.is_video), None)
        return Statistics(
            codec=video.codec if video else None,
            width_px=video.width_px if video else 0,
            height_px=video.height_px if video else 0,
            fps=fps,
            bitrate_bps=bitrate_bps,
            gop_s=self._meter.gop_s,
            newest_capture_ns=self._newest.capture_ns if self._newest else 0,
            pictures=self._meter.pictures,
            readers=len(self._readers),
        )

    def _remember(self, unit: AccessUnit) -> None:
        size_bytes = sum(map(len, unit.parts))
        self._newest = unit
        self._meter.count(unit, size_bytes)
        gop = self._gop
        if unit.keyframe:
            gop.clear()
            self._gop_bytes = 0
        elif not gop:
            return
        gop.append(unit)
        self._gop_bytes += size_bytes
        if self._gop_bytes > self._limits.max_bytes or len(gop) > self._limits.max_units:
            self.clear()

    def _deliver(self, reader: Reader, unit: AccessUnit) -> None:
        try:
            reader.deliver(unit)
        except Exception:  # noqa: BLE001 the border between readers: one reader's bug must not take the others' picture
            _log.exception("reader raised and was detached", stream=self.name, reader=type(reader).__name__)
            self.detach(reader)

    def _tell_readers(self) -> None:
        if self.on_readers is not None:
            self.on_readers(len(self._readers))
