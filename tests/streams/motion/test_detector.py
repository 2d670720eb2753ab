import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.motion.background import HEIGHT_CELLS, WIDTH_CELLS
from streams.motion.detector import Detector, Seen, least_cells, small_grey
from streams.types.camera import MotionSpec, Zone

LEFT = Zone(name="left", points=((0, 0), (0.5, 0), (0.5, 1), (0, 1)))
RIGHT_MASK = Zone(name="", points=((0.5, 0), (1, 0), (1, 1), (0.5, 1)), mask=True)


def scene(rng, *, x: int | None = None, level: int = 90, noise: float = 3.0) -> np.ndarray:
    picture = np.full((360, 640), level, np.float32)
    picture[200:, :] += 30
    if x is not None:
        picture[180:240, x : x + 40] = 220
    return np.clip(picture + rng.normal(0, noise, picture.shape), 0, 255).astype(np.uint8)


LOOK_S = 2 / 15


class Watched:
    """A detector that looks seven and a half times a second."""

    def __init__(self, spec: MotionSpec | None = None) -> None:
        self.detector = Detector(spec or MotionSpec())
        self.at_s = 0.0

    def look(self, picture: np.ndarray) -> Seen:
        self.at_s += LOOK_S
        return self.detector.look(small_grey(picture), self.at_s)


def settled(spec: MotionSpec | None = None, **kwargs):
    rng = np.random.default_rng(7)
    watched = Watched(spec)
    for _ in range(60):
        assert not watched.look(scene(rng, **kwargs)).moving
    return watched, rng


def crossing(watched: Watched, rng, columns) -> list[Seen]:
    return [watched.look(scene(rng, x=x)) for x in columns]


def test_sensor_noise_is_not_movement():
    watched, rng = settled(noise=8.0)
    assert not any(watched.look(scene(rng, noise=8.0)).moving for _ in range(200))


def test_a_person_who_walks_is_seen_within_a_second():
    watched, rng = settled()
    seen = crossing(watched, rng, range(100, 300, 12))
    assert any(one.moving for one in seen[: round(1.0 / LOOK_S)])
    assert all(one.moving for one in seen[7:])
    assert seen[8].since_s == pytest.approx(60 * LOOK_S + LOOK_S)


def test_what_swings_to_and_fro_is_no_movement():
    watched, rng = settled()
    seen = [watched.look(scene(rng, x=300 + round(14 * np.sin(n * 0.9)))).moving for n in range(200)]
    assert not any(seen)


def test_what_is_somewhere_else_in_every_picture_is_no_movement():
    watched, rng = settled()
    seen = [watched.look(scene(rng, x=int(rng.integers(0, 600)))).moving for n in range(150)]
    assert sum(seen) <= 3


def test_somebody_who_stands_still_stops_being_movement_and_moves_again():
    watched, rng = settled()
    assert crossing(watched, rng, range(100, 300, 12))[-1].moving
    stands = crossing(watched, rng, [300] * 40)
    assert not stands[-1].moving
    assert any(one.moving for one in crossing(watched, rng, range(300, 500, 12)))


def test_light_that_changes_everywhere_is_not_movement():
    watched, rng = settled()
    for level in (140, 60, 120):
        assert not any(watched.look(scene(rng, level=level)).moving for _ in range(8))


def test_a_pool_of_light_that_sweeps_over_the_ground_is_not_movement():
    watched, rng = settled()
    ys, xs = np.mgrid[0:360, 0:640].astype(np.float32)
    for x in range(-200, 840, 25):
        light = 1 + 1.5 * np.exp(-(((xs - x) / 160) ** 2 + ((ys - 220) / 100) ** 2))
        lit = np.clip(scene(rng, level=50) * light if x > -200 else scene(rng, level=50), 0, 255).astype(np.uint8)
        assert not watched.look(lit).moving


def test_a_pole_in_the_wind_is_not_movement():
    rng = np.random.default_rng(5)
    texture = cv2.resize(rng.normal(0, 25, (40, 70)).astype(np.float32), (660, 380), interpolation=cv2.INTER_CUBIC)
    watched = Watched()
    for n in range(150):
        x, y = round(10 + 3 * np.sin(n * 1.3)), round(10 + 2 * np.sin(n * 0.8))
        picture = 110 + texture[y : y + 360, x : x + 640] + rng.normal(0, 2, (360, 640))
        assert not watched.look(np.clip(picture, 0, 255).astype(np.uint8)).moving


def test_movement_outside_every_zone_is_not_seen_and_inside_names_the_zone():
    watched, rng = settled(MotionSpec(zones=(LEFT,)))
    assert not any(one.moving for one in crossing(watched, rng, range(580, 340, -12)))
    seen = crossing(watched, rng, range(280, 100, -12))[-1]
    assert (seen.moving, seen.zone) == (True, "left")
    assert 0.005 < seen.share < 0.1


def test_what_a_mask_covers_is_never_looked_at():
    watched, rng = settled(MotionSpec(zones=(RIGHT_MASK,)))
    assert not any(one.moving for one in crossing(watched, rng, range(580, 340, -12)))
    assert crossing(watched, rng, range(280, 100, -12))[-1].moving


def test_a_clock_in_the_picture_is_no_movement():
    watched, rng = settled()
    for n in range(150):
        picture = scene(rng)
        cv2.putText(picture, f"12:{n // 50:02}:{int(n * LOOK_S) % 60:02}", (12, 30), 0, 0.7, 255, 2)
        assert not watched.look(picture).moving


def test_a_parked_car_becomes_background():
    watched, rng = settled()
    assert crossing(watched, rng, range(100, 300, 12))[-1].moving
    parked = [scene(rng, x=300) for _ in range(8)]
    for n in range(900):
        watched.look(parked[n % 8])
    assert not watched.look(scene(rng, x=300)).unsure


@given(st.integers(1, 99))
def test_a_higher_sensitivity_never_asks_for_larger_objects(sensitivity):
    assert least_cells(sensitivity + 1) < least_cells(sensitivity)


@pytest.mark.parametrize("points", [(), ((0.1, 0.1),), ((0.1, 0.1), (0.2, 0.2)), ((-5, -5), (9, 9), (0, 3))])
def test_a_degenerate_zone_is_harmless(points):
    detector = Detector(MotionSpec(zones=(Zone(name="z", points=points),)))
    assert not detector.look(np.zeros((HEIGHT_CELLS, WIDTH_CELLS), np.uint8), 0.0).moving


@given(st.lists(st.tuples(st.integers(0, 255), st.floats(-1e6, 1e6)), max_size=30))
@settings(deadline=None, max_examples=30)
def test_any_pictures_at_any_times_are_answered(pictures):
    detector = Detector(MotionSpec(sensitivity=100))
    for level, at_s in pictures:
        grey = np.full((HEIGHT_CELLS, WIDTH_CELLS), level, np.uint8)
        grey[level % 60 : level % 60 + 20, 20:60] = 255 - level
        assert 0 <= detector.look(grey, at_s).share <= 1


def rainy(rng, picture: np.ndarray) -> np.ndarray:
    for x, y in zip(rng.integers(0, 630, 60).tolist(), rng.integers(0, 330, 60).tolist(), strict=True):
        cv2.line(picture, (x, y), (x + 3, y + 24), 200, 3)
    return picture


def test_in_rain_only_who_walks_counts_and_the_drops_do_not():
    watched, rng = Watched(), np.random.default_rng(7)
    assert not any(watched.look(rainy(rng, scene(rng))).moving for _ in range(200))
    assert any(watched.look(rainy(rng, scene(rng, x=x))).moving for x in range(100, 400, 10))


def test_who_walks_while_the_cameras_gain_runs_is_seen_and_the_gain_alone_is_not():
    watched, rng = settled()
    gains = [1.0 - 0.04 * step for step in range(11)] + [0.6] * 20
    dimmed = [np.asarray(scene(rng) * gain, np.uint8) for gain in gains]
    assert not any(watched.look(picture).moving for picture in dimmed)
    crossing_dimmed = [np.asarray(scene(rng, x=x) * 0.6, np.uint8) for x in range(100, 400, 12)]
    assert any(watched.look(picture).moving for picture in crossing_dimmed)
