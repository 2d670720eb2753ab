import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.units import S, picture
from streams.liveness import LivenessWatch, skip_size_bytes
from streams.types.media import AccessUnit

FPS = 15
GOP = 30


class Scene:
    """Feeds a watch picture by picture; `frozen_at_s` and `looped_at_s` are when it first said so (anew after each recovery)."""

    def __init__(self, fps: int = FPS, gop: int = GOP) -> None:
        self.watch = LivenessWatch()
        self.watch.resize(640, 360)
        self.at_s = 1000.0
        self.frozen_at_s: float | None = None
        self.looped_at_s: float | None = None
        self.sent: list[AccessUnit] = []
        self._fps = fps
        self._gop = gop
        self._number = 0

    def run(
        self,
        seconds: float,
        size: "int | list[int]",
        *,
        same_keyframe: bool = False,
        keyframes: bool = True,
        keep: bool = True,
    ) -> None:
        for step in range(round(seconds * self._fps)):
            self._number += 1
            key = keyframes and self._number % self._gop == 0
            sized = 20_000 if key else size if isinstance(size, int) else size[step % len(size)]
            self.show(fill=0 if same_keyframe else self._number, keyframe=key, size=sized)
            if not keep:
                self.sent.clear()

    def show(self, *, fill: int, keyframe: bool = True, size: int = 20_000) -> None:
        self.at_s += 1 / self._fps
        self._feed(picture(self.at_s, keyframe=keyframe, size=size, fill=fill))

    def again(self, unit: AccessUnit, jump_s: float = 0.0) -> None:
        """The same bytes now, under other timestamps."""
        self.at_s += 1 / self._fps
        at_ns = int(self.at_s * S)
        other = unit.timestamp + int(jump_s * 90_000)
        self._feed(replace(unit, timestamp=other, capture_ns=at_ns, arrival_ns=at_ns))

    def _feed(self, unit: AccessUnit) -> None:
        self.sent.append(unit)
        self.watch.on_unit(unit)
        self.frozen_at_s = (self.frozen_at_s or self.at_s) if self.watch.frozen else None
        self.looped_at_s = (self.looped_at_s or self.at_s) if self.watch.looped else None


@given(st.lists(st.integers(300, 4000), min_size=5, max_size=60), st.floats(5, 30))
def test_a_freeze_is_called_within_three_seconds_and_not_before_two(sizes, before_s):
    scene = Scene()
    scene.run(before_s, sizes)
    frozen_from_s = scene.at_s
    scene.run(3, 30)
    assert scene.frozen_at_s is not None
    assert 1.9 < scene.frozen_at_s - frozen_from_s < 3


@given(st.integers(10, 29), st.lists(st.integers(900, 1500), min_size=5, max_size=60))
def test_a_freeze_right_after_the_first_pictures_is_called_within_three_seconds_too_and_its_end_at_once(first, sizes):
    scene = Scene()
    scene.run(first / FPS, sizes, keyframes=False)
    frozen_from_s = scene.at_s
    scene.run(40, 30, same_keyframe=True)
    assert scene.frozen_at_s is not None
    assert scene.frozen_at_s - frozen_from_s < 3
    scene.run(1, sizes)
    assert not scene.watch.frozen


@given(first=st.integers(10, 29), refined=st.integers(3, 9))
def test_a_slide_that_is_refined_anew_in_every_gop_is_called_frozen_in_its_first_at_most(first, refined):
    scene = Scene(gop=60)
    scene.run(first / FPS, 2000, keyframes=False)
    scene.run((59 - first) / FPS, 30, keyframes=False)
    for _ in range(20):
        scene.run(1 / FPS, 0)
        scene.run(refined / FPS, 2000, keyframes=False)
        scene.run((59 - refined) / FPS, 30, keyframes=False)
        assert not scene.watch.frozen


@given(st.lists(st.integers(300, 4000), min_size=5, max_size=60))
def test_recovery_is_called_with_the_first_living_picture(sizes):
    scene = Scene()
    scene.run(10, sizes)
    scene.run(6, 30)
    assert scene.watch.frozen
    scene.run(0.2, sizes)
    assert not scene.watch.frozen


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), usual=st.integers(250, 5000))
def test_a_still_but_noisy_scene_is_never_called_frozen(seed, usual):
    dice = random.Random(seed)
    scene = Scene()
    sizes = [max(80, int(dice.gauss(usual, usual / 5))) for _ in range(97)]
    for _ in range(10):
        scene.run(6, sizes)
        assert not scene.watch.frozen
        assert not scene.watch.looped


@given(st.lists(st.integers(10, 60), min_size=3, max_size=20))
def test_a_stream_that_never_showed_noise_is_never_called_frozen(sizes):
    scene = Scene()
    scene.run(20, sizes, same_keyframe=True)
    assert not scene.watch.frozen


def test_motion_before_a_still_scene_does_not_make_the_stillness_frozen():
    scene = Scene()
    scene.run(10, 400)
    scene.run(10, 9000)
    scene.run(10, 400)
    assert scene.frozen_at_s is None


def test_a_repeated_keyframe_with_nothing_but_skips_behind_it_is_frozen_at_once():
    scene = Scene()
    scene.run(10, 900)
    scene.show(fill=7)
    scene.show(fill=7)
    scene.run(0.1, 30)
    assert scene.watch.frozen
    assert not scene.watch.looped


def test_a_repeated_keyframe_with_living_pictures_behind_it_is_a_loop_of_one_gop():
    scene = Scene()
    scene.run(10, 900)
    scene.show(fill=7)
    scene.run(0.5, 900)
    scene.show(fill=7)
    scene.run(0.1, 900)
    assert scene.watch.looped
    assert not scene.watch.frozen


@settings(max_examples=30)
@given(
    gop=st.integers(2, 90),
    gops=st.integers(1, 30),
    fps=st.sampled_from([5, 12, 15, 25, 30]),
    jump_s=st.floats(-9e4, 9e4),
)
def test_any_loop_of_whole_gops_up_to_a_minute_is_told_with_its_first_pictures_whatever_its_timestamps(
    gop, gops, fps, jump_s
):
    gops = max(1, min(gops, 60 * fps // gop))
    scene = Scene(fps, gop)
    scene.run(20 + gop / fps, [700, 1500, 900])
    scene.show(fill=1_000_000)
    recorded = [*scene.sent[-1:]]
    for number in range(gops):
        scene.run((gop - 1) / fps, [700, 1500, 900], keyframes=False)
        if number < gops - 1:
            scene.show(fill=2_000_000 + number)
        recorded = scene.sent[-((number + 1) * gop) :]
    assert not scene.watch.looped
    begins_s = scene.at_s
    for unit in recorded:
        scene.again(unit, jump_s)
        if scene.watch.looped:
            break
    assert scene.watch.looped
    assert scene.at_s - begins_s < 3


@given(gop=st.integers(5, 60), recorded_s=st.integers(10, 60))
def test_who_cuts_the_line_and_returns_with_a_recording_is_told(gop, recorded_s):
    scene = Scene(gop=gop)
    scene.run(recorded_s, [700, 1500, 900])
    recording = [unit for unit in scene.sent if unit.keyframe]
    scene.watch.restart()
    for unit in recording[-3:]:
        scene.again(unit)
    assert scene.watch.looped


def test_the_gop_that_a_camera_still_holds_after_a_reconnection_is_no_loop():
    scene = Scene()
    scene.run(10, 900)
    held = scene.sent[-GOP:]
    held = held[next(index for index, unit in enumerate(held) if unit.keyframe) :]
    scene.watch.restart()
    for unit in held:
        scene.again(unit)
    scene.run(10, 900)
    assert scene.looped_at_s is None
    assert scene.frozen_at_s is None


@settings(max_examples=30)
@given(
    slides=st.lists(st.integers(0, 3), min_size=3, max_size=12),
    shown_s=st.lists(st.floats(4, 40), min_size=12, max_size=12),
    skip=st.integers(10, 45),
    change=st.integers(2000, 30_000),
)
def test_slides_that_come_and_go_are_neither_frozen_nor_looped(slides, shown_s, skip, change):
    scene = Scene()
    for slide, seconds in zip(slides, shown_s, strict=False):
        scene.run(0.4, change, keyframes=False)
        for _ in range(int(seconds * FPS / GOP) + 1):
            scene.show(fill=slide)
            scene.run((GOP - 1) / FPS, skip, keyframes=False)
    assert scene.frozen_at_s is None
    assert scene.looped_at_s is None


@settings(max_examples=30)
@given(video_s=st.integers(5, 60))
def test_a_film_between_two_slides_does_not_make_the_second_one_frozen(video_s):
    scene = Scene()
    scene.run(60, 30, same_keyframe=True)
    scene.run(video_s, [4000, 9000])
    scene.run(60, 30, same_keyframe=True)
    assert scene.frozen_at_s is None


def test_a_living_camera_has_no_alarm_in_a_whole_day():
    dice = random.Random(4)
    scene = Scene(fps=5, gop=50)
    for hour in range(24):
        usual = 900 if 6 <= hour < 18 else 1500
        scene.run(3600, [max(150, int(dice.gauss(usual, usual / 6))) for _ in range(997)], keep=False)
    assert scene.frozen_at_s is None
    assert scene.looped_at_s is None


def test_a_new_picture_size_starts_from_nothing():
    scene = Scene()
    scene.run(10, 900)
    assert scene.watch.noisy
    scene.watch.resize(1280, 720)
    assert not scene.watch.noisy


@pytest.mark.parametrize(("size", "most"), [((640, 360), 60), ((1920, 1080), 300)])
def test_skip_sized_means_a_few_dozen_bytes(size, most):
    assert 20 < skip_size_bytes(*size, 1) < most
