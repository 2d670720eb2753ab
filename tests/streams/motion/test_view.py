import cv2
import numpy as np
import pytest

from streams.motion.background import HEIGHT_CELLS, WIDTH_CELLS
from streams.motion.view import LOST_FOR_S, NEW_VIEW_AFTER_S, View


def scenery(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    blocks = cv2.resize(rng.uniform(40, 200, (18, 32)).astype(np.float32), (WIDTH_CELLS, HEIGHT_CELLS), interpolation=0)
    return np.asarray(blocks, np.float32)


def run(view: View, picture, start_s: float, seconds: float, rng, every_s: float = 1.0):
    steps = []
    for n in range(int(seconds / every_s)):
        at_s = start_s + n * every_s
        noisy = np.asarray(picture + rng.normal(0, 2, picture.shape), np.float32)
        steps.append((at_s, view.see(noisy, at_s)))
    return [(at_s, step) for at_s, step in steps if step.lost_s is not None or step.back_s is not None]


@pytest.mark.parametrize(
    "other", [np.full((HEIGHT_CELLS, WIDTH_CELLS), 20, np.float32), scenery(2)], ids=["covered", "turned"]
)
def test_a_lens_that_is_covered_or_turned_is_told_within_ten_seconds_and_so_is_its_return(other):
    view, rng = View(), np.random.default_rng(1)
    assert run(view, scenery(1), 0, 30, rng) == []
    ((at_s, step),) = run(view, other, 30, 20, rng)
    assert step.lost_s == pytest.approx(30, abs=1)
    assert at_s - 30 <= LOST_FOR_S + 3
    ((at_s, step),) = run(view, scenery(1), 50, 10, rng)
    assert step.back_s == pytest.approx(50, abs=1)


def test_a_view_that_stays_is_where_the_camera_looks_from_then_on():
    view, rng = View(), np.random.default_rng(1)
    run(view, scenery(1), 0, 30, rng)
    changes = run(view, scenery(2), 30, NEW_VIEW_AFTER_S + 60, rng)
    assert [step.lost_s is not None for _, step in changes] == [True, False]
    assert len(run(view, scenery(1), 300, 20, rng)) == 1


@pytest.mark.parametrize("gain", [0.35, 1.25])
def test_night_infrared_light_and_dimmed_lamps_are_no_tampering(gain):
    view, rng = View(), np.random.default_rng(1)
    run(view, scenery(1), 0, 30, rng)
    assert run(view, scenery(1) * gain, 30, 60, rng) == []


def test_a_lorry_before_half_of_the_picture_is_no_tampering():
    view, rng = View(), np.random.default_rng(1)
    run(view, scenery(1), 0, 30, rng)
    behind = scenery(1)
    behind[:, :90] = 120
    assert run(view, behind, 30, 30, rng) == []


def test_a_scene_without_structure_proves_nothing():
    view, rng = View(), np.random.default_rng(1)
    fog = np.full((HEIGHT_CELLS, WIDTH_CELLS), 128, np.float32)
    assert run(view, fog, 0, 30, rng) == []
    assert run(view, fog / 4, 30, 60, rng) == []


def test_seldom_sampled_keyframes_are_enough():
    view, rng = View(), np.random.default_rng(1)
    run(view, scenery(1), 0, 60, rng, every_s=4.0)
    changes = run(view, scenery(2), 60, 24, rng, every_s=4.0)
    assert len(changes) == 1
