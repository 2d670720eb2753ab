"""`vms bench power`: the power fails while everything records. What is lost, and does what is left play?

A file system of its own on a loop device is shut down without its log (`EXT4_IOC_SHUTDOWN`): what had not reached the device is gone, as
when the plug is pulled. Needs root; says so in one sentence where it may not.
"""

import asyncio
import fcntl
import os
import random
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer
import uvloop

from streams.record.disk import FolderDisk
from streams.record.previous import recover_all
from streams.types.recording import OPEN_SUFFIX, SegmentClosed
from streams.types.segment_file import NotASegment, check_file, read_tail
from vms.cli.bench.record_sides import Load, Studio, coded
from vms.cli.bench.result import Json, console, percentile, tell
from vms.cli.bench.side import Line, Side
from vms.cli.faults import CannotRun

_SHUTDOWN: Final = 0x8004587D
_WITHOUT_LOG: Final = 2
_WARM_S: Final = 3.0
_AFTER_S: Final = (5.0, 9.0)
_SEGMENT_S: Final = 4.0
_IMAGE_BYTES: Final = 2 << 30
_HOW: Final = (
    "an ext4 on a loop device; {cameras} hubs, recorders and one volume as in `vms bench record` ({mbit:g} Mb/s each, a cut every "
    "{segment_s:g} s). {cuts} times, after {after[0]:g} to {after[1]:g} s at random, the file system is shut down without its log "
    "(EXT4_IOC_SHUTDOWN, NOLOGFLUSH) and the process ends at once; then it is mounted anew and recovered as at a worker's start. lost_s: "
    "the capture time of a camera's newest picture at that moment less the end of what its files hold. unplayable_files: closed segments "
    "that a check contradicts or that cannot be read to their tail. It says nothing about a device that lies about what it has stored."
)


class MayNotMount(CannotRun):
    """No loop device for us here. One sentence."""


def power(
    cameras: Annotated[int, typer.Option(min=1, max=240, help="Số camera · how many cameras.")] = 40,
    cuts: Annotated[int, typer.Option(min=1, max=100, help="Số lần mất điện · how many power cuts.")] = 5,
    *,
    mbit: Annotated[float, typer.Option(min=0.1, max=20, help="Mb/s mỗi camera · of each camera.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Hạt giống ngẫu nhiên · of the random moments.")] = 6,
    _json: Json = False,
) -> None:
    """Mất điện trong khi ghi · the power fails while everything records."""
    chance = random.Random(seed)  # noqa: S311 the same moments every time
    pictures = coded(mbit)
    lost: list[float] = []
    files = unplayable = recovered = 0
    with tempfile.TemporaryDirectory(prefix="vong-power-") as name:
        for number in range(cuts):
            with _device(Path(name)) as device:
                with device.mounted() as folder:
                    newest = _until_the_cut(
                        Load(cameras, mbit, _SEGMENT_S, folder), pictures, chance.uniform(*_AFTER_S)
                    )
                with device.mounted() as folder:
                    found = _look(folder, newest)
            lost += found.lost
            files, unplayable, recovered = (
                files + found.files,
                unplayable + found.unplayable,
                recovered + found.recovered,
            )
            console.print(f"{number + 1}/{cuts}: {max(found.lost):.2f} s")
    tell(
        {
            "lost_s_max": max(lost),
            "unplayable_files": unplayable,
            "lost_s_p50": percentile(lost, 0.5),
            "cuts": cuts,
            "files": files,
            "recovered_files": recovered,
            "cameras": cameras,
            "how": _HOW.format(cameras=cameras, mbit=mbit, segment_s=_SEGMENT_S, cuts=cuts, after=_AFTER_S),
        }
    )


def _until_the_cut(load: Load, pictures: list[tuple[bytes, ...]], after_s: float) -> dict[str, int]:
    """Record, then pull the plug. The capture time of each camera's newest picture at that moment, in ns."""
    with Side(cut_side, load, pictures) as side:
        side.hear(60)
        time.sleep(_WARM_S + after_s)
        newest: dict[str, int] = side.ask("cut")
        return newest


def cut_side(line: Line, load: Load, pictures: list[tuple[bytes, ...]]) -> None:
    """Records from its start; when told anything, cuts the power, tells what was newest, and is no more."""
    uvloop.run(_record(line, load, pictures))


async def _record(line: Line, load: Load, pictures: list[tuple[bytes, ...]]) -> None:
    studio = Studio(load, pictures)
    async with studio.volumes.running():
        feeding = asyncio.create_task(studio.feed(), name="feed")
        await studio.start()
        assert not feeding.done()
        line.tell("recording")
        await line.order()
        newest = studio.newest_ns()
        descriptor = os.open(load.folder, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.ioctl(descriptor, _SHUTDOWN, struct.pack("I", _WITHOUT_LOG))
        line.tell(newest)
        os._exit(0)


@dataclass(frozen=True, slots=True)
class _Found:
    lost: list[float]
    files: int
    unplayable: int
    recovered: int


class _Counted:
    """`recovery.Reporter`."""

    def note(self, closed: SegmentClosed) -> None:
        del closed

    def tell(self, closed: SegmentClosed) -> None:
        del closed


def _look(folder: Path, newest: dict[str, int]) -> _Found:
    recovered = recover_all(FolderDisk(folder), "bench", _Counted())
    ends: dict[str, int] = {}
    files = unplayable = 0
    for path in folder.rglob("*.mp4"):
        files += 1
        try:
            with path.open("rb") as file:
                unplayable += check_file(file).wrong is not None
                camera_id = path.parent.parent.name
                ends[camera_id] = max(ends.get(camera_id, 0), read_tail(file).end_ns)
        except NotASegment:
            unplayable += 1
    left = sum(path.stat().st_size > 1 << 19 for path in folder.rglob(f"*{OPEN_SUFFIX}"))
    lost = [max(0.0, (at_ns - ends.get(camera_id, 0)) / 1e9) for camera_id, at_ns in newest.items()]
    return _Found(lost, files, unplayable + left, recovered)


@dataclass(frozen=True, slots=True)
class _Device:
    image: Path
    folder: Path

    @contextmanager
    def mounted(self) -> Iterator[Path]:
        """A folder for a volume on the device."""
        _told("mount", "-o", "loop", str(self.image), str(self.folder))
        try:
            yield self.folder / "volume"
        finally:
            _told("umount", str(self.folder))


@contextmanager
def _device(folder: Path) -> Iterator[_Device]:
    """An empty ext4. Raises `MayNotMount`."""
    if os.geteuid() != 0 or not Path("/dev/loop-control").exists() or shutil.which("mkfs.ext4") is None:
        raise MayNotMount("A power cut is tried on a loop device: that needs root, /dev/loop-control and mkfs.ext4.")
    device = _Device(folder / "image", folder / "mounted")
    device.folder.mkdir(exist_ok=True)
    with device.image.open("wb") as file:
        file.truncate(_IMAGE_BYTES)
    _told("mkfs.ext4", "-q", str(device.image))
    yield device
    device.image.unlink()


def _told(*words: str) -> None:
    """Raises `MayNotMount`."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 fixed words and our own folder
    if done.returncode != 0:
        raise MayNotMount(f"{words[0]}: {done.stderr.strip()[:200]}")
