"""`vms bench motion --footage`: people's own clips, labelled by them, in place of the drawn ones."""

from pathlib import Path
from typing import NoReturn

import typer

from streams.motion import footage, trial
from streams.motion.trial import Score
from streams.types.camera import MotionSpec
from vms.cli.bench.motion_trial import Tally
from vms.cli.bench.result import console, tell


def try_footage(folder: Path, *, as_json: bool) -> None:
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
