"""After a crash: whatever was torn off, what is left can be played, and says so."""

import hashlib
import io
import subprocess
import sys
from pathlib import Path

import av
import pytest

from fakes.recordings import NOON_NS, VIDEO, S, packets, pictures, segment, written
from streams.record.cutter import Cutter, Opening
from streams.record.disk import FolderDisk
from streams.record.orders import Begin, Link
from streams.record.previous import previous, recover_all
from streams.record.recovery import recover
from streams.types.media import AccessUnit, Codec, StreamKind, Track
from streams.types.recording import Gap, GapCause, SegmentClosed, SegmentEnd, segment_path
from streams.types.segment_file import check_file

PATH = segment_path("camera-0001", NOON_NS // 1_000_000, StreamKind.MAIN)
SETS = (b"\x67\x42\x00\x1e\x00", b"\x68\xce\x3c\x80\x00")


class Heard:
    def __init__(self) -> None:
        self.noted: list[SegmentClosed] = []
        self.told: list[SegmentClosed] = []

    def note(self, closed: SegmentClosed) -> None:
        self.noted.append(closed)

    def tell(self, closed: SegmentClosed) -> None:
        assert closed in self.noted
        self.told.append(closed)


class Hasty(FolderDisk):
    """Makes nothing durable: a test for each byte has no power to lose."""

    def sync(self) -> None:
        return


def put(root: Path, data: bytes, path: str = PATH + ".open") -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def tiny() -> bytes:
    """Five fragments of a few bytes each, with sound."""
    units = []
    for n in range(20):
        at_ns = NOON_NS + n * S // 8
        parts = (*SETS, b"\x65" + bytes(5)) if n % 8 == 0 else (b"\x41" + bytes(5),)
        units.append(AccessUnit(Codec.H264, parts, 0, at_ns, at_ns, keyframe=n % 8 == 0))
        units.append(AccessUnit(Codec.PCMA, (bytes(10),), 0, at_ns, at_ns))
    return segment(units, (VIDEO, Track(Codec.PCMA, 8000, 1)))


def test_torn_at_any_byte_what_is_left_is_whole_or_gone(tmp_path: Path) -> None:
    whole = tiny()
    disk = Hasty(tmp_path)
    pictures_kept = []
    for size in range(len(whole) + 1):
        file = put(tmp_path, whole[:size])
        heard = Heard()
        found = recover(disk, "main", PATH, heard)
        assert found is not None
        assert not file.exists()
        if found.closed is None:
            assert not (tmp_path / PATH).exists()
            pictures_kept.append(0)
            continue
        data = (tmp_path / PATH).read_bytes()
        closed = found.closed
        assert heard.told == [closed]
        assert closed.sha256 == hashlib.sha256(data).hexdigest()
        checked = check_file(io.BytesIO(data), closed.sha256)
        assert (checked.wrong, checked.closed) == (None, True)
        assert closed.bytes == len(data)
        pictures_kept.append(closed.pictures)
        assert closed.sound_frames == closed.pictures
        if size == len(whole):
            assert data == whole
            assert closed.ended is SegmentEnd.RELEASED
        else:
            assert closed.ended is SegmentEnd.RECOVERED
        (tmp_path / PATH).unlink()
    assert pictures_kept == sorted(pictures_kept)
    assert pictures_kept[-1] == 20


def test_what_was_recovered_plays(tmp_path: Path) -> None:
    units = pictures(NOON_NS, 3)
    whole = segment(units)
    put(tmp_path, whole[: len(whole) * 2 // 3])
    found = recover(FolderDisk(tmp_path), "main", PATH, Heard())
    assert found is not None
    assert found.closed is not None
    with av.open(str(tmp_path / PATH)) as container:
        assert len(list(container.decode(video=0))) == found.closed.pictures >= 25
    assert found.closed.end_ms - found.closed.start_ms == pytest.approx(found.closed.pictures * 1000 / 15, abs=2)
    assert len(packets(tmp_path / PATH)) == found.closed.pictures


def test_zeros_that_a_power_loss_left_are_cut_off(tmp_path: Path) -> None:
    whole = segment(pictures(NOON_NS, 3))
    put(tmp_path, whole[: len(whole) // 2] + bytes(len(whole) // 2))
    found = recover(FolderDisk(tmp_path), "main", PATH, Heard())
    assert found is not None
    assert found.closed is not None
    with (tmp_path / PATH).open("rb") as file:
        assert check_file(file).closed


def test_a_keyframe_is_found_from_the_end_of_a_recovered_file(tmp_path: Path) -> None:
    whole = segment(pictures(NOON_NS, 3))
    put(tmp_path, whole[: len(whole) * 9 // 10])
    recover(FolderDisk(tmp_path), "main", PATH, Heard())
    with av.open(str(tmp_path / PATH)) as container:
        stream = container.streams.video[0]
        container.seek(int(2 / stream.time_base), stream=stream)
        first = next(container.decode(video=0))
    assert first.time == pytest.approx(2, abs=0.01)


def test_what_another_process_writes_is_left_alone(tmp_path: Path) -> None:
    file = put(tmp_path, segment(pictures(NOON_NS, 1))[:-10])
    hold = (
        "import fcntl, sys\n"
        f"f = open({str(file)!r}, 'rb+')\n"
        "fcntl.flock(f, fcntl.LOCK_EX)\nprint('held', flush=True)\nsys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert recover(FolderDisk(tmp_path), "main", PATH, Heard()) is None
        assert file.exists()
        other.kill()
    assert recover(FolderDisk(tmp_path), "main", PATH, Heard()) is not None


def test_all_cameras_are_recovered_in_one_go(tmp_path: Path) -> None:
    whole = segment(pictures(NOON_NS, 2))
    for number in range(100):
        put(tmp_path, whole[:-100], f"camera-{number:04}/2026-11-25/{NOON_NS // 1_000_000}-sub.mp4.open")
    heard = Heard()
    assert recover_all(FolderDisk(tmp_path), "main", heard) == 100
    assert len(heard.told) == 100
    assert not list(tmp_path.rglob("*.open"))


def test_the_chain_goes_on_from_the_newest_segment_of_any_volume(tmp_path: Path) -> None:
    old, new = FolderDisk(tmp_path / "a"), FolderDisk(tmp_path / "b")
    early, late = segment(pictures(NOON_NS, 1)), segment(pictures(NOON_NS + 100 * S, 1))
    put(tmp_path / "a", early, PATH)
    later = segment_path("camera-0001", NOON_NS // 1_000_000 + 100_000, StreamKind.MAIN)
    put(tmp_path / "b", late, later)
    found = previous({"a": old, "b": new}, "camera-0001", {"a": Heard(), "b": Heard()})
    assert (found.link.path, found.link.sha256) == (later, hashlib.sha256(late).hexdigest())
    assert found.end_ms == NOON_NS // 1_000_000 + 101_000


def test_the_gaps_of_a_segment_without_pictures_are_carried_on(tmp_path: Path) -> None:
    gap = Gap(from_ms=NOON_NS // 1_000_000 - 60_000, to_ms=NOON_NS // 1_000_000, cause=GapCause.LINK)
    cutter = Cutter(
        "camera-0001",
        StreamKind.MAIN,
        tracks=lambda: (VIDEO,),
        opening=lambda _at: Opening((gap,)),
        previous=Link(closed=True),
    )
    orders = [order for unit in pictures(NOON_NS, 1) for order in cutter.take(unit)]
    (begun,) = [order for order in orders if isinstance(order, Begin)]
    whole = next(iter(written([*orders, *cutter.end(SegmentEnd.RELEASED)])))
    assert begun.gaps == (gap,)
    head_end = whole.index(b"moof") - 4
    put(tmp_path, whole[: head_end + 10])
    found = previous({"main": FolderDisk(tmp_path)}, "camera-0001", {"main": Heard()})
    assert found.gaps == (gap,)
    assert not list(tmp_path.rglob("*.open"))


def test_no_name_leads_out_of_the_volume(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    volume = tmp_path / "volume"
    (volume / "camera-0001").mkdir(parents=True)
    (volume / "camera-0001" / "2026-11-25").symlink_to(tmp_path)
    disk = FolderDisk(volume)
    with pytest.raises(OSError, match=r"directory|symbolic"):
        disk.read("camera-0001/2026-11-25/secret")
    with pytest.raises(PermissionError):
        disk.remove("../secret")
    assert (tmp_path / "secret").exists()
