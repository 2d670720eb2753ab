"""`vms bench motion`: what finding movement costs, how much of it is found, and how often it is found where there is none."""

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Annotated, NoReturn

import typer

from streams.motion import footage, load, mog2, trial
from streams.motion.detector import small_grey
from streams.motion.pictures import Decoder, luma
from streams.motion.trial import Score, Shot, Span
from streams.simulate import trials
from streams.simulate.trials import TrialCamera, TrialClip
from streams.types.camera import MotionSpec
from streams.types.media import AccessUnit
from vms.cli.bench.result import Json, console, tell

_CALM_CLIPS = 6
_MOG2_CROSSINGS = 6
_KEPT_CLIPS = 3
_CROSSING_SHARE = 0.3
_WARM_UP_S = 8.0


@dataclass(slots=True)
class Tally:
    """Sums over cameras."""

    found: int = 0
    crossings: int = 0
    false_alarms: int = 0
    seconds: float = 0.0
    pictures: int = 0
    decoded: int = 0

    def add(self, outcome: trial.Outcome, score: Score) -> None:
        self.found += score.found
        self.crossings += score.crossings
        self.false_alarms += len(score.false_alarms)
        self.seconds += outcome.seconds
        self.pictures += outcome.pictures
        self.decoded += outcome.decoded

    @property
    def recall(self) -> float:
        return self.found / self.crossings if self.crossings else float("nan")

    @property
    def false_per_day(self) -> float:
        return self.false_alarms / self.days if self.seconds else float("nan")

    @property
    def days(self) -> float:
        return self.seconds / 86_400


@dataclass(slots=True)
class Tallies:
    gated: Tally = field(default_factory=Tally)
    ungated: Tally = field(default_factory=Tally)
    mog2: Tally = field(default_factory=Tally)
    mog2_cpu_s: float = 0.0


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A clip with its pictures, coded and decoded."""

    clip: TrialClip
    shots: list[Shot]


_Feed = tuple[TrialCamera, tuple[list[list[load.Coded]], list[list[load.Coded]]]]


def motion(  # noqa: PLR0917 typer makes options of them
    cameras: Annotated[int, typer.Option(min=1, max=1000, help="Số camera · cameras.")] = 240,
    fps: Annotated[float, typer.Option(min=1, max=60, help="Hình mỗi giây · pictures per second.")] = 15.0,
    hours: Annotated[float, typer.Option(min=0.1, help="Số giờ-camera xem thử · camera-hours to try.")] = 74.0,
    crossings: Annotated[int, typer.Option(min=1, help="Lượt qua lại mỗi camera · crossings per camera.")] = 14,
    seconds: Annotated[float, typer.Option(min=1, help="Thời gian đo CPU · seconds of measuring CPU.")] = 20.0,
    footage_folder: Annotated[
        Path | None, typer.Option("--footage", help="Thư mục video có nhãn (.json) · clips with labels instead.")
    ] = None,
    as_json: Json = False,  # noqa: FBT002 typer makes it an option
) -> None:
    """Phát hiện chuyển động: chi phí, bỏ sót, báo nhầm · motion: cost, misses, false alarms."""
    if footage_folder is not None:
        _try_footage(footage_folder, as_json=as_json)
        return
    tallies = Tallies()
    feeds: list[_Feed] = []
    all_cameras = trials.cameras()
    for camera in all_cameras:
        drawn = _draw(camera, crossings)
        _try_drawn(camera, drawn, hours / len(all_cameras), tallies)
        feeds.append((camera, _kept(drawn)))
    measured = asyncio.run(_measure(feeds, cameras, fps, seconds))
    _report(tallies, measured, cameras, fps, as_json=as_json)


def _draw(camera: TrialCamera, crossings: int) -> list[_Drawn]:
    clips = trials.calm_clips(camera, _CALM_CLIPS) + trials.crossing_clips(camera, crossings)
    return [_Drawn(clip, _shots(clip)) for clip in clips]


def _shots(clip: TrialClip) -> list[Shot]:
    decoder, coded, greys = Decoder(clip.camera.codec), trials.coded(clip), []
    for picture in coded:
        unit = AccessUnit(clip.camera.codec, picture.parts, 0, 0, 0, picture.keyframe)
        greys += [small_grey(luma(frame)) for frame in decoder.decode(unit)]
    # A decoder may hold its first pictures back.
    greys = greys[:1] * (len(coded) - len(greys)) + greys
    return [Shot(picture.parts, picture.keyframe, grey) for picture, grey in zip(coded, greys, strict=True)]


def _try_drawn(camera: TrialCamera, drawn: list[_Drawn], hours: float, tallies: Tallies) -> None:
    rng = Random(camera.seed)  # noqa: S311 the same order every time, nothing secret
    calm = [item for item in drawn if item.clip.crossing is None]
    crossing = [item for item in drawn if item.clip.crossing is not None]
    busy = [rng.choice(calm)]
    for item in crossing:
        busy += [item, rng.choice(calm)]
    quiet = [rng.choice(calm) for _ in range(round(hours * 3600 / trials.CALM_CLIP_S))]
    truth = _truth(busy)
    for tally, sequence, gated in ((tallies.gated, busy + quiet, True), (tallies.ungated, busy, False)):
        outcome = trial.run(_played(sequence), trials.FPS, MotionSpec(), gated=gated)
        score = trial.score(outcome, truth)
        tally.add(outcome, score)
        if gated:
            _tell_camera(camera, outcome, score, [item.clip for item in crossing])
    short = busy[: 1 + 2 * _MOG2_CROSSINGS]
    usual = mog2.run(camera.codec, ((shot.parts, shot.keyframe) for shot in _played(short)), trials.FPS)
    tallies.mog2.add(usual.outcome, trial.score(usual.outcome, _truth(short)))
    tallies.mog2_cpu_s += usual.cpu_s


def _played(sequence: list[_Drawn]) -> Iterator[Shot]:
    return itertools.chain.from_iterable(item.shots for item in sequence)


def _truth(sequence: list[_Drawn]) -> list[Span]:
    began_s, spans = 0.0, []
    for item in sequence:
        if item.clip.crossing is not None:
            start_s, end_s = item.clip.crossing.seen_s
            spans.append(Span(began_s + start_s, began_s + end_s))
        began_s += item.clip.seconds
    return spans


def _tell_camera(camera: TrialCamera, outcome: trial.Outcome, score: Score, clips: list[TrialClip]) -> None:
    console.print(
        f"{camera.name:18} {score.found}/{score.crossings} found, {len(score.false_alarms)} false in "
        f"{outcome.seconds / 3600:.1f} h, {outcome.decoded / outcome.pictures:.0%} decoded"
    )
    for index in score.missed:
        crossing = clips[index].crossing
        if crossing is not None:
            mover = crossing.mover
            console.print(f"  missed: {mover.kind} {mover.height:.2f} of the picture, contrast {crossing.contrast}")


def _kept(drawn: list[_Drawn]) -> tuple[list[list[load.Coded]], list[list[load.Coded]]]:
    """A few calm clips and a few with a crossing, coded: what the measurement of CPU plays."""
    calm = [_coded(item) for item in drawn if item.clip.crossing is None]
    crossing = [_coded(item) for item in drawn if item.clip.crossing is not None]
    return calm[:_KEPT_CLIPS], crossing[:_KEPT_CLIPS]


def _coded(item: _Drawn) -> list[load.Coded]:
    return [(shot.parts, shot.keyframe) for shot in item.shots]


async def _measure(feeds: list[_Feed], cameras: int, fps: float, seconds: float) -> load.LoadResult:
    console.print(f"measuring {cameras} cameras for {seconds:.0f} s in real time")
    playing = []
    for number in range(cameras):
        camera, (calm, crossing) = feeds[number % len(feeds)]
        playing.append((camera.codec, _endless(calm, crossing, Random(number))))  # noqa: S311 nothing secret
    return await load.run(playing, fps, warm_up_s=_WARM_UP_S, seconds=seconds)


def _endless(calm: list[list[load.Coded]], crossing: list[list[load.Coded]], rng: Random) -> Iterator[load.Coded]:
    """Starts with some GOP of a clip, so that not all cameras send their keyframes at once."""
    first = rng.choice(calm)
    gop = trials.GOP_S * trials.FPS
    yield from first[rng.randrange(len(first) // gop) * gop :]
    while True:
        yield from rng.choice(crossing if rng.random() < _CROSSING_SHARE else calm)


def _report(tallies: Tallies, measured: load.LoadResult, cameras: int, fps: float, *, as_json: bool) -> None:
    gated, usual = tallies.gated, tallies.mog2
    bound = (3.0 if gated.false_alarms == 0 else _upper(gated.false_alarms)) / gated.days
    result: dict[str, object] = {
        "cpu_cores": measured.cpu_cores,
        "recall": gated.recall,
        "false_alarms_per_camera_day": gated.false_per_day,
        "false_alarms_per_camera_day_95": bound,
        "decoded_share": measured.decoded / measured.pictures,
        "decoded_share_trial": gated.decoded / gated.pictures,
        "recall_ungated": tallies.ungated.recall,
        "crossings": gated.crossings,
        "camera_days": gated.days,
        "refused": measured.refused,
        "baseline_mog2_cpu_cores": tallies.mog2_cpu_s / usual.pictures * fps * cameras,
        "baseline_mog2_recall": usual.recall,
        "baseline_mog2_false_alarms_per_camera_day": usual.false_per_day,
        "how": _HOW.format(cameras=cameras, fps=fps, kinds=len(trials.cameras())),
    }
    if not as_json:
        for key, value in result.items():
            console.print(f"{key}: {value}")
    tell(result)


_HOW = (
    "cpu_cores: {cameras} watches at {fps:g} pictures/s in real time, with their gates, the motion thread and real decoding, CPU of the "
    "whole process, which does only this; each camera shows one of the trial's troubles all the time and a crossing in 30 % of its clips. "
    "recall, false alarms: drawn and coded clips of {kinds} hard cameras, recombined to the given camera-days and shown to the same watch "
    "faster than real time; decoded pictures are remembered, so CPU is not taken there. false_alarms_per_camera_day_95: upper 95 % bound "
    "(rule of three at none). baseline: every picture decoded, MOG2 at 320x180, same clips but fewer, thread CPU scaled to all cameras."
)


def _upper(count: int) -> float:
    """About the upper 95 % bound of a Poisson mean, by the normal approximation with continuity."""
    return count + 1 + 1.645 * float((count + 1) ** 0.5)


def _try_footage(folder: Path, *, as_json: bool) -> None:
    try:
        found = footage.clips(folder)
        gated, ungated = Tally(), Tally()
        for clip in found:
            shots, fps = list(footage.shots(clip.path)), footage.fps_of(clip.path)
            for tally, with_gate in ((gated, True), (ungated, False)):
                outcome = trial.run(shots, fps, MotionSpec(), gated=with_gate)
                ignored = [label.span for label in clip.labels.ignore]
                score = trial.score(outcome, [label.span for label in clip.labels.events], ignored)
                tally.add(outcome, score)
                if with_gate:
                    _tell_clip(clip, outcome, score)
    except footage.BadFootage as error:
        _refuse(error)
    result = {
        "clips": len(found),
        "crossings": gated.crossings,
        "recall": gated.recall,
        "recall_ungated": ungated.recall,
        "false_alarms": gated.false_alarms,
        "false_alarms_ungated": ungated.false_alarms,
        "decoded_share": gated.decoded / gated.pictures if gated.pictures else 0.0,
        "hours": gated.seconds / 3600,
        "how": "labelled clips shown to the watch of the media worker, gate and detector, faster than real time",
    }
    if not as_json:
        console.print(result)
    tell(result)


def _tell_clip(clip: footage.Clip, outcome: trial.Outcome, score: Score) -> None:
    alarms = ", ".join(f"{alarm.start_s:.1f}-{alarm.end_s:.1f}" for alarm in outcome.alarms)
    missed = ", ".join(
        f"{clip.labels.events[n].start_s:.1f} {clip.labels.events[n].what}".strip() for n in score.missed
    )
    false = ", ".join(f"{alarm.start_s:.1f}-{alarm.end_s:.1f}" for alarm in score.false_alarms)
    console.print(f"{clip.path.name}: {score.found}/{score.crossings} found; alarms {alarms or 'none'}")
    if missed or false:
        console.print(f"  missed at {missed or 'none'}; false {false or 'none'}")


def _refuse(error: footage.BadFootage) -> NoReturn:
    console.print(str(error))
    raise typer.Exit(2) from error
