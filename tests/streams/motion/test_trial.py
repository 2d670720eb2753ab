"""The trial is what the numbers rest on: its own judgement is tested here, on clips drawn and coded for it."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.motion import footage, trial
from streams.motion.detector import small_grey
from streams.motion.trial import Outcome, Shot, Span
from streams.simulate import trial_clips, trials
from streams.simulate.scenes import Kind
from streams.simulate.trial_cameras import CALM_CLIP_S, CROSSING_CLIP_S, FPS, HEIGHT_PX, Series, cameras
from streams.simulate.trial_crossings import LEAST_LEVELS, stands_out
from streams.simulate.troubles import Trouble
from streams.types.camera import MotionSpec

SPANS = st.lists(
    st.tuples(st.floats(0, 1000), st.floats(0, 20)).map(lambda pair: Span(pair[0], pair[0] + pair[1])), max_size=20
)


@given(SPANS, SPANS)
def test_every_crossing_is_found_or_missed_and_every_alarm_is_right_or_false(alarms, crossings):
    score = trial.score(Outcome(alarms=alarms), crossings)
    assert score.found + len(score.missed) == len(crossings)
    assert len(score.false_alarms) <= len(alarms)
    assert not score.false_alarms or crossings == [] or len(score.false_alarms) < len(alarms) or score.found == 0


def test_an_alarm_long_after_a_crossing_is_false_and_tampering_nobody_did_is_too():
    outcome = Outcome(alarms=[Span(10, 12), Span(30, 31)], tampers=[Span(50, 60)])
    score = trial.score(outcome, [Span(9, 13)])
    assert (score.found, score.false_alarms) == (1, (Span(30, 31), Span(50, 60)))
    assert trial.score(outcome, [Span(9, 13)], [Span(29, 32)]).false_alarms == (Span(50, 60),)


@pytest.mark.parametrize("trouble", list(Trouble))
def test_the_same_clip_is_drawn_the_same_every_time(trouble):
    camera = next(camera for camera in cameras() if camera.trouble is trouble)
    clip = trials.calm_clips(camera, 1)[0]
    first = [next(trials.draw(clip)).copy() for _ in range(2)]
    assert np.array_equal(*first)


def test_each_crossing_is_in_the_picture_for_a_second_and_the_clip_begins_and_ends_without_it():
    for camera in cameras():
        for clip in trials.crossing_clips(camera, 20):
            assert clip.crossing is not None
            start_s, end_s = clip.crossing.seen_s
            assert start_s >= 2.5
            assert end_s - start_s >= 1.0
            assert end_s <= CROSSING_CLIP_S
            assert abs(clip.crossing.contrast) >= LEAST_LEVELS


def test_what_must_be_found_stands_out_in_the_light_of_its_moment_and_what_is_hardly_drawn_does_not():
    for camera in cameras(Series.HELD_OUT)[::4]:
        for clip in trials.crossing_clips(camera, 3):
            assert clip.crossing is not None
            assert stands_out(camera, clip.number, clip.crossing)
    calm = cameras()[0]
    clip = next(
        clip for clip in trials.crossing_clips(calm, 40) if clip.crossing and clip.crossing.mover.kind is Kind.TRUCK
    )
    assert not stands_out(calm, clip.number, replace(clip.crossing, contrast=3))


def test_what_is_reported_on_was_not_tuned_on():
    tuning, held_out = (cameras(series) for series in Series)
    assert [camera.name for camera in tuning] == [camera.name for camera in held_out]
    assert {camera.seed for camera in tuning}.isdisjoint(camera.seed for camera in held_out)
    assert all(ours.place is not theirs.place for ours, theirs in zip(tuning, held_out, strict=True))


def test_a_clip_is_coded_once_and_read_again_until_its_file_is_damaged(tmp_path, monkeypatch):
    clip = trials.calm_clips(cameras()[0], 1)[0]
    coded = trials.coded(clip)[:60]
    made = []
    monkeypatch.setattr(trials, "coded", lambda asked: made.append(asked) or coded)
    assert trial_clips.coded(clip, tmp_path) == trial_clips.coded(clip, tmp_path) == coded
    assert made == [clip]
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    assert trial_clips.coded(clip, tmp_path) == coded
    assert made == [clip, clip]


def shots(clip: trials.TrialClip) -> list[Shot]:
    """Not coded: sizes that tell nothing, and the drawn picture."""
    greys = (small_grey(buffer[:HEIGHT_PX]) for buffer in trials.draw(clip))
    return [Shot((bytes(3000),), n % 30 == 0, grey) for n, grey in enumerate(greys)]


def test_a_drawn_crossing_is_found_with_and_without_the_gate_though_the_sizes_tell_nothing():
    camera = cameras()[0]
    clip = max(trials.crossing_clips(camera, 8), key=lambda clip: clip.crossing.mover.height)
    played = [*shots(trials.calm_clips(camera, 1)[0]), *shots(clip)]
    start_s, end_s = clip.crossing.seen_s
    truth = [Span(CALM_CLIP_S + start_s, CALM_CLIP_S + end_s)]
    for gated in (True, False):
        outcome = trial.run(played, FPS, MotionSpec(), gated=gated)
        score = trial.score(outcome, truth)
        assert (score.found, score.false_alarms) == (1, ())
        assert (outcome.decoded < outcome.pictures) is gated


@pytest.mark.parametrize(
    ("labels", "complaint"),
    [
        ("{", "json"),
        ('{"events": [{"start_s": 3, "end_s": 1}]}', "end_s is before start_s"),
        ('{"events": [], "colour": 1}', "colour"),
        ('{"events": [{"start_s": -1, "end_s": 1}]}', "greater than or equal to 0"),
    ],
)
def test_bad_labels_are_refused_with_what_is_wrong(tmp_path, labels, complaint):
    (tmp_path / "a.mp4").write_bytes(b"")
    (tmp_path / "a.json").write_text(labels, encoding="utf-8")
    with pytest.raises(footage.BadFootage, match=re.compile(complaint, re.IGNORECASE)):
        footage.clips(tmp_path)


def test_a_folder_without_labelled_clips_and_a_clip_that_is_none_are_refused(tmp_path):
    with pytest.raises(footage.BadFootage, match="no clip with labels"):
        footage.clips(tmp_path)
    (tmp_path / "a.mp4").write_bytes(b"not a video at all" * 100)
    (tmp_path / "a.json").write_text(json.dumps({"events": [{"start_s": 1, "end_s": 2, "what": "car"}]}))
    (clip,) = footage.clips(tmp_path)
    with pytest.raises(footage.BadFootage, match=r"a\.mp4"):
        list(footage.shots(clip.path))


def test_a_lens_that_is_covered_is_one_alarm_of_tampering_though_the_gate_is_closed():
    calm = shots(trials.calm_clips(cameras()[0], 1)[0])
    rng = np.random.default_rng(1)
    covered = [
        Shot((bytes(3000),), n % 30 == 0, np.asarray(25 + rng.normal(0, 1, calm[0].grey.shape), np.uint8))
        for n in range(20 * FPS)
    ]
    outcome = trial.run([*calm, *calm, *covered, *calm], FPS, MotionSpec())
    (tamper,) = outcome.tampers
    assert tamper.start_s == pytest.approx(2 * CALM_CLIP_S, abs=3)
    assert tamper.end_s == pytest.approx(2 * CALM_CLIP_S + 20, abs=3)
    assert outcome.alarms == []


def test_who_left_before_the_keyframe_was_looked_at_is_found_by_looking_back():
    calm = shots(trials.calm_clips(cameras()[0], 1)[0])

    def with_car(number: int, shot: Shot) -> Shot:
        # In the picture from the 32nd to the 60th picture of a calm clip: it is at the rim when the next keyframe comes.
        grey, x = shot.grey.copy(), 6 * (number - 32)
        if 32 <= number <= 60:
            grey[40:60, max(0, x - 40) : x] = 20
        return Shot(shot.parts, shot.keyframe, grey)

    crossing = [with_car(number, shot) for number, shot in enumerate(calm)]
    outcome = trial.run([*calm, *crossing, *calm], FPS, MotionSpec())
    (alarm,) = outcome.alarms
    assert alarm.start_s == pytest.approx(CALM_CLIP_S + 32 / FPS, abs=1.5)
