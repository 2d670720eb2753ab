from hypothesis import given
from hypothesis import strategies as st

from streams.worker.leases import ViewLeases


@given(st.floats(0.1, 60), st.floats(0, 1e6))
def test_a_view_that_nobody_renews_expires_exactly_at_the_end_of_its_lease(lease_s, now_s):
    leases = ViewLeases()
    leases.grant("view", lease_s, now_s)
    assert leases.expired(now_s + lease_s * 0.99) == []
    assert leases.expired(now_s + lease_s + 1e-3) == ["view"]


def test_an_expired_lease_is_not_revived_by_a_late_renewal():
    leases = ViewLeases()
    leases.grant("view", 10, 0)
    assert leases.renew(["view"], 10, 10) == ["view"]
    assert leases.expired(10) == ["view"]


def test_renewing_tells_which_views_are_gone():
    leases = ViewLeases()
    leases.grant("running", 10, 0)
    assert leases.renew(["running", "gone"], 10, 5) == ["gone"]
    assert leases.expired(14.9) == []


def test_ending_a_view_twice_is_no_error():
    leases = ViewLeases()
    leases.grant("view", 10, 0)
    assert leases.end("view")
    assert not leases.end("view")
