import math
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.motion.tracks import MAX_TRACKS, Blob, Tracks

LOOK_S = 2 / 15


def blob(x: float, y: float, width: int = 5, height: int = 10, *, label: int = 1) -> Blob:
    left, top = round(x - width / 2), round(y - height / 2)
    return Blob(label, round(0.7 * width * height), left, top, width, height, x, y, changed=width * height // 3)


def proven(tracks: Tracks, pictures) -> list[bool]:
    return [bool(tracks.see(blobs, 100 + n * LOOK_S)) for n, blobs in enumerate(pictures)]


def quiet(seconds: float = 8.0) -> list[list[Blob]]:
    return [[] for _ in range(round(seconds / LOOK_S))]


@given(st.floats(0.5, 9.0), st.booleans(), st.floats(0, 0.6))
@settings(deadline=None, max_examples=20)
def test_what_goes_from_one_place_to_another_counts_at_any_speed(step, leftwards, tremble):
    rng = random.Random(1)
    steps = min(round(120 / step), 40)
    xs = [20 + step * n + rng.uniform(-tremble, tremble) for n in range(steps)]
    crossing = [[blob(150 - x if leftwards else x, 60)] for x in xs]
    assert any(proven(Tracks(12), quiet() + crossing))


@given(st.floats(1.0, 3.0), st.floats(0.75, 1.9))
@settings(deadline=None, max_examples=20)
def test_what_swings_never_counts(reach, turns_per_s):
    swings = [[blob(80 + reach * math.sin(6.28 * turns_per_s * n * LOOK_S), 40)] for n in range(200)]
    assert not any(proven(Tracks(12), quiet() + swings))


@given(st.integers(0, 2**32))
@settings(deadline=None, max_examples=4)
def test_drops_of_rain_hardly_ever_line_up(seed):
    rng = random.Random(seed)
    rain = [[blob(rng.uniform(0, 160), rng.uniform(0, 90), 2, 9, label=n) for n in range(30)] for _ in range(120)]
    assert sum(proven(Tracks(12), quiet() + rain)) == 0


def test_a_car_is_found_in_the_rain():
    rng = random.Random(4)
    tracks = Tracks(12)
    rain = [[blob(rng.uniform(0, 160), rng.uniform(0, 90), 2, 9, label=n) for n in range(30)] for _ in range(200)]
    assert not any(proven(tracks, rain))
    crossing = [[blob(20 + 8 * n, 60, 24, 14, label=99), *drops] for n, drops in enumerate(rain[:15])]
    assert any(bool(tracks.see(blobs, 130 + n * LOOK_S)) for n, blobs in enumerate(crossing))


def test_where_leaves_keep_trembling_only_what_is_larger_counts_and_elsewhere_nothing_changes():
    rng = random.Random(5)
    tracks = Tracks(12)
    leaves = [
        [blob(120 + rng.uniform(-8, 8), 20 + rng.uniform(-6, 6), 6, 5)] if rng.random() < 0.4 else []
        for _ in range(400)
    ]
    assert not any(proven(tracks, leaves))
    assert not tracks.worth_a_look(blob(120, 20, 6, 5))
    assert tracks.worth_a_look(blob(120, 20, 12, 20))
    assert tracks.worth_a_look(blob(40, 60, 6, 5))


@given(st.lists(st.lists(st.tuples(st.floats(0, 160), st.floats(0, 90)), max_size=80), max_size=20), st.floats(-5, 5))
@settings(deadline=None, max_examples=30)
def test_the_number_of_tracks_is_bounded_whatever_comes(pictures, step_s):
    tracks = Tracks(3)
    for n, places in enumerate(pictures):
        tracks.see([blob(x, y) for x, y in places], n * step_s)
        assert len(tracks._tracks) <= MAX_TRACKS
