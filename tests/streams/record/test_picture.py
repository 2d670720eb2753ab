import io
from pathlib import Path

import av
import pytest

from fakes.segments import FakeRecorder
from streams.record.picture import NoPictureThere, keyframe_at
from streams.types.segment_file import NotASegment

START_MS = 1_795_000_000_000


@pytest.fixture
def segment(tmp_path: Path) -> bytes:
    (closed,) = FakeRecorder(tmp_path, "camera-aaaa", START_MS).write()  # a keyframe each second
    return (tmp_path / closed.path).read_bytes()


@pytest.mark.parametrize(
    ("at_ms", "taken_ms"), [(0, 0), (999, 0), (1_000, 1_000), (2_700, 2_000), (3_999, 3_000), (60_000, 3_000)]
)
def test_the_picture_is_the_keyframe_at_or_before_the_moment(segment: bytes, at_ms: int, taken_ms: int) -> None:
    picture, capture_ms = keyframe_at(io.BytesIO(segment), START_MS + at_ms, 160)
    assert capture_ms - START_MS == taken_ms
    with av.open(io.BytesIO(picture)) as decoded:
        (frame,) = decoded.decode(video=0)
    assert (frame.width, frame.height) == (160, 90)


def test_a_moment_before_the_segment_gets_its_first_picture(segment: bytes) -> None:
    assert keyframe_at(io.BytesIO(segment), START_MS - 5_000, 160)[1] == START_MS


def test_bytes_without_a_picture_are_refused(segment: bytes) -> None:
    with pytest.raises(NotASegment):
        keyframe_at(io.BytesIO(b"\0" * 1000), START_MS, 160)
    moof = segment.index(b"moof") - 4
    with pytest.raises(NoPictureThere):
        keyframe_at(io.BytesIO(segment[:moof]), START_MS, 160)
