"""The drawn half of `vms bench motion`: hard cameras with known truth, shown to the watch faster than real time."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from streams.motion import load, mog2, trial
from streams.motion.detector import small_grey
from streams.motion.pictures import Decoder, luma
from streams.motion.trial import Outcome, Score, Shot, Span
from streams.simulate import trial_clips, trials
from streams.simulate.trial_cameras import CALM_CLIP_S, FPS, TrialCamera
from streams.simulate.trials import TrialClip
from streams.types.camera import MotionSpec
from streams.types.media import AccessUnit
from vms.cli.bench.result import console

_MOG2_CROSSINGS = 2
_KEPT_CLIPS = 3


@dataclass(slots=True)
class Tally:
    """Sums over cameras."""

    found: int = 0
    crossings: int = 0
    false_alarms: int = 0
    seconds: float = 0.0
    pictures: int = 0
    decoded: int = 0

    def add(self, outcome: Outcome, score: Score) -> None:
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
    """`distinct_s`: seconds of clips that are all different; the trial shows them again and again, in another order each time."""

    gated: Tally = field(default_factory=Tally)
    ungated: Tally = field(default_factory=Tally)
    mog2: Tally = field(default_factory=Tally)
    mog2_cpu_s: float = 0.0
    distinct_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Trial:
    """How much is tried of each camera. `cache`: where coded clips are kept."""

    cache: Path
    calm_clips: int
    crossings: int
    hours: float


Clips = list[list[load.Coded]]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A clip with its pictures, coded and decoded."""

    clip: TrialClip
    shots: list[Shot]


def try_camera(camera: TrialCamera, plan: Trial, tallies: Tallies) -> tuple[Clips, Clips]:
    """Try one camera. Returns a few of its calm clips and of those with a crossing, coded, for the measurement of CPU."""
    clips = trials.calm_clips(camera, plan.calm_clips) + trials.crossing_clips(camera, plan.crossings)
    drawn = [_Drawn(clip, _shots(clip, plan.cache)) for clip in clips]
    tallies.distinct_s += sum(clip.seconds for clip in clips)
    _try(camera, drawn, plan.hours, tallies)
    calm = [_coded(item) for item in drawn if item.clip.crossing is None]
    crossing = [_coded(item) for item in drawn if item.clip.crossing is not None]
    return calm[:_KEPT_CLIPS], crossing[:_KEPT_CLIPS]


def _shots(clip: TrialClip, cache: Path) -> list[Shot]:
    decoder, coded, greys = Decoder(clip.camera.codec), trial_clips.coded(clip, cache), []
    for picture in coded:
        unit = AccessUnit(clip.camera.codec, picture.parts, 0, 0, 0, picture.keyframe)
        greys += [small_grey(luma(frame)) for frame in decoder.decode(unit)]
    # A decoder may hold its first pictures back.
    greys = greys[:1] * (len(coded) - len(greys)) + greys
    return [Shot(picture.parts, picture.keyframe, grey) for picture, grey in zip(coded, greys, strict=True)]


def _try(camera: TrialCamera, drawn: list[_Drawn], hours: float, tallies: Tallies) -> None:
    rng = Random(camera.seed)  # noqa: S311 the same order every time, nothing secret
    calm = [item for item in drawn if item.clip.crossing is None]
    crossing = [item for item in drawn if item.clip.crossing is not None]
    busy = [rng.choice(calm)]
    for item in crossing:
        busy += [item, rng.choice(calm)]
    quiet = [rng.choice(calm) for _ in range(round(hours * 3600 / CALM_CLIP_S))]
    truth = _truth(busy)
    for tally, sequence, gated in ((tallies.gated, busy + quiet, True), (tallies.ungated, busy, False)):
        outcome = trial.run(_played(sequence), FPS, MotionSpec(), gated=gated)
        score = trial.score(outcome, truth)
        tally.add(outcome, score)
        if gated:
            _tell_camera(camera, outcome, score, [item.clip for item in crossing])
    short = busy[: 1 + 2 * _MOG2_CROSSINGS]
    usual = mog2.run(camera.codec, ((shot.parts, shot.keyframe) for shot in _played(short)), FPS)
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


def _tell_camera(camera: TrialCamera, outcome: Outcome, score: Score, clips: list[TrialClip]) -> None:
    console.print(
        f"{camera.name:18} {score.found}/{score.crossings} found, {len(score.false_alarms)} false in "
        f"{outcome.seconds / 3600:.1f} h, {outcome.decoded / outcome.pictures:.0%} decoded"
    )
    for index in score.missed:
        crossing = clips[index].crossing
        if crossing is not None:
            mover = crossing.mover
            console.print(f"  missed: {mover.kind} {mover.height:.2f} of the picture, contrast {crossing.contrast}")


def _coded(item: _Drawn) -> list[load.Coded]:
    return [(shot.parts, shot.keyframe) for shot in item.shots]
