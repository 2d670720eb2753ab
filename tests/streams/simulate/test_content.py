"""Which picture a camera shows as its picture k, with and without faults. Pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.woven import small_spec
from streams.simulate.content import Content, Live
from streams.simulate.faults import Fault, Faults
from streams.simulate.timeline import Grid, is_busy, loop_position, phase_ns, truth


class Woven:
    """As much of a weave as `content` looks at."""

    spec = small_spec()


WOVEN = Woven()
SPEC = Woven.spec
GOP = SPEC.gop
moments = st.integers(10_000, 20_000)


def content(activity: int = 40) -> Content:
    return Content(Live(WOVEN, 7, activity))


@given(moments)
def test_a_living_camera_shows_now_and_a_keyframe_every_gop(k):
    shot = content().at(k)
    assert shot.taken == k
    assert shot.keyframe == (k % GOP == 0)
    assert shot.position == loop_position(SPEC, 7, 40, k)


@given(moments)
def test_gops_of_a_loop_are_never_torn_apart(k):
    """The position moves on by one within a GOP, whatever the slots say: references stay right."""
    live = content()
    first = live.at(k // GOP * GOP).position
    assert live.at(k).position == first + k % GOP
    assert first % GOP == 0


@given(moments, st.integers(1, 60))
def test_a_frozen_camera_shows_one_old_picture_for_ever(k, later):
    frozen = content()
    frozen.freeze(k)
    shot = frozen.at(k + later)
    assert shot.taken == (k - 1) // GOP * GOP
    assert shot.keyframe == (later % GOP == 0)
    assert (shot.position is None) != shot.keyframe


@given(moments, st.floats(1, 60), st.integers(0, 400))
def test_a_looped_camera_shows_the_same_whole_gops_again_and_again(k, seconds, later):
    looped = content()
    looped.repeat(k, seconds)
    span = max(1, round(seconds * SPEC.fps / GOP)) * GOP
    assert looped.at(k).keyframe
    shot, again = looped.at(k + later), looped.at(k + later + span)
    assert shot == again
    assert shot.taken < k
    assert abs(span / SPEC.fps - seconds) <= GOP / SPEC.fps


@given(moments, st.integers(1, 50), st.sampled_from(["freeze", "repeat", "resize"]))
def test_recovery_comes_with_the_next_living_keyframe_and_not_before(k, later, fault):
    faulty = content()
    if fault == "freeze":
        faulty.freeze(k)
    elif fault == "repeat":
        faulty.repeat(k, 2.0)
    else:
        faulty.resize(k, WOVEN)
    end = k + later
    faulty.recover(end)
    back = -(-end // GOP) * GOP
    living = content()
    for moment in range(end, back):
        assert faulty.at(moment).taken != moment or fault == "resize"
    assert [faulty.at(moment) for moment in range(back, back + 3)] == [living.at(m) for m in range(back, back + 3)]


@given(moments)
def test_whoever_joins_begins_with_a_keyframe(k):
    chosen = content()
    key = chosen.newest_key(k)
    assert chosen.at(key).keyframe
    assert 0 <= k - key < GOP


@given(st.integers(1, 500), st.integers(1, 60), st.integers(0, 2_000_000_000_000_000_000))
def test_the_newest_picture_is_the_last_one_not_in_the_future(number, fps, now_ns):
    grid = Grid(fps, phase_ns(number, fps))
    newest = grid.newest(now_ns)
    assert grid.time_ns(newest) <= now_ns < grid.time_ns(newest + 1)


def test_a_camera_is_busy_as_often_as_asked():
    busy = sum(is_busy(12, slot, 15) for slot in range(4000)) / 4000
    assert 0.12 < busy < 0.18
    assert not any(is_busy(12, slot, 0) for slot in range(100))
    assert all(is_busy(12, slot, 100) for slot in range(100))


@given(st.integers(1, 400), st.integers(1_700_000_000_000, 1_800_000_000_000), st.integers(1000, 60_000))
def test_truth_of_an_interval_is_the_truth_of_its_halves(number, start_ms, length_ms):
    middle, end = start_ms + length_ms // 2, start_ms + length_ms
    whole = truth(SPEC, number, 30, (start_ms, end))
    halves = [*truth(SPEC, number, 30, (start_ms, middle)), *truth(SPEC, number, 30, (middle, end))]
    assert {crossing.start_ms for crossing in whole} == {crossing.start_ms for crossing in halves}
    assert all(crossing.start_ms < end and crossing.end_ms > start_ms for crossing in whole)


def test_faults_are_told_at_once_and_lasting_ones_can_be_ended():
    told = []
    faults = Faults()
    faults.listen(lambda *news: told.append(news))
    faults.set([1, 2], Fault.STALL)
    faults.set([2], Fault.LOOPED, 8.0)
    faults.set([1], Fault.RESET)
    assert faults.active(2) == {Fault.STALL: 1.0, Fault.LOOPED: 8.0}
    assert faults.value(1, Fault.RESET) is None
    faults.clear([1, 2])
    assert (faults.active(1), faults.active(2)) == ({}, {})
    assert told == [
        (1, Fault.STALL, 1.0),
        (2, Fault.STALL, 1.0),
        (2, Fault.LOOPED, 8.0),
        (1, Fault.RESET, 1.0),
        (1, Fault.STALL, None),
        (2, Fault.STALL, None),
        (2, Fault.LOOPED, None),
    ]


@pytest.mark.parametrize("fault", list(Fault))
def test_what_was_never_set_cannot_be_ended(fault):
    faults = Faults()
    faults.listen(lambda *_: pytest.fail("told of nothing"))
    faults.clear([1], fault)
