import numpy as np
import pytest

from streams.motion.detector import HEIGHT_PX, WIDTH_PX, Detector, small_grey
from streams.types.camera import MotionSpec, Zone

LEFT = Zone(name="left", points=((0, 0), (0.5, 0), (0.5, 1), (0, 1)))
RIGHT_MASK = Zone(name="", points=((0.5, 0), (1, 0), (1, 1), (0.5, 1)), mask=True)


def scene(rng, *, x: int | None = None, level: int = 90, noise: float = 3.0) -> np.ndarray:
    picture = np.full((360, 640), level, np.float32)
    picture[200:, :] += 30
    if x is not None:
        picture[180:240, x : x + 40] = 220
    return np.clip(picture + rng.normal(0, noise, picture.shape), 0, 255).astype(np.uint8)


def settled(spec: MotionSpec | None = None, **kwargs):
    rng = np.random.default_rng(7)
    detector = Detector(spec or MotionSpec())
    for _ in range(40):
        assert not detector.look(small_grey(scene(rng, **kwargs))).moving
    return detector, rng


def test_sensor_noise_is_not_movement():
    detector, rng = settled(noise=8.0)
    assert not any(detector.look(small_grey(scene(rng, noise=8.0))).moving for _ in range(200))


def test_a_person_sized_object_moves():
    detector, rng = settled()
    assert all(detector.look(small_grey(scene(rng, x=100 + 10 * n))).moving for n in range(10))


def test_light_that_changes_everywhere_is_not_movement():
    detector, rng = settled()
    seen = detector.look(small_grey(scene(rng, level=140)))
    assert seen.global_change
    assert not seen.moving
    assert not detector.look(small_grey(scene(rng, level=140))).moving


def test_movement_outside_every_zone_is_not_seen_and_inside_names_the_zone():
    detector, rng = settled(MotionSpec(zones=(LEFT,)))
    assert not detector.look(small_grey(scene(rng, x=500))).moving
    seen = detector.look(small_grey(scene(rng, x=100)))
    assert (seen.moving, seen.zone) == (True, "left")


def test_what_a_mask_covers_is_never_looked_at():
    detector, rng = settled(MotionSpec(zones=(RIGHT_MASK,)))
    assert not detector.look(small_grey(scene(rng, x=500))).moving
    assert detector.look(small_grey(scene(rng, x=100))).moving


def test_what_flickers_all_the_time_is_learned_as_noise():
    rng = np.random.default_rng(3)
    detector = Detector(MotionSpec())
    seen = []
    for n in range(600):
        picture = scene(rng)
        picture[0:24, 0:200] = 255 if n % 2 else 0
        seen.append(detector.look(small_grey(picture)).moving)
    assert not any(seen[300:])


def test_a_parked_car_becomes_background():
    detector, rng = settled()
    seen = [detector.look(small_grey(scene(rng, x=300))).moving for _ in range(1500)]
    assert seen[0]
    assert not any(seen[-50:])


@pytest.mark.parametrize("points", [(), ((0.1, 0.1),), ((0.1, 0.1), (0.2, 0.2)), ((-5, -5), (9, 9), (0, 3))])
def test_a_degenerate_zone_is_harmless(points):
    detector = Detector(MotionSpec(zones=(Zone(name="z", points=points),)))
    assert not detector.look(np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)).moving
