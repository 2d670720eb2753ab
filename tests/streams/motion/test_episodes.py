from hypothesis import given
from hypothesis import strategies as st

from streams.motion.detector import Seen
from streams.motion.episodes import Episodes

MOVING = Seen(moving=True, zone="gate", share=0.1)
STILL = Seen(moving=False)


def test_a_flash_shorter_than_the_minimum_duration_is_no_alarm():
    episodes = Episodes(0.4)
    assert episodes.see(MOVING, 0.0).started is None
    assert episodes.see(STILL, 0.1).started is None
    assert episodes.see(STILL, 5.0).ended is None


def test_an_alarm_starts_when_movement_lasts_and_names_when_it_began():
    episodes = Episodes(0.4)
    episodes.see(MOVING, 10.0)
    started = episodes.see(MOVING, 10.5).started
    assert started is not None
    assert (started.start_s, started.zone) == (10.0, "gate")


def test_a_short_pause_does_not_end_an_alarm_and_a_long_one_does():
    episodes = Episodes(0.0)
    assert episodes.see(MOVING, 0.0).started
    assert episodes.see(MOVING, 1.9).started is None
    ended = episodes.tick(4.0).ended
    assert ended is not None
    assert ended.last_s == 1.9


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1), st.floats(0, 1.5)), max_size=200))
def test_every_alarm_that_starts_ends_once_and_its_peak_is_its_largest_share(steps):
    episodes = Episodes(0.2)
    at_s, opened, closed = 0.0, 0, 0
    for moving, share, gap_s in steps:
        at_s += gap_s
        step = episodes.see(Seen(moving=moving, share=share), at_s)
        opened += step.started is not None
        closed += step.ended is not None
        if step.ended:
            assert step.ended.start_s <= step.ended.peak_s <= step.ended.last_s
    closed += episodes.tick(at_s + 1000).ended is not None
    assert opened == closed
