import io
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.segments import FakeRecorder, loop
from streams.types.recording import Gap, GapCause
from vms.recordings.files import Volumes
from vms.recordings.index import Segment
from vms.recordings.moof import read_moof
from vms.recordings.mp4 import BadMp4, read_header, read_moov
from vms.recordings.news import segment_of
from vms.recordings.playing import NothingToPlay, RecordedElsewhere, Stretch, Wanted, stretch

START_MS = 1_795_000_000_000
BASE_MS = START_MS - 3_600_000
CAMERA = "camera-aaaa"


class Recorded:
    """Segments of 4 s with a keyframe each second and 15 pictures in it; 10 s are missing between the third and the fourth."""

    def __init__(self, folder: Path) -> None:
        self.recorder = FakeRecorder(folder, CAMERA, START_MS)
        self.recorder.write(3)
        gap = Gap(from_ms=self.recorder.start_ms, to_ms=self.recorder.start_ms + 10_000, cause=GapCause.LINK)
        self.recorder.write(2, gaps=[gap])
        self.volumes = Volumes({"v1": folder})
        self.folder = folder

    @property
    def segments(self) -> list[Segment]:
        return [segment_of(closed) for closed in self.recorder.written]

    def play(self, from_ms: int, length_ms: int = 2_000) -> Stretch:
        wanted = Wanted(START_MS + from_ms, length_ms, BASE_MS)
        return stretch(self.volumes, [one for one in self.segments if one.end_ms > wanted.from_ms], wanted)

    def bytes_of(self, found: Stretch) -> bytes:
        return b"".join(found.read(self.volumes))


@pytest.fixture
def recorded(tmp_path: Path) -> Recorded:
    return Recorded(tmp_path)


def shown_ms(data: bytes) -> list[int]:
    """When each picture was captured, after FFmpeg has decoded all of it; relative to START_MS."""
    with av.open(io.BytesIO(data)) as container:
        return [round(frame.time * 1000) + BASE_MS - START_MS for frame in container.decode(video=0)]


def test_a_stretch_begins_at_the_keyframe_before_and_ends_before_the_next_one(recorded: Recorded) -> None:
    found = recorded.play(1_500)
    data = recorded.bytes_of(found)
    assert len(data) == found.size_bytes
    times = shown_ms(data)
    assert (times[0], times[-1]) == (1_000, 3_933)
    assert found.codecs.startswith("avc1.")
    assert (found.start_ms - START_MS, found.next_ms - START_MS) == (1_000, 4_000)


def test_stretches_asked_for_one_after_the_other_show_every_picture_once_and_in_its_time(recorded: Recorded) -> None:
    at_ms, times = 0, []
    while at_ms < 12_000:
        found = recorded.play(at_ms, 1_700)
        times += shown_ms(recorded.bytes_of(found))
        at_ms = found.next_ms - START_MS
    expected = [4_000 * number + round(unit.capture_ns / 1e6) for number in range(3) for unit in loop()]
    assert len(times) == len(expected)
    assert all(abs(one - other) <= 1 for one, other in zip(times, expected, strict=True))
    assert at_ms == 22_000  # it goes on behind the gap


def test_a_stretch_over_several_files_is_one_line_without_a_seam(recorded: Recorded) -> None:
    found = recorded.play(2_000, 9_000)
    times = shown_ms(recorded.bytes_of(found))
    assert (times[0], len(times)) == (2_000, 135)
    assert all(60 <= after - before <= 70 for before, after in pairwise(times))
    assert len(found.paths) == 3


def test_a_stretch_ends_at_a_gap_and_says_where_it_goes_on(recorded: Recorded) -> None:
    found = recorded.play(11_000, 60_000)
    assert abs(found.end_ms - START_MS - 12_000) <= 1
    assert found.next_ms - START_MS == 22_000
    assert shown_ms(recorded.bytes_of(recorded.play(15_000)))[0] == 22_000


def test_the_footage_is_sent_byte_for_byte(recorded: Recorded) -> None:
    (first, *_), found = recorded.recorder.written, recorded.play(0, 3_000)
    original = (recorded.folder / first.path).read_bytes()
    sent = recorded.bytes_of(found)
    at, bodies = 0, []
    while at < len(sent):
        header = read_header(sent[at : at + 16], len(sent) - at)
        if header.kind == b"mdat":
            bodies.append(sent[at : at + header.size])
        at += header.size
    assert len(bodies) == 45
    assert all(body in original for body in bodies)


def test_a_damaged_or_deleted_file_is_stepped_over(recorded: Recorded) -> None:
    first, second, *_ = recorded.recorder.written
    (recorded.folder / first.path).unlink()
    assert shown_ms(recorded.bytes_of(recorded.play(0)))[0] == 4_000
    (recorded.folder / second.path).write_bytes(b"\0" * 5000)
    assert shown_ms(recorded.bytes_of(recorded.play(0)))[0] == 8_000


def test_what_is_on_another_machine_is_said_so(recorded: Recorded) -> None:
    elsewhere = [replace(one, volume="far") for one in recorded.segments]
    with pytest.raises(RecordedElsewhere):
        stretch(recorded.volumes, elsewhere, Wanted(START_MS, 1_000, BASE_MS))


def test_nothing_is_played_where_nothing_is(recorded: Recorded) -> None:
    with pytest.raises(NothingToPlay):
        stretch(recorded.volumes, [], Wanted(START_MS, 1_000, BASE_MS))
    with pytest.raises(NothingToPlay):  # a zero behind the keyframe would need negative times
        stretch(recorded.volumes, recorded.segments, Wanted(START_MS + 5_000, 1_000, START_MS + 4_500))


@given(st.binary(max_size=300))
def test_no_bytes_make_the_readers_fail_otherwise(data: bytes) -> None:
    for read in (lambda: read_moov(data), lambda: read_moof(data, {}), lambda: read_header(data[:16], len(data))):
        with suppress(BadMp4):
            read()


@given(st.data())
def test_a_segment_with_any_bytes_overwritten_is_played_or_refused_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("volume")
    recorder = FakeRecorder(folder, CAMERA, START_MS, seconds=1)
    (closed,) = recorder.write()
    file = folder / closed.path
    content = bytearray(file.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, min(4_000, len(content) - 8)))
        content[at : at + 4] = data.draw(st.binary(min_size=4, max_size=4))
    file.write_bytes(content)
    volumes = Volumes({"v1": folder})
    with suppress(NothingToPlay):
        found = stretch(volumes, [segment_of(closed)], Wanted(START_MS, 1_000, BASE_MS))
        assert len(b"".join(found.read(volumes))) == found.size_bytes
