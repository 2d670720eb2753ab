from hypothesis import given
from hypothesis import strategies as st

from streams.backoff import Backoff

dice = st.floats(0, 1, exclude_max=True)


@given(st.integers(1, 10**6), dice)
def test_a_wait_lies_between_half_the_first_and_the_cap(failures, roll):
    backoff = Backoff()
    assert 0.15 <= backoff.wait_s(failures, lambda: roll) <= backoff.cap_s


@given(st.integers(1, 40))
def test_waits_grow(failures):
    backoff = Backoff()
    assert backoff.wait_s(failures, lambda: 0.5) <= backoff.wait_s(failures + 1, lambda: 0.5)


def test_cameras_that_fail_together_do_not_return_together():
    waits = {Backoff().wait_s(5, lambda at=number: at / 240) for number in range(240)}
    assert max(waits) - min(waits) > 1.4
