"""Does the picture still change, and is it new? Judged from the coded bytes alone, without decoding.

FROZEN: a sensor makes noise, and noise costs bits, so predicted pictures of a living camera have a size of their own. A frozen
picture predicts itself perfectly: its predicted pictures shrink to "skip everything", or its keyframe comes again byte for byte with
nothing but skips behind it.
LOOPED: with noise in it no keyframe is ever coded twice to the same bytes. One that was sent before, under whatever timestamps, is
a recording.
A stream that stands still by its nature (a slide, a document camera's test picture) can prove nothing, and is called neither.

Pure: one call per picture, a few comparisons each; keyframes are hashed once.
"""

from collections import OrderedDict
from dataclasses import dataclass

from streams.types.media import AccessUnit, Codec

_NS_PER_S = 1_000_000_000
_MIN_HASHED_BYTES = 512
_SLICE_HEADER_BYTES = 6
"""Where encoders number their pictures (idr_pic_id, frame_num); a player of recordings may number them anew."""


@dataclass(frozen=True, slots=True)
class LivenessRules:
    """`frozen_after_s`: how long every predicted picture must be skip-sized. `warm_up_pictures`: how much history must show noise.

    `noise_factor`: how many times a skip-sized picture the usual one must be before its absence means anything.
    `still_share`: a stream of which more than this share stood still while it was well stands still by its nature.
    `remembered_s`: the longest loop that is told for certain; `max_keyframes` bounds what that costs (about 100 bytes each).
    """

    frozen_after_s: float = 2.0
    warm_up_pictures: int = 30
    least_pictures: int = 10
    noise_factor: float = 4.0
    still_share: float = 0.05
    remembered_s: float = 300.0
    max_keyframes: int = 512


def skip_size_bytes(width_px: int, height_px: int, slices: int) -> int:
    """About the largest picture that predicts everything from the last: headers and run lengths, nothing else."""
    blocks = max(width_px * height_px, 320 * 180) // 256
    return 20 * slices + blocks // 32


class LivenessWatch:
    """State of one stream. `frozen` and `looped` are what the last unit left them at.

    What was learnt of the sensor, and the keyframes seen, outlive sessions: who cuts the line and returns with a recording of the
    last minute is told as well.
    """

    __slots__ = (
        "_first",
        "_keyframes",
        "_last_bytes",
        "_last_keyframe",
        "_repeated",
        "_rules",
        "_seen",
        "_size_px",
        "_skip_bytes",
        "_slices",
        "_still",
        "_still_since_ns",
        "_unlearnt",
        "_usual_bytes",
        "frozen",
        "looped",
    )

    def __init__(self, rules: LivenessRules | None = None) -> None:
        self._rules = rules or LivenessRules()
        self._size_px = (640, 360)
        self._keyframes: OrderedDict[int, int] = OrderedDict()
        """When each was last seen, oldest first."""
        self._forget_all()

    def _forget_all(self) -> None:
        self._usual_bytes = 0.0
        self._seen = 0
        self._still = 0
        self._unlearnt = 0
        self._last_bytes = 0
        self._slices = 1
        self._skip_bytes = skip_size_bytes(*self._size_px, 1)
        self._keyframes.clear()
        self._last_keyframe = 0
        self.restart()

    def resize(self, width_px: int, height_px: int) -> None:
        """The picture size changed: old sizes say nothing about new pictures."""
        if (width_px, height_px) != self._size_px and width_px and height_px:
            self._size_px = (width_px, height_px)
            self._forget_all()

    def restart(self) -> None:
        """A new session begins."""
        self._still_since_ns: int | None = None
        self._repeated = False
        self._first = True
        self.frozen = self.looped = False

    @property
    def noisy(self) -> bool:
        """Whether the stream has shown enough sensor noise for its absence to mean something."""
        rules = self._rules
        if self._usual_bytes <= self._skip_bytes * rules.noise_factor:
            return False
        if self._seen >= rules.warm_up_pictures:
            return self._still <= self._seen * rules.still_share
        # Who freezes right after the first pictures is told, too. An encoder that refines a slide ends in ever smaller pictures.
        return self._seen >= rules.least_pictures and not self._still and 2 * self._last_bytes >= self._usual_bytes

    def on_unit(self, unit: AccessUnit) -> None:
        """Take the next picture."""
        if unit.keyframe:
            self._on_keyframe(unit)
        else:
            self._on_predicted(unit)

    def _on_predicted(self, unit: AccessUnit) -> None:
        # SEI and parameter sets are no picture.
        if unit.codec is Codec.H264:
            sizes = [len(part) for part in unit.parts if part[0] & 0x1F < 6]
        else:
            sizes = [len(part) for part in unit.parts if part[0] < 64]
        size_bytes, slices = sum(sizes), len(sizes)
        if slices != self._slices:
            self._slices = slices
            self._skip_bytes = skip_size_bytes(*self._size_px, slices)
        small = size_bytes <= self._skip_bytes
        # A quarter of the usual size is needed as well: at low rates skip-sized and usual lie close together.
        still = small and size_bytes * self._rules.noise_factor <= self._usual_bytes and self.noisy
        if self._repeated:
            self._judge_repeated(still=still)
        if not still:
            self._still_since_ns = None
            self.frozen = False
            self._learn(size_bytes, small=small)
            return
        self._unlearnt += self._seen < self._rules.warm_up_pictures
        if self._still_since_ns is None:
            self._still_since_ns = unit.arrival_ns
        elif unit.arrival_ns - self._still_since_ns >= self._rules.frozen_after_s * _NS_PER_S:
            self.frozen = True

    def _judge_repeated(self, *, still: bool) -> None:
        """The last keyframe was the one before it again: what follows tells a standstill from a loop of one GOP."""
        self._repeated = False
        if self.noisy:
            self.frozen, self.looped = still, not still

    def _learn(self, size_bytes: int, *, small: bool) -> None:
        if self._unlearnt:
            # It was called still on little evidence, and is not: a slide that is refined anew in every GOP stands still by its nature.
            self._seen, self._still, self._unlearnt = self._seen + self._unlearnt, self._still + self._unlearnt, 0
        self._seen = seen = self._seen + 1
        self._still += small
        self._last_bytes = size_bytes
        usual_bytes = self._usual_bytes
        # A burst of motion must not raise the mark by which stillness is judged later.
        surprise = 3 * usual_bytes if usual_bytes and size_bytes > 4 * usual_bytes else size_bytes - usual_bytes
        self._usual_bytes = usual_bytes + surprise / (min(seen, 100))

    def _on_keyframe(self, unit: AccessUnit) -> None:
        mark = _mark(unit)
        if mark is None:
            return
        first, self._first = self._first, False
        if mark == self._last_keyframe:
            # Cameras begin a session with the GOP that they still hold: we may have had its beginning before.
            self._repeated = not first
            return
        self._repeated = False
        self.looped = mark in self._keyframes and self.noisy
        self._last_keyframe = mark
        self._remember(mark, unit.arrival_ns)

    def _remember(self, mark: int, now_ns: int) -> None:
        known = self._keyframes
        known[mark] = now_ns
        known.move_to_end(mark)
        oldest_ns = now_ns - int(self._rules.remembered_s * _NS_PER_S)
        while len(known) > self._rules.max_keyframes or next(iter(known.values())) < oldest_ns:
            known.popitem(last=False)


def _mark(unit: AccessUnit) -> int | None:
    """A hash of what is in the picture: slices behind their headers. None for a picture too small to tell."""
    slices = [part[_SLICE_HEADER_BYTES:] for part in unit.parts if _is_slice(unit.codec, part)]
    return hash(tuple(slices)) if sum(map(len, slices)) >= _MIN_HASHED_BYTES else None


def _is_slice(codec: Codec, nal: bytes) -> bool:
    if codec is Codec.H264:
        return bool(nal) and 1 <= nal[0] & 0x1F <= 5
    return bool(nal) and (nal[0] >> 1) & 0x3F < 32
