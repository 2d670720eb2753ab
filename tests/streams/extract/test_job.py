import errno
from dataclasses import dataclass, field, replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from fakes.recordings import VIDEO, pictures, segment
from fakes.segments import FakeRecorder
from streams.extract import copying, job
from streams.extract.blurring import blur
from streams.extract.copying import Pace
from streams.types.extraction import CopyWish, ExtractionFault, ExtractionLine, ExtractionOrder, Region, Source
from streams.types.media import AccessUnit, Codec, Track
from streams.types.recording import SegmentClosed

START_MS = 1_795_582_800_000
CAMERA = "camera-0001"
MIDDLE = Region(x=0.25, y=0.25, width=0.5, height=0.5)


@dataclass
class Desk:
    """Two segments that follow each other, and a third after a gap."""

    folder: Path
    segments: list[SegmentClosed] = field(default_factory=list)
    lines: list[ExtractionLine] = field(default_factory=list)

    @property
    def package(self) -> Path:
        return self.folder / "package"

    def order(self, blurred: tuple[Region, ...] = (), keep_free_bytes: int = 0) -> ExtractionOrder:
        sources = tuple(
            Source(
                folder=str(self.folder / "v1"), path=one.path, start_ms=one.start_ms, end_ms=one.end_ms, bytes=one.bytes
            )
            for one in self.segments
        )
        wish = CopyWish(name="01-main", paths=tuple(one.path for one in self.segments), blurred=blurred)
        return ExtractionOrder(
            package=str(self.package), sources=sources, copies=(wish,), keep_free_bytes=keep_free_bytes
        )

    def run(self, blurred: tuple[Region, ...] = (), keep_free_bytes: int = 0) -> ExtractionLine:
        self.lines = []
        job.run(self.order(blurred, keep_free_bytes), self.lines.append)
        return self.lines[-1]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "package").mkdir()
    recorder = FakeRecorder(tmp_path / "v1", CAMERA, START_MS, seconds=1)
    segments = recorder.write(2)
    recorder.start_ms += 20_000
    return Desk(tmp_path, segments + recorder.write(1))


def _times(file: Path) -> list[float]:
    with av.open(str(file)) as container:
        return [frame.time for frame in container.decode(video=0)]


def test_originals_are_byte_for_byte_and_copies_are_progressive_without_a_seam_and_end_before_a_gap(desk: Desk) -> None:
    made = desk.run()
    assert made.finished
    for one, found in zip(desk.segments, made.originals, strict=True):
        assert found.sha256 == one.sha256
        assert (desk.package / "originals" / one.path).read_bytes() == (desk.folder / "v1" / one.path).read_bytes()
    assert [len(copy.sources) for copy in made.copies] == [2, 1]
    first = desk.package / made.copies[0].path
    content = first.read_bytes()
    assert -1 < content.find(b"moov") < content.find(b"mdat")
    assert b"moof" not in content
    times = _times(first)
    assert len(times) == 30
    assert np.allclose(np.diff(times), 1 / 15, atol=0.002)


def test_a_blurred_copy_shows_nothing_of_the_region_and_leaves_the_original_alone(desk: Desk) -> None:
    plain, blurred = desk.run(), desk.run((MIDDLE,))
    assert [copy.blurred for copy in blurred.copies] == [True, True]
    assert blurred.originals == plain.originals
    pictures_of = []
    for made in (plain, blurred):
        with av.open(str(desk.package / made.copies[0].path)) as container:
            pictures_of.append(next(container.decode(video=0)).to_ndarray(format="gray"))
    middle = np.s_[45:135, 80:240]
    assert len(np.unique(cv2.resize(pictures_of[1][middle], (8, 4), interpolation=cv2.INTER_AREA) // 8)) <= 32
    assert _detail(pictures_of[1][middle]) < _detail(pictures_of[0][middle]) / 2
    outside = np.s_[:40, :]
    assert np.abs(pictures_of[1][outside].astype(int) - pictures_of[0][outside]).mean() < 6


def _detail(pixels: np.ndarray) -> float:  # type: ignore[type-arg]  # of bytes
    return float(np.abs(cv2.Laplacian(pixels, cv2.CV_64F)).mean())


def test_what_was_done_before_a_full_disk_is_not_done_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    full = desk.run(keep_free_bytes=2**62)
    assert (full.fault, full.finished) == (ExtractionFault.DISK_FULL, False)
    written: list[str] = []
    real = copying._read

    def fails_at_the_third(folder: Path, path: str):  # type: ignore[no-untyped-def]
        written.append(path)
        if len(written) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(folder, path)

    monkeypatch.setattr(copying, "_read", fails_at_the_third)
    assert desk.run().fault is ExtractionFault.DISK_FULL
    made = desk.run()
    assert made.finished
    assert written == [desk.segments[0].path, desk.segments[1].path, desk.segments[2].path, desk.segments[2].path]
    assert [one.sha256 for one in made.originals] == [one.sha256 for one in desk.segments]
    assert not list(desk.package.rglob("*.open"))


def test_a_segment_that_is_not_there_or_is_a_link_stops_the_job_and_names_it(desk: Desk) -> None:
    file = desk.folder / "v1" / desk.segments[1].path
    secret = desk.folder / "secret"
    secret.write_text("x")
    file.unlink()
    assert (desk.run().fault, desk.run().detail) == (ExtractionFault.SOURCE_GONE, desk.segments[1].path)
    file.symlink_to(secret)
    assert desk.run().fault is ExtractionFault.SOURCE_GONE


def test_footage_that_cannot_be_decoded_is_handed_out_as_it_is_and_said_to_have_no_copy(desk: Desk) -> None:
    file = desk.folder / "v1" / desk.segments[2].path
    file.write_bytes(b"\0" * desk.segments[2].bytes)
    made = desk.run()
    assert made.finished
    assert [len(copy.sources) for copy in made.copies] == [2]
    assert [one.sources for one in made.uncopied] == [(desk.segments[2].path,)]


def test_telephone_sound_is_made_playable(desk: Desk) -> None:
    sound = Track(Codec.PCMA, 8000, channels=1)
    start_ns = START_MS * 1_000_000
    units: list[AccessUnit] = [replace(one, capture_ns=one.capture_ns) for one in pictures(start_ns, 1)]
    template = units[0]
    for number in range(50):
        at_ns = start_ns + number * 20_000_000
        units.append(
            replace(
                template, codec=Codec.PCMA, parts=(b"\xd5" * 160,), keyframe=True, capture_ns=at_ns, arrival_ns=at_ns
            )
        )
    units.sort(key=lambda one: one.capture_ns)
    body = segment(units, (VIDEO, sound))
    closed = desk.segments[0]
    (desk.folder / "v1" / closed.path).write_bytes(body)
    desk.segments = [closed.model_copy(update={"bytes": len(body)})]
    made = desk.run()
    assert [copy.sound for copy in made.copies] == [True], made.uncopied
    with av.open(str(desk.package / made.copies[0].path)) as container:
        (stream,) = container.streams.audio
        assert stream.codec_context.name == "aac"
        assert sum(frame.samples for frame in container.decode(stream)) >= 0.9 * stream.codec_context.rate


def test_a_blurred_region_at_the_edge_stays_within_the_picture() -> None:
    pixels = np.arange(90 * 160 * 3, dtype=np.uint32).astype(np.uint8).reshape(90, 160, 3)
    before = pixels.copy()
    blur(pixels, [Region(x=0.9, y=0.9, width=0.5, height=0.5), Region(x=1, y=1, width=1, height=1)])
    assert (pixels[:81, :144] == before[:81, :144]).all()
    assert not (pixels[81:, 144:] == before[81:, 144:]).all()


def test_no_more_is_read_than_the_pace_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = [100.0]
    monkeypatch.setattr(copying.time, "sleep", lambda seconds: now_s.__setitem__(0, now_s[0] + seconds))
    pace = Pace(1_000_000, clock=lambda: now_s[0])
    for _ in range(100):
        pace.wait(100_000)
    assert 9 <= now_s[0] - 100 <= 10.1
