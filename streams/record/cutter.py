"""Where segments and fragments begin and end. Pure: units in, orders out; knows no disk and no clock but the pictures' own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from streams.fmp4 import parameter_sets
from streams.record.orders import Begin, End, Format, Link, Order, Piece
from streams.types.media import AccessUnit, Codec, StreamKind, Track
from streams.types.recording import Gap, SegmentEnd, local_day

_MS: Final = 1_000_000
_S: Final = 1_000_000_000
_FIRST_GUESS_NS: Final = _S // 15
_HOLE_NS: Final = 2 * _S
_HOLE_INTERVALS: Final = 4
_MOST_PIECE_BYTES: Final = 4 << 20
_MOST_PIECE_UNITS: Final = 2000


@dataclass(frozen=True, slots=True)
class CutRules:
    """`segment_ns`: how long a segment is at least before the next keyframe ends it. `piece_ns`: how long a fragment is at most."""

    segment_ns: int = 60 * _S
    piece_ns: int = _S // 2


@dataclass(frozen=True, slots=True)
class Opening:
    """What the recorder knows when a segment begins: the gaps since the last one, and how the camera's clock goes."""

    gaps: tuple[Gap, ...] = ()
    clock_offset_ms: int | None = None


class Cutter:
    """One camera. `take` every unit while it should be recorded; `end` when not; `flush` when nothing came for a while.

    A segment ends at the keyframe that begins the next, so every picture is in exactly one. After a hole (2 s, or four times the usual
    distance of pictures if that is more) a new one begins at the next keyframe; pictures before it cannot be decoded and are left out.
    """

    def __init__(
        self,
        camera_id: str,
        stream: StreamKind,
        *,
        tracks: Callable[[], tuple[Track, ...]],
        opening: Callable[[int], Opening],
        previous: Link,
        rules: CutRules | None = None,
    ) -> None:
        """`opening` is called with the capture time of the first picture, once for each segment."""
        self._camera_id = camera_id
        self._stream = stream
        self._tracks = tracks
        self._opening = opening
        self._rules = rules or CutRules()
        self._previous = previous
        self._link: Link | None = None
        self._format: Format | None = None
        self._start_ns = 0
        self._day = ""
        self._waiting: list[AccessUnit] = []
        self._waiting_bytes = 0
        self._waiting_pictures = 0
        self._piece_start_ns = 0
        self._last_ns = 0
        self._interval_ns = _FIRST_GUESS_NS
        self.cut_next: SegmentEnd | None = None
        """Why the next keyframe shall begin a new segment, however long this one is."""

    @property
    def running(self) -> bool:
        """A segment is open."""
        return self._link is not None

    @property
    def last_link(self) -> Link:
        """The newest segment, open or not."""
        return self._link or self._previous

    @property
    def hole_ns(self) -> int:
        """A longer time between two pictures is a hole."""
        return max(_HOLE_NS, _HOLE_INTERVALS * self._interval_ns)

    @property
    def end_ns(self) -> int:
        """When the newest picture ends, as far as one knows."""
        return self._last_ns + self._interval_ns

    def take(self, unit: AccessUnit) -> Iterator[Order]:
        if not unit.codec.is_video:
            yield from self._take_sound(unit)
            return
        if self._link is not None and unit.capture_ns - self._last_ns > self.hole_ns:
            yield from self.end(SegmentEnd.GAP)
        if unit.keyframe:
            yield from self._take_keyframe(unit)
        elif self._link is not None and unit.capture_ns - self._piece_start_ns >= self._rules.piece_ns:
            yield from self._piece(unit.capture_ns)
        if self._link is not None:
            self._add_picture(unit)

    def flush(self) -> Iterator[Order]:
        """What waits becomes a fragment now: nothing came for longer than a fragment lasts."""
        if self._waiting_pictures:
            yield from self._piece(self.end_ns)

    def end(self, ended: SegmentEnd, *, dropped: int = 0) -> Iterator[Order]:
        """End the open segment behind its newest picture."""
        if self._link is not None:
            yield from self._end(self.end_ns, ended, dropped)

    def abandon(self) -> int:
        """The segment cannot be written any further. How many pictures waited in vain."""
        lost = self._waiting_pictures
        self._forget()
        if self._link is not None:
            self._previous, self._link = self._link, None
        return lost

    # --- pictures

    def _take_keyframe(self, unit: AccessUnit) -> Iterator[Order]:
        sets = parameter_sets(unit)
        video = self._video(unit.codec)
        if sets is None or video is None:
            # It says not how it is decoded: inside a segment it goes with the sets that stand, else nothing can begin.
            return
        form = Format(sets, video, self._sound())
        if self._link is not None:
            ended = self._why_cut(unit, form)
            if ended is None:
                if unit.capture_ns - self._piece_start_ns >= self._rules.piece_ns // 4:
                    yield from self._piece(unit.capture_ns)
                return
            yield from self._end(unit.capture_ns, ended)
        yield self._begin(unit, form)

    def _why_cut(self, unit: AccessUnit, form: Format) -> SegmentEnd | None:
        if form != self._format:
            return SegmentEnd.FORMAT
        if self.cut_next is not None:
            return self.cut_next
        if unit.capture_ns - self._start_ns >= self._rules.segment_ns or local_day(unit.capture_ns // _MS) != self._day:
            return SegmentEnd.CUT
        return None

    def _begin(self, unit: AccessUnit, form: Format) -> Begin:
        self._link, self._format, self.cut_next = Link(), form, None
        self._start_ns = self._piece_start_ns = self._last_ns = unit.capture_ns
        self._day = local_day(unit.capture_ns // _MS)
        opening = self._opening(unit.capture_ns)
        return Begin(
            self._camera_id,
            self._stream,
            unit.capture_ns,
            form,
            self._link,
            self._previous,
            opening.clock_offset_ms,
            opening.gaps,
        )

    def _add_picture(self, unit: AccessUnit) -> None:
        if not self._waiting_pictures:
            self._piece_start_ns = unit.capture_ns
        if 0 < unit.capture_ns - self._last_ns < _HOLE_NS:
            self._interval_ns = unit.capture_ns - self._last_ns
        self._last_ns = max(self._last_ns, unit.capture_ns)
        self._waiting_pictures += 1
        self._add(unit)

    def _add(self, unit: AccessUnit) -> None:
        self._waiting.append(unit)
        self._waiting_bytes += unit.size_bytes

    def _take_sound(self, unit: AccessUnit) -> Iterator[Order]:
        sound = self._format.sound if self._format is not None else None
        if self._link is None or sound is None or sound.codec is not unit.codec:
            return
        self._add(unit)
        if self._waiting_bytes > _MOST_PIECE_BYTES or len(self._waiting) > _MOST_PIECE_UNITS:
            yield from self._piece(self.end_ns)

    # --- orders

    def _piece(self, next_ns: int) -> Iterator[Order]:
        if self._waiting and self._link is not None:
            yield Piece(self._link, tuple(self._waiting), next_ns, self._waiting_bytes)
        self._forget()

    def _end(self, end_ns: int, ended: SegmentEnd, dropped: int = 0) -> Iterator[Order]:
        yield from self._piece(end_ns)
        if self._link is not None:
            yield End(self._link, end_ns, ended, dropped)
            self._previous, self._link = self._link, None

    def _forget(self) -> None:
        self._waiting = []
        self._waiting_bytes = self._waiting_pictures = 0

    # --- tracks

    def _video(self, codec: Codec) -> Track | None:
        return next((track for track in self._tracks() if track.codec is codec), None)

    def _sound(self) -> Track | None:
        """The first sound track; AAC only with its configuration."""
        sounds = (track for track in self._tracks() if not track.codec.is_video)
        return next((track for track in sounds if track.codec is not Codec.AAC or len(track.config) >= 2), None)
