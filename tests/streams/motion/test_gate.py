import random

from hypothesis import given
from hypothesis import strategies as st

from streams.motion.gate import Gate, GateSettings, Look

FPS = 15


def run(gate: Gate, sizes, start_s: float = 0.0, gop: int = 30) -> list[Look]:
    return [
        gate.look(20_000 if n % gop == 0 else size, start_s + n / FPS, keyframe=n % gop == 0)
        for n, size in enumerate(sizes)
    ]


def noise(seed: int, count: int, mean: int = 3000, spread: float = 0.04) -> list[int]:
    rng = random.Random(seed)
    return [int(rng.gauss(mean, mean * spread)) for _ in range(count)]


@given(st.integers(0, 2**32))
def test_a_still_noisy_scene_is_decoded_for_hardly_more_than_its_sampled_keyframes(seed):
    looks = run(Gate(), noise(seed, 1500))
    assert sum(look in (Look.OPEN, Look.DECODE) for look in looks) < 150
    assert looks.count(Look.SAMPLE) >= 20


@given(st.integers(0, 2**32))
def test_movement_that_grows_pictures_by_a_third_opens_within_three_pictures(seed):
    gate = Gate()
    run(gate, noise(seed, 301))
    looks = run(gate, noise(seed + 1, 20, mean=4200), start_s=301 / FPS + 1e-6, gop=1000)
    assert {Look.OPEN, Look.DECODE} & set(looks[:5])


def test_a_single_large_picture_does_not_open_the_gate():
    gate = Gate()
    run(gate, noise(1, 300))
    sizes = noise(2, 30)
    sizes[10] *= 3
    assert Look.OPEN not in run(gate, sizes, start_s=20.0, gop=1000)[1:]


def test_the_gate_closes_after_the_scene_is_still_again_unless_the_detector_sees_movement():
    gate = Gate()
    run(gate, noise(3, 300))
    run(gate, noise(4, 10, mean=6000), start_s=20.0, gop=1000)
    assert gate.is_open
    gate.moving(21.5)
    looks = run(gate, noise(5, 60), start_s=21.6, gop=1000)
    assert looks[0] is Look.DECODE
    assert looks[-1] is Look.SKIP


@given(st.lists(st.tuples(st.integers(0, 10**6), st.floats(-1e6, 1e6), st.booleans()), max_size=200))
def test_any_sizes_at_any_times_are_answered(pictures):
    gate = Gate(GateSettings.for_sensitivity(100))
    for size, at_s, keyframe in pictures:
        assert isinstance(gate.look(size, at_s, keyframe=keyframe), Look)


def test_an_open_gate_behind_which_nothing_was_seen_gives_up_and_learns_what_the_scene_costs_now():
    rng = random.Random(3)
    gate, at_s = Gate(), 0.0

    def play(seconds: float, size: float) -> list[Look]:
        nonlocal at_s
        looks = []
        for _ in range(round(seconds * 15)):
            at_s += 1 / 15
            looks.append(gate.look(round(rng.gauss(size, size / 20)), at_s, keyframe=False))
            if round(at_s * 15) % 30 == 0:
                gate.look(20_000, at_s, keyframe=True)
        return looks

    play(10, 1000)
    assert Look.OPEN in play(2, 2000)
    play(2, 2000)
    assert play(20, 2000).count(Look.SKIP) > 0.8 * 20 * 15
    assert Look.OPEN in play(2, 4000)
