from hypothesis import given
from hypothesis import strategies as st

from vms.access import Grant, Role, clash
from vms.access.actions import MEDIA
from vms.access.duty import exclude_each_other
from vms.access.rights import RIGHTS, Scope

roles = st.sampled_from(Role)
times = st.integers(0, 20)
grants = st.builds(Grant, role=roles, unit_id=st.just("unit"), valid_from_ms=times, valid_to_ms=st.none() | times)


@given(roles, roles)
def test_exclusion_goes_both_ways_and_never_against_oneself(one: Role, other: Role) -> None:
    assert exclude_each_other(one, other) == exclude_each_other(other, one)
    assert not exclude_each_other(one, one)


@given(grants, grants)
def test_what_is_never_held_at_the_same_time_does_not_clash(one: Grant, other: Grant) -> None:
    together = any(one.holds(at_ms) and other.holds(at_ms) for at_ms in range(22))
    assert (clash(one, [other]) is not None) == (together and exclude_each_other(one.role, other.role))


def test_whoever_administers_accounts_is_given_no_role_that_sees() -> None:
    for role in Role:
        sees = any(scope for action, scope in RIGHTS[role].items() if action in MEDIA)
        if sees and role is not Role.TECHNICIAN:  # the first administrator sets the devices up, and sees none of them
            assert exclude_each_other(Role.SECURITY_ADMINISTRATOR, role)


def test_a_technician_is_given_no_role_that_sees_courts() -> None:
    for role in Role:
        if any(Scope.COURT in scope for action, scope in RIGHTS[role].items() if action in MEDIA):
            assert exclude_each_other(Role.TECHNICIAN, role)
