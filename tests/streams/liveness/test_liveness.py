import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.units import picture
from streams.liveness import LivenessWatch, skip_size_bytes

FPS = 15
GOP = 30


class Scene:
    """Feeds a watch picture by picture and keeps the times at which `frozen` changed."""

    def __init__(self, fps: int = FPS) -> None:
        self.watch = LivenessWatch()
        self.watch.resize(640, 360)
        self.at_s = 1000.0
        self.frozen_at_s: float | None = None
        self._fps = fps
        self._number = 0

    def run(self, seconds: float, size: "int | list[int]", *, same_keyframe: bool = False) -> None:
        for step in range(int(seconds * self._fps)):
            self.at_s += 1 / self._fps
            self._number += 1
            key = self._number % GOP == 0
            sized = 20_000 if key else size if isinstance(size, int) else size[step % len(size)]
            fill = 0 if same_keyframe else self._number
            self.watch.on_unit(picture(self.at_s, keyframe=key, size=sized, fill=fill))
            if self.watch.frozen and self.frozen_at_s is None:
                self.frozen_at_s = self.at_s
            if not self.watch.frozen:
                self.frozen_at_s = None


@given(st.lists(st.integers(300, 4000), min_size=5, max_size=60), st.floats(5, 30))
def test_a_freeze_is_called_within_three_seconds_and_not_before_two(sizes, before_s):
    scene = Scene()
    scene.run(before_s, sizes)
    frozen_from_s = scene.at_s
    scene.run(3, 30)
    assert scene.frozen_at_s is not None
    assert 1.9 < scene.frozen_at_s - frozen_from_s < 3


@given(st.lists(st.integers(300, 4000), min_size=5, max_size=60))
def test_recovery_is_called_with_the_first_living_picture(sizes):
    scene = Scene()
    scene.run(10, sizes)
    scene.run(6, 30)
    assert scene.watch.frozen
    scene.run(0.2, sizes)
    assert not scene.watch.frozen


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


def test_the_same_keyframe_twice_in_a_row_is_frozen_even_when_pictures_between_are_large():
    scene = Scene()
    scene.run(10, 900)
    scene.run(4.1, 900, same_keyframe=True)
    scene.watch.on_unit(picture(scene.at_s + 0.1, keyframe=True, size=20_000, fill=0))
    assert scene.watch.frozen


def test_a_keyframe_that_was_seen_long_ago_is_a_loop():
    watch = LivenessWatch()
    for number in range(60):
        watch.on_unit(picture(number / FPS, size=1000))
    for fill in (1, 2, 3):
        watch.on_unit(picture(10 + fill, keyframe=True, size=3000, fill=fill))
        assert not watch.looped
    watch.on_unit(picture(20, keyframe=True, size=3000, fill=1))
    assert watch.looped
    watch.on_unit(picture(21, keyframe=True, size=3000, fill=9))
    assert not watch.looped


def test_a_new_picture_size_starts_from_nothing():
    scene = Scene()
    scene.run(10, 900)
    assert scene.watch.noisy
    scene.watch.resize(1280, 720)
    assert not scene.watch.noisy


@pytest.mark.parametrize(("size", "most"), [((640, 360), 60), ((1920, 1080), 300)])
def test_skip_sized_means_a_few_dozen_bytes(size, most):
    assert 20 < skip_size_bytes(*size, 1) < most
