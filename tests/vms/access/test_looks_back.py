from hypothesis import given
from hypothesis import strategies as st

from vms.access import Action, CameraObject, Grant, Person, Role, looks_back_ms, may

DAY_MS = 86_400_000
DAYS = {Role.DUTY_OFFICER: 7, Role.INVESTIGATOR: 90}
CAMERA = CameraObject("camera", frozenset({"area", "root"}), court=False)


def person(*grants: tuple[Role, str]) -> Person:
    return Person("me", "me", "Me", tuple(Grant(role, unit, 0) for role, unit in grants))


def reach(one: Person, camera: CameraObject = CAMERA) -> int | None:
    return looks_back_ms(one, Action.CAMERA_VIEW_RECORDED, camera, 1, DAYS)


def test_each_role_looks_back_as_far_as_it_is_told_and_the_farthest_counts() -> None:
    assert reach(person((Role.DUTY_OFFICER, "area"))) == 7 * DAY_MS
    assert reach(person((Role.DUTY_OFFICER, "area"), (Role.INVESTIGATOR, "root"))) == 90 * DAY_MS


def test_a_role_elsewhere_lengthens_nothing_here() -> None:
    assert reach(person((Role.DUTY_OFFICER, "area"), (Role.INVESTIGATOR, "elsewhere"))) == 7 * DAY_MS


def test_a_role_that_nobody_gave_days_sees_nothing_of_the_past() -> None:
    assert reach(person((Role.DUTY_COMMANDER, "area"))) is None


def test_police_look_back_at_no_courtroom_and_technicians_at_nothing() -> None:
    court = CameraObject("camera", frozenset({"area", "root"}), court=True)
    assert reach(person((Role.INVESTIGATOR, "root")), court) is None
    assert (
        looks_back_ms(
            person((Role.TECHNICIAN, "root")), Action.CAMERA_VIEW_RECORDED, CAMERA, 1, dict.fromkeys(Role, 365)
        )
        is None
    )


grants = st.lists(st.tuples(st.sampled_from(Role), st.sampled_from(["area", "root", "elsewhere"])), max_size=4)


@given(grants, st.dictionaries(st.sampled_from(Role), st.integers(0, 400)), st.booleans())
def test_whoever_may_not_look_at_recordings_looks_back_at_nothing(
    held: list[tuple[Role, str]],
    days: dict[Role, int],
    court: bool,
) -> None:
    camera = CameraObject("camera", frozenset({"area", "root"}), court)
    found = looks_back_ms(person(*held), Action.CAMERA_VIEW_RECORDED, camera, 1, days)
    if not may(person(*held), Action.CAMERA_VIEW_RECORDED, camera, 1):
        assert found is None
    assert found is None or found in {count * DAY_MS for count in days.values()}
