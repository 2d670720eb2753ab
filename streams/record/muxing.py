"""Orders into the bytes of one segment, with its running hash. Pure: whoever writes the bytes is told where they are whole."""

import hashlib

from streams.fmp4.fragments import Entry, Run, fragment_head, random_access
from streams.fmp4.init import SOUND_TRACK, TIMESCALE, VIDEO_TRACK, initialisation
from streams.fmp4.samples import KEYFRAME_FLAGS, PREDICTED_FLAGS, SoundTimes, append_picture, sound_samples
from streams.record.orders import Begin, End, Piece
from streams.types.media import AccessUnit
from streams.types.recording import SegmentHead, SegmentTail
from streams.types.segment_file import HEAD_UUID, TAIL_UUID, check_start, uuid_box

_NS_PER_S = 1_000_000_000


class SegmentMuxer:
    """One segment. Call `head` once, `fragment` for each piece, `tail` once; what they return is written in this order, unchanged."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        sound = begin.format.sound
        self._sound_hz = sound.clock_rate_hz if sound else 1
        self._sound_channels = max(1, sound.channels) if sound else 1
        self._sound_times = SoundTimes(self._sound_hz)
        self._hash = hashlib.sha256()
        self._next_time = 0
        self._last_sound = 0
        self._checks = 0
        self._entries: list[Entry] = []
        self.size_bytes = 0
        self.pictures = 0
        self.sound_frames = 0

    @property
    def sha256(self) -> str:
        """Over everything returned so far."""
        return self._hash.hexdigest()

    def head(self, head: SegmentHead) -> bytes:
        form = self._begin.format
        movie = initialisation(form.sets, form.video, form.sound)
        return self._checked(movie + uuid_box(HEAD_UUID, head.model_dump_json(exclude_defaults=True).encode()))

    def fragment(self, piece: Piece) -> bytes:
        """`moof`, `mdat` and check; empty for a piece without anything that can be written."""
        video = Run(VIDEO_TRACK, 0, [])
        sound = Run(SOUND_TRACK, 0, [])
        data: list[bytes] = []
        said: list[bytes] = []
        pictures = [unit for unit in piece.units if unit.codec.is_video]
        if pictures:
            self._pictures(pictures, piece.next_ns, video, data)
        for unit in piece.units:
            if not unit.codec.is_video:
                self._sound(unit, sound, said)
        runs = [run for run in (video, sound) if run.rows]
        if not runs:
            return b""
        return self._checked(b"".join((fragment_head(self._checks, runs), *data, *said)))

    def tail(self, end: End) -> bytes:
        tail = SegmentTail(
            end_ns=max(end.end_ns, self._begin.start_ns),
            pictures=self.pictures,
            sound_frames=self.sound_frames,
            ended=end.ended,
            dropped_pictures=end.dropped_pictures,
        )
        body = tail_bytes(tail, self._entries)
        self._hash.update(body)
        self.size_bytes += len(body)
        return body

    def _checked(self, body: bytes) -> bytes:
        start = check_start(self._checks)
        self._checks += 1
        self._hash.update(body)
        self._hash.update(start)
        digest = self._hash.digest()
        self._hash.update(digest)
        self.size_bytes += len(body) + len(start) + len(digest)
        return b"".join((body, start, digest))

    def _at(self, capture_ns: int, timescale: int) -> int:
        return max(0, (capture_ns - self._begin.start_ns) * timescale // _NS_PER_S)

    def _pictures(self, pictures: list[AccessUnit], next_ns: int, run: Run, data: list[bytes]) -> None:
        """Decode times grow with every picture: two that were captured at the same moment are one tick apart."""
        base = self._begin.start_ns
        rows = run.rows
        time = max(self._next_time, (pictures[0].capture_ns - base) * TIMESCALE // _NS_PER_S)
        run.decode_time = time
        last = len(pictures) - 1
        for number, unit in enumerate(pictures):
            after_ns = pictures[number + 1].capture_ns if number < last else next_ns
            after = max(time + 1, (after_ns - base) * TIMESCALE // _NS_PER_S)
            size = append_picture(unit, data)
            if unit.keyframe:
                self._entries.append(Entry(time, self.size_bytes, number + 1))
                rows += (after - time, size, KEYFRAME_FLAGS)
            else:
                rows += (after - time, size, PREDICTED_FLAGS)
            run.size_bytes += size
            time = after
        self._next_time = time
        self.pictures += len(pictures)

    def _sound(self, unit: AccessUnit, run: Run, said: list[bytes]) -> None:
        """Frames of one unit follow each other; a jump lengthens the frame before it, as players expect."""
        time = self._at(unit.capture_ns, self._sound_hz)
        for frame in unit.parts:
            samples = sound_samples(unit.codec, frame, self._sound_channels)
            placed = self._sound_times.place(time, samples)
            if run.rows:
                run.rows[-3] = placed - self._last_sound
            else:
                run.decode_time = placed
            self._last_sound = placed
            run.rows += (samples, len(frame), KEYFRAME_FLAGS)
            run.size_bytes += len(frame)
            said.append(frame)
            time = placed + samples
            self.sound_frames += 1


def tail_bytes(tail: SegmentTail, entries: list[Entry]) -> bytes:
    """What closes a segment."""
    said = uuid_box(TAIL_UUID, tail.model_dump_json(exclude_defaults=True).encode())
    return said + random_access(VIDEO_TRACK, entries)
