"""`vms bench motion`: what finding movement costs, how much of it is found, and how often it is found where there is none."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Annotated

import typer

from streams.motion import load
from streams.motion.pool import opencv_in_one_thread
from streams.simulate.trial_cameras import FPS, GOP_S, Series, TrialCamera
from streams.simulate.trial_cameras import cameras as trial_cameras
from vms.cli.bench.motion_footage import try_footage
from vms.cli.bench.motion_trial import Clips, Tallies, Trial, try_camera
from vms.cli.bench.result import Json, console, tell

_WARM_UP_S = 8.0
_CROSSING_SHARE = 0.3

_Feed = tuple[TrialCamera, tuple[Clips, Clips]]


def motion(  # noqa: PLR0917 typer makes options of them
    cameras: Annotated[int, typer.Option(min=1, max=1000, help="Số camera · cameras.")] = 240,
    fps: Annotated[float, typer.Option(min=1, max=60, help="Hình mỗi giây · pictures per second.")] = 15.0,
    hours: Annotated[float, typer.Option(min=0.1, help="Số giờ-camera xem thử · camera-hours to try.")] = 24.0,
    crossings: Annotated[int, typer.Option(min=1, help="Lượt qua lại mỗi camera · crossings per camera.")] = 14,
    calm_clips: Annotated[int, typer.Option("--calm", min=1, help="Cảnh vắng mỗi camera · calm clips each.")] = 24,
    series: Annotated[Series, typer.Option(help="Bộ cảnh: chỉnh hay kiểm · tuned on, or held out.")] = Series.HELD_OUT,
    only: Annotated[
        list[str] | None, typer.Option(help="Chỉ các camera này, như rain-night · these cameras only.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=1, help="Thời gian đo CPU · seconds of measuring CPU.")] = 20.0,
    clips: Annotated[Path | None, typer.Option(help="Thư mục cảnh · where drawn clips are kept.")] = None,
    footage_folder: Annotated[
        Path | None, typer.Option("--footage", help="Thư mục video có nhãn (.json) · clips with labels instead.")
    ] = None,
    as_json: Json = False,  # noqa: FBT002 typer makes it an option
) -> None:
    """Phát hiện chuyển động: chi phí, bỏ sót, báo nhầm · motion: cost, misses, false alarms."""
    opencv_in_one_thread()
    if footage_folder is not None:
        try_footage(footage_folder, as_json=as_json)
        return
    tallies = Tallies()
    tried = [camera for camera in trial_cameras(series) if not only or camera.name in only]
    if not tried:
        raise typer.BadParameter(", ".join(camera.name for camera in trial_cameras(series)), param_hint="--only")
    with tempfile.TemporaryDirectory() as folder:
        plan = Trial(clips or Path(folder), calm_clips, crossings, hours / len(tried))
        feeds = [(camera, try_camera(camera, plan, tallies)) for camera in tried]
    measured = asyncio.run(_measure(feeds, cameras, fps, seconds))
    how = _HOW.format(cameras=cameras, fps=fps, kinds=len(tried))
    result = _result(tallies, measured, cameras, fps) | {"series": series.value, "how": how}
    if not as_json:
        for key, value in result.items():
            console.print(f"{key}: {value}")
    tell(result)


async def _measure(feeds: list[_Feed], cameras: int, fps: float, seconds: float) -> load.LoadResult:
    console.print(f"measuring {cameras} cameras for {seconds:.0f} s in real time")
    playing = []
    for number in range(cameras):
        camera, (calm, crossing) = feeds[number % len(feeds)]
        playing.append((camera.codec, _endless(calm, crossing, Random(number))))  # noqa: S311 nothing secret
    return await load.run(playing, fps, warm_up_s=_WARM_UP_S, seconds=seconds)


def _endless(calm: Clips, crossing: Clips, rng: Random) -> Iterator[load.Coded]:
    """Starts with some GOP of a clip, so that not all cameras send their keyframes at once."""
    first = rng.choice(calm)
    gop = GOP_S * FPS
    yield from first[rng.randrange(len(first) // gop) * gop :]
    while True:
        yield from rng.choice(crossing if rng.random() < _CROSSING_SHARE else calm)


def _result(tallies: Tallies, measured: load.LoadResult, cameras: int, fps: float) -> dict[str, object]:
    gated, usual = tallies.gated, tallies.mog2
    bound = (3.0 if gated.false_alarms == 0 else _upper(gated.false_alarms)) / gated.days
    return {
        "cpu_cores": measured.cpu_cores,
        "recall": gated.recall,
        "false_alarms_per_camera_day": gated.false_per_day,
        "false_alarms_per_camera_day_95": bound,
        "decoded_share": measured.decoded / measured.pictures,
        "decoded_share_trial": gated.decoded / gated.pictures,
        "recall_ungated": tallies.ungated.recall,
        "crossings": gated.crossings,
        "camera_hours": gated.seconds / 3600,
        "distinct_hours": tallies.distinct_s / 3600,
        "refused": measured.refused,
        "baseline_mog2_cpu_cores": tallies.mog2_cpu_s / usual.pictures * fps * cameras,
        "baseline_mog2_recall": usual.recall,
        "baseline_mog2_false_alarms_per_camera_day": usual.false_per_day,
    }


_HOW = (
    "cpu_cores: {cameras} watches at {fps:g} pictures/s in real time, with their gates, the motion thread and real decoding, CPU of the "
    "whole process, which does only this; each camera shows one of the trial's troubles all the time and a crossing in 30 % of its clips. "
    "recall, false alarms: drawn and coded clips of {kinds} hard cameras, recombined to the given camera-hours (distinct_hours of them are "
    "different) and shown to the same watch faster than real time; decoded pictures are remembered, so CPU is not taken there. "
    "false_alarms_per_camera_day_95: upper 95 % bound (rule of three at none). baseline: every picture decoded, MOG2 at 320x180, same "
    "clips but fewer, thread CPU scaled to all cameras."
)


def _upper(count: int) -> float:
    """About the upper 95 % bound of a Poisson mean, by the normal approximation with continuity."""
    return count + 1 + 1.645 * float((count + 1) ** 0.5)
