"""A delay line gives out what came in, so late, or nothing: never early, never what was dropped, never more than it may hold."""

import asyncio
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.delay import DelayFolder, DelayLine
from streams.delay.folder import LineStopped
from streams.delay.line import BEGINS_ANEW_NS, MOST_MEMORY_BYTES, Clocks
from streams.hub import Hub
from streams.types.camera import DelayFault
from streams.types.media import AccessUnit, Codec, Track

START_NS = 1_795_000_000_000_000_000
S = 1_000_000_000
TRACKS = (Track(Codec.H264, 90_000, width_px=320, height_px=180), Track(Codec.PCMA, 8_000, channels=1))


class Bench:
    """One line with clocks that stand. `given` is what came out, with the time when it did."""

    def __init__(self, folder: DelayFolder, delay_s: float = 60) -> None:
        self.now_ns = START_NS
        self.monotonic_ns = 7 * S
        self.source, self.out = Hub("room"), Hub("room delayed")
        self.source.on_tracks(TRACKS)
        self.given: list[tuple[AccessUnit, int]] = []
        self.faults = 0
        self.refused: set[int] = set()
        self.delay_ns = int(delay_s * S)
        self.folder = folder
        self.line = DelayLine(
            self.source,
            self.out,
            self.delay_ns,
            folder,
            lambda unit: unit.capture_ns not in self.refused,
            on_fault=self._fault,
            clocks=Clocks(lambda: self.now_ns, lambda: self.monotonic_ns),
        )
        self.out.attach(self)
        self.line.start()

    def _fault(self) -> None:
        self.faults += 1

    def deliver(self, unit: AccessUnit) -> None:
        self.given.append((unit, self.now_ns))

    def show(self, *, keyframe: bool, size: int = 100, late_ns: int = 0) -> int:
        """A picture and a sound, now; when they were captured."""
        at_ns = self.now_ns - late_ns
        nal = (b"\x65" if keyframe else b"\x41") + bytes(size)
        for codec, part in ((Codec.H264, nal), (Codec.PCMA, b"\xd5" * 160)):
            self.source.on_unit(AccessUnit(codec, (part,), at_ns, at_ns, self.now_ns, keyframe and codec.is_video))
        return at_ns

    async def pass_s(self, seconds: float) -> None:
        self.now_ns += int(seconds * S)
        self.monotonic_ns += int(seconds * S)
        await self.line.store()
        self.line.step()

    def pictures(self) -> list[int]:
        return [unit.capture_ns for unit, _ in self.given if unit.codec.is_video]

    def sounds(self) -> list[int]:
        return [unit.capture_ns for unit, _ in self.given if not unit.codec.is_video]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[DelayFolder]:
    made = DelayFolder(tmp_path / "delay", 50_000_000)
    made.open()
    yield made
    made.close()


async def on_disk(folder: DelayFolder) -> list[str]:
    """Once what was to be deleted has been."""
    await asyncio.get_running_loop().run_in_executor(folder._threads, lambda: None)
    return left_in(folder._path)


def left_in(path: Path) -> list[str]:
    return [one.name for one in path.iterdir()]


async def test_half_an_hour_passes_in_order_with_sound_and_its_own_tracks(folder: DelayFolder) -> None:
    bench = Bench(folder, delay_s=1800)
    shown, most = [], 0
    for second in range(2000):
        shown.append(bench.show(keyframe=second % 2 == 0, late_ns=30_000_000))
        await bench.pass_s(1)
        most = max(most, bench.line.memory_bytes)
    assert bench.pictures() == bench.sounds() == shown[: len(bench.pictures())]
    assert len(bench.pictures()) in (199, 200, 201)
    assert all(0 <= at_ns - unit.capture_ns - bench.delay_ns < 2 * S for unit, at_ns in bench.given)
    assert bench.out.tracks == TRACKS
    # Some seconds at both ends are in memory, the half hour is not.
    assert most < 20 * 300
    assert len(await on_disk(folder)) > 500


async def test_nothing_comes_out_early_even_when_the_clock_is_put_forward(folder: DelayFolder) -> None:
    bench = Bench(folder, delay_s=60)
    bench.show(keyframe=True)
    bench.now_ns += 3600 * S
    await bench.pass_s(59.9)
    assert not bench.given
    await bench.pass_s(0.1)
    assert len(bench.given) == 2


async def test_a_picture_from_the_future_waits_for_its_own_time(folder: DelayFolder) -> None:
    bench = Bench(folder, delay_s=60)
    bench.show(keyframe=True, late_ns=-5 * S)
    await bench.pass_s(64.9)
    assert not bench.given
    await bench.pass_s(0.1)
    assert len(bench.given) == 2


async def test_it_begins_with_a_keyframe_and_says_that_something_is_missing(folder: DelayFolder) -> None:
    bench = Bench(folder, delay_s=10)
    bench.show(keyframe=False)
    await bench.pass_s(1)
    key_ns = bench.show(keyframe=True)
    await bench.pass_s(20)
    assert bench.pictures() == [key_ns]
    assert bench.given[-2][0].discontinuity


async def test_what_is_dropped_is_deleted_and_the_next_picture_is_a_keyframe(folder: DelayFolder) -> None:
    bench = Bench(folder, delay_s=60)
    shown = []
    for second in range(40):
        shown.append(bench.show(keyframe=second % 4 == 0))
        await bench.pass_s(1)
    before = len(await on_disk(folder))
    bench.line.drop(shown[10], shown[31])
    await bench.pass_s(0)
    assert len(await on_disk(folder)) < before - 5
    bench.refused = set(shown[10:31])
    for _ in range(70):
        await bench.pass_s(1)
    pictures = bench.pictures()
    assert not set(pictures) & bench.refused
    assert pictures == shown[:10] + shown[32:]


async def test_what_is_not_let_in_is_not_held(folder: DelayFolder) -> None:
    bench = Bench(folder, delay_s=10)
    bench.refused = {START_NS}
    bench.show(keyframe=True)
    assert bench.line.held_bytes == 0
    await bench.pass_s(1)
    bench.show(keyframe=False)
    await bench.pass_s(20)
    assert not bench.pictures(), "what follows on a picture that is missing is no beginning"


async def test_a_full_quota_shows_nothing_and_begins_anew(tmp_path: Path) -> None:
    folder = DelayFolder(tmp_path / "delay", 3_000)
    folder.open()
    bench = Bench(folder, delay_s=120)
    try:
        for second in range(40):
            bench.show(keyframe=second % 2 == 0, size=400)
            await bench.pass_s(1)
            if bench.line.fault is not None:
                break
        assert bench.line.fault is DelayFault.FULL
        assert (bench.faults, bench.line.held_bytes, bench.line.memory_bytes) == (1, 0, 0)
        bench.show(keyframe=True)
        await bench.pass_s(130)
        assert not bench.given, "what came while it could not hold anything is not shown, and nothing from before"
        assert bench.line.fault is None
        again_ns = bench.show(keyframe=True)
        await bench.pass_s(130)
        assert bench.pictures() == [again_ns]
        await bench.pass_s(0)
        assert folder.used_bytes == 0
    finally:
        bench.line.close()
        folder.close()


async def test_a_disk_that_takes_nothing_costs_no_memory_beyond_its_share(folder: DelayFolder) -> None:
    bench = Bench(folder, delay_s=600)
    most = 0
    for _ in range(60):
        bench.show(keyframe=True, size=1 << 20)
        bench.now_ns += S
        bench.monotonic_ns += S
        most = max(most, bench.line.memory_bytes)
    assert most <= MOST_MEMORY_BYTES + (1 << 21)
    assert bench.line.fault is DelayFault.SLOW
    assert not bench.given


async def test_a_disk_that_is_almost_full_is_left_to_others(tmp_path: Path) -> None:
    folder = DelayFolder(tmp_path / "delay", 1 << 40, keep_free_bytes=1 << 60)
    folder.open()
    with pytest.raises(LineStopped) as error:
        await folder.put(b"picture")
    assert (error.value.fault, folder.used_bytes) == (DelayFault.FULL, 0)
    folder.close()


async def test_what_was_changed_on_disk_is_never_shown(folder: DelayFolder) -> None:
    bench = Bench(folder, delay_s=60)
    for second in range(10):
        bench.show(keyframe=second % 2 == 0)
        await bench.pass_s(1)
    for name in await on_disk(folder):
        path = folder._path / name
        path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])
    for _ in range(60):
        await bench.pass_s(1)
    assert bench.line.fault is not None or bench.faults == 1
    assert not bench.given


async def test_the_folder_is_nobody_elses_and_holds_nothing_that_can_be_read(folder: DelayFolder) -> None:
    secret = b"what was said in the courtroom" * 20
    await folder.put(secret)
    (name,) = await on_disk(folder)
    assert stat.S_IMODE(folder._path.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder._path / name).stat().st_mode) == 0o600
    assert secret[:16] not in (folder._path / name).read_bytes()


async def test_a_new_worker_deletes_what_a_crash_has_left_and_one_that_ends_leaves_nothing(tmp_path: Path) -> None:
    left = tmp_path / "delay"
    (left / "folder").mkdir(parents=True, mode=0o755)
    (left / "7.part").write_bytes(b"left by a crash")
    folder = DelayFolder(left, 1 << 20)
    folder.open()
    assert await on_disk(folder) == []
    assert stat.S_IMODE(left.stat().st_mode) == 0o700
    await folder.put(b"picture")
    folder.close()
    assert left_in(left) == []


async def test_a_folder_that_cannot_be_made_shows_nothing_with_a_delay(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    folder = DelayFolder(tmp_path / "file" / "delay", 1 << 20)
    folder.open()
    with pytest.raises(LineStopped) as error:
        await folder.put(b"picture")
    assert error.value.fault is DelayFault.FAILED


async def test_closing_forgets_everything_at_once(folder: DelayFolder) -> None:
    bench = Bench(folder, delay_s=60)
    for second in range(20):
        bench.show(keyframe=second % 2 == 0)
        await bench.pass_s(1)
    bench.line.close()
    bench.show(keyframe=True)
    await bench.pass_s(BEGINS_ANEW_NS / S + 100)
    assert (bench.given, bench.line.held_bytes, bench.out.cached()) == ([], 0, ())
    folder.close()
    assert folder.used_bytes == 0
