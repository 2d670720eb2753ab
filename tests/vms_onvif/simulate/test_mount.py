"""A mount stays within its ends, wherever it is sent and however long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vms_onvif.simulate.mount import FULL_SPEED, MOST_PRESETS, Mount, NoSuchPreset, Position, TooManyPresets

numbers = st.floats(-5, 5)
positions = st.builds(Position, numbers, numbers, numbers)
moves = st.tuples(st.sampled_from(("run", "go", "stop")), positions, st.floats(0, 90))


@given(st.lists(moves, max_size=12))
def test_it_never_leaves_its_range_and_never_jumps(orders: list[tuple[str, Position, float]]) -> None:
    mount, now_s, before = Mount(), 0.0, Position()
    for kind, where, later_s in orders:
        if kind == "run":
            mount.run(where, now_s, 60)
        elif kind == "go":
            mount.go(where, now_s)
        else:
            mount.stop(now_s)
        assert mount.position(now_s) == pytest.approx(before, abs=1e-6)
        now_s += later_s
        after = mount.position(now_s)
        assert all(low <= part <= 1 for part, low in zip(after, (-1, -1, 0), strict=True))
        assert all(abs(b - a) <= FULL_SPEED * later_s + 1e-6 for a, b in zip(before, after, strict=True))
        before = after


@given(positions)
def test_it_arrives_where_it_was_sent(target: Position) -> None:
    mount = Mount()
    mount.go(target, 0)
    inside = Position(
        max(-1.0, min(1.0, target.pan)), max(-1.0, min(1.0, target.tilt)), max(0.0, min(1.0, target.zoom))
    )
    assert mount.position(10) == pytest.approx(inside, abs=1e-6)
    assert mount.moving(10) == (False, False)


def test_a_move_stops_by_itself() -> None:
    mount = Mount()
    mount.run(Position(0.5, 0, 0), 0, 1)
    assert mount.moving(0.5) == (True, False)
    assert mount.position(100).pan == pytest.approx(0.5 * FULL_SPEED)


def test_stopping_the_zoom_leaves_the_pan() -> None:
    mount = Mount()
    mount.run(Position(0.1, 0, 0.1), 0, 10)
    mount.stop(1, pan_tilt=False)
    assert mount.moving(2) == (True, False)
    assert mount.position(2) == pytest.approx((0.2 * FULL_SPEED, 0, 0.1 * FULL_SPEED))


def test_presets_are_bounded_and_can_be_given_again() -> None:
    mount = Mount()
    tokens = [mount.save(0, "") for _ in range(MOST_PRESETS)]
    with pytest.raises(TooManyPresets):
        mount.save(0, "one more")
    assert mount.save(0, "the same", tokens[3]) == tokens[3]
    mount.remove(tokens[3])
    with pytest.raises(NoSuchPreset):
        mount.recall(tokens[3], 0)
    assert mount.save(0, "") not in tokens
