from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from streams.types.gate import Audience
from vms.access import (
    AccountObject,
    Action,
    Admission,
    AnyObject,
    CameraObject,
    CameraRestriction,
    CameraRule,
    CourtroomObject,
    Grant,
    GrantObject,
    HearingObject,
    Object,
    OwnObject,
    Person,
    Role,
    SiteObject,
    UnitObject,
    audience,
    may,
    reach,
)
from vms.access.actions import CLOSED_WHEN_SENSITIVE, MEDIA, READING

NOW = 1_000
UNITS = ["root", "area", "commune", "court", "elsewhere"]

times = st.integers(0, 2_000)
grants = st.builds(
    Grant,
    role=st.sampled_from(Role),
    unit_id=st.sampled_from(UNITS),
    valid_from_ms=times,
    valid_to_ms=st.none() | times,
)
people = st.builds(
    Person,
    account_id=st.just("me"),
    login=st.just("me"),
    name=st.just("Me"),
    grants=st.lists(grants, max_size=5).map(tuple),
    cameras=st.none() | st.frozensets(st.sampled_from(["camera", "other"])),
)
consoles = people.filter(lambda person: person.is_console)
paths = st.frozensets(st.sampled_from(UNITS))
rules = st.builds(
    CameraRule,
    subject=st.sampled_from(["me", "you", *Role]),
    allow=st.booleans(),
    valid_from_ms=times,
    valid_to_ms=st.none() | times,
)
admissions = st.builds(
    Admission,
    unit_id=st.sampled_from(UNITS),
    account_id=st.sampled_from([None, "me", "you"]),
    cameras=st.frozensets(st.sampled_from(["camera", "other"])),
    valid_from_ms=times,
    valid_to_ms=times,
    on=st.booleans(),
)
hearings = st.builds(
    HearingObject,
    id=st.just("hearing"),
    unit_path=paths,
    judge_id=st.sampled_from(["me", "you"]),
    audiences=st.frozensets(st.sampled_from(Audience)),
    admissions=st.lists(admissions, max_size=3).map(tuple),
    accepted=st.frozensets(st.tuples(st.sampled_from(["me", "you"]), st.sampled_from(["here", "there"]))),
)
restrictions = st.builds(CameraRestriction, st.booleans(), st.lists(rules, max_size=4).map(tuple))
cameras = st.builds(
    CameraObject,
    id=st.just("camera"),
    unit_path=paths,
    court=st.booleans(),
    restrictions=st.lists(restrictions, max_size=3).map(tuple),
    hearing=st.none() | hearings,
)
objects: st.SearchStrategy[Object] = st.one_of(
    st.builds(AnyObject),
    st.builds(OwnObject, st.sampled_from(["me", "you"])),
    cameras,
    hearings,
    st.builds(CourtroomObject, st.just("room"), paths),
    st.builds(SiteObject, st.just("site"), paths),
    st.builds(UnitObject, st.just("unit"), paths),
    st.builds(AccountObject, st.sampled_from(["me", "you"]), st.lists(paths, max_size=3).map(tuple)),
    st.builds(GrantObject, st.sampled_from(["me", "you", ""]), paths),
)
actions = st.sampled_from(Action)
HEARING = HearingObject(
    "h",
    frozenset({"root", "court"}),
    "judge",
    audiences=frozenset(Audience) - {Audience.ANYONE},
    admissions=(Admission("procuracy", None, frozenset({"c"}), 0, 2_000),),
    accepted=frozenset({("me", "here")}),
)
COURT = CameraObject("c", frozenset({"root", "court"}), court=True, hearing=HEARING)
STREET = CameraObject("s", frozenset({"root", "area"}), court=False)


def _with(person: Person, role: Role) -> Person:
    return replace(person, grants=(*person.grants, Grant(role, "elsewhere", 0)))


def _someone(role: Role, unit: str = "root") -> Person:
    return Person("me", "me", "Me", (Grant(role, unit, 0),))


@given(actions, objects, times)
def test_whoever_holds_nothing_may_nothing_but_what_is_theirs(action: Action, obj: Object, at_ms: int) -> None:
    nobody = Person("me", "me", "Me")
    assert may(nobody, action, obj, at_ms) == (action is Action.OWN and obj == OwnObject("me"))


@given(people, actions, objects, times)
def test_grants_of_another_time_change_nothing(person: Person, action: Action, obj: Object, at_ms: int) -> None:
    current = replace(person, grants=tuple(grant for grant in person.grants if grant.holds(at_ms)))
    assert may(person, action, obj, at_ms) == may(current, action, obj, at_ms)


@given(people, actions, objects, times)
def test_whoever_administers_security_sees_no_media(person: Person, action: Action, obj: Object, at_ms: int) -> None:
    if action in MEDIA:
        assert not may(_with(person, Role.SECURITY_ADMINISTRATOR), action, obj, at_ms)


@given(people, actions, cameras, times)
def test_technicians_see_no_court_media(person: Person, action: Action, camera: CameraObject, at_ms: int) -> None:
    if action in MEDIA:
        assert not may(_with(person, Role.TECHNICIAN), action, replace(camera, court=True), at_ms)


@given(people, actions, objects, times)
def test_auditors_change_nothing_but_what_is_theirs(person: Person, action: Action, obj: Object, at_ms: int) -> None:
    if action not in READING and action is not Action.OWN:
        assert not may(_with(person, Role.AUDITOR), action, obj, at_ms)


@given(people, actions, paths, times)
def test_nobody_grants_to_themself(person: Person, action: Action, path: frozenset[str], at_ms: int) -> None:
    assert not may(person, action, GrantObject("me", path), at_ms)
    if action not in READING:
        assert not may(person, action, AccountObject("me", (path,)), at_ms)


@given(people, actions, objects, times)
def test_what_belongs_to_others_is_out_of_reach(person: Person, action: Action, obj: Object, at_ms: int) -> None:
    assert not may(person, action, OwnObject("you"), at_ms)
    if not isinstance(obj, OwnObject):
        assert not may(person, Action.OWN, obj, at_ms)


@given(people, actions, cameras, times)
def test_the_filter_of_lists_agrees_with_the_decision_on_each(
    person: Person, action: Action, camera: CameraObject, at_ms: int
) -> None:
    where = reach(person, action, at_ms)
    units = where.court if camera.court else where.police
    if action is not Action.OWN:
        # Whose picture a courtroom shows, its hearing says: there are no lists by that.
        if not (camera.court and action is Action.CAMERA_VIEW_LIVE):
            assert may(person, action, camera, at_ms) == (bool(units & camera.unit_path) and where.admits(camera))
        assert may(person, action, AnyObject(), at_ms) == bool(where)


@given(people, actions, objects, times)
def test_an_object_without_a_place_is_nobodys(person: Person, action: Action, obj: Object, at_ms: int) -> None:
    if hasattr(obj, "unit_path"):
        assert not may(person, action, replace(obj, unit_path=frozenset()), at_ms)
    if isinstance(obj, AccountObject):
        assert not may(person, action, replace(obj, unit_paths=()), at_ms)


def test_the_police_wall_ends_at_the_door_of_the_court() -> None:
    for role in (Role.DUTY_OFFICER, Role.DUTY_COMMANDER, Role.TECHNICIAN):
        assert may(_someone(role), Action.CAMERA_VIEW_LIVE, STREET, NOW)
        assert not may(_someone(role), Action.CAMERA_VIEW_LIVE, COURT, NOW)


def test_the_court_does_not_look_into_the_street() -> None:
    for role in (Role.COURT_CLERK, Role.PRESIDING_JUDGE):
        assert may(_someone(role), Action.CAMERA_VIEW_LIVE, COURT, NOW)
        assert not may(_someone(role), Action.CAMERA_VIEW_LIVE, STREET, NOW)


def test_observers_have_no_camera_without_an_order_that_names_their_own_unit() -> None:
    for role in (Role.PROSECUTOR, Role.PROSECUTORS_LEADER, Role.OVERSIGHT_OBSERVER):
        assert may(_someone(role, "procuracy"), Action.CAMERA_VIEW_LIVE, COURT, NOW)
        for unit in ("root", "court", "elsewhere"):
            assert not may(_someone(role, unit), Action.CAMERA_VIEW_LIVE, COURT, NOW)


@given(people, cameras, times)
def test_a_courtroom_shows_nothing_that_its_hearing_does_not_show(
    person: Person, camera: CameraObject, at_ms: int
) -> None:
    shown = audience(person, replace(camera, court=True), at_ms)
    assert shown is None or (camera.hearing is not None and shown in camera.hearing.audiences)
    assert audience(person, replace(camera, court=True, hearing=None), at_ms) is None


@given(people, hearings, times)
def test_nobody_but_its_judge_opens_a_hearing(person: Person, hearing: HearingObject, at_ms: int) -> None:
    assert not may(person, Action.HEARING_OPEN, replace(hearing, judge_id="you"), at_ms)


@given(people, hearings, times)
def test_an_order_that_does_not_hold_shows_nothing(person: Person, hearing: HearingObject, at_ms: int) -> None:
    ended = replace(
        hearing, admissions=tuple(replace(one, valid_to_ms=min(one.valid_to_ms, at_ms)) for one in hearing.admissions)
    )
    camera = CameraObject("camera", frozenset({"root", "court"}), court=True, hearing=ended)
    assert audience(person, camera, at_ms) is not Audience.OBSERVERS
    assert not may(person, Action.HEARING_OBSERVE, ended, at_ms) or may(
        person, Action.HEARING_OBSERVE, replace(ended, admissions=()), at_ms
    )


def test_a_role_in_one_area_says_nothing_about_another() -> None:
    assert not may(_someone(Role.DUTY_OFFICER, "elsewhere"), Action.CAMERA_VIEW_LIVE, STREET, NOW)
    assert may(_someone(Role.DUTY_OFFICER, "area"), Action.CAMERA_VIEW_LIVE, STREET, NOW)


def test_an_administrator_of_one_area_does_not_manage_the_administrator_of_all() -> None:
    administrator = _someone(Role.SECURITY_ADMINISTRATOR, "area")
    own, all_ = frozenset({"area", "root"}), frozenset({"root"})
    assert may(administrator, Action.ACCOUNT_MANAGE, AccountObject("you", (own,)), NOW)
    assert not may(administrator, Action.ACCOUNT_MANAGE, AccountObject("you", (own, all_)), NOW)


@given(people, actions, cameras, times)
def test_rules_about_a_camera_only_ever_narrow(
    person: Person, action: Action, camera: CameraObject, at_ms: int
) -> None:
    plain = replace(camera, restrictions=())
    assert may(person, action, camera, at_ms) <= may(person, action, plain, at_ms)


@given(people, actions, cameras, times)
def test_what_forbids_is_stronger_than_whatever_allows(
    person: Person, action: Action, camera: CameraObject, at_ms: int
) -> None:
    forbidding = CameraRestriction(sensitive=False, rules=(CameraRule("me", allow=True), CameraRule("me", allow=False)))
    assert not may(person, action, replace(camera, restrictions=(*camera.restrictions, forbidding)), at_ms)


@given(people, actions, cameras, times)
def test_a_sensitive_camera_shows_itself_only_where_a_rule_allows_it(
    person: Person, action: Action, camera: CameraObject, at_ms: int
) -> None:
    subjects = {"me", *person.roles(at_ms)}
    if action in CLOSED_WHEN_SENSITIVE and may(person, action, camera, at_ms):
        for restriction in camera.restrictions:
            allowed = any(rule.allow and rule.subject in subjects and rule.holds(at_ms) for rule in restriction.rules)
            assert allowed or not restriction.sensitive


@given(people, actions, cameras, rules, times)
def test_a_rule_for_others_or_for_another_time_changes_nothing(
    person: Person, action: Action, camera: CameraObject, rule: CameraRule, at_ms: int
) -> None:
    if not rule.holds(at_ms) or rule.subject not in {"me", *person.roles(at_ms)}:
        more = tuple(replace(one, rules=(*one.rules, rule)) for one in camera.restrictions)
        assert may(person, action, replace(camera, restrictions=more), at_ms) == may(person, action, camera, at_ms)


@given(consoles, actions, objects, times)
def test_a_console_has_the_cameras_of_its_wall_and_nothing_else(
    console: Person, action: Action, obj: Object, at_ms: int
) -> None:
    if isinstance(obj, CameraObject):
        if may(console, action, obj, at_ms):
            assert obj.id in (console.cameras or ())
            assert action in {Action.CAMERA_LIST, Action.CAMERA_VIEW_LIVE, Action.ALARM_LIST}
            assert not obj.court
    elif not isinstance(obj, AnyObject | OwnObject):
        assert not may(console, action, obj, at_ms)


@given(people, actions, objects, times)
def test_the_role_of_a_console_gives_a_person_nothing(person: Person, action: Action, obj: Object, at_ms: int) -> None:
    someone = replace(person, cameras=None)
    assert may(_with(someone, Role.WALL_CONSOLE), action, obj, at_ms) == may(someone, action, obj, at_ms)


def test_whoever_sets_up_consoles_is_not_whoever_administers_accounts() -> None:
    anything = AnyObject()
    assert may(_someone(Role.DUTY_COMMANDER), Action.CONSOLE_MANAGE, anything, NOW)
    assert not may(_someone(Role.SECURITY_ADMINISTRATOR), Action.CONSOLE_MANAGE, anything, NOW)
    assert may(_someone(Role.SECURITY_ADMINISTRATOR), Action.CONSOLE_REVOKE, anything, NOW)


def test_what_was_accepted_counts_in_its_own_session_and_for_what_has_none() -> None:
    def watches(session_id: str) -> bool:
        person = replace(_someone(Role.PROSECUTOR, "procuracy"), session_id=session_id)
        return audience(person, COURT, 1_000) is Audience.OBSERVERS

    assert watches("here")
    assert not watches("there")
    assert watches(""), "a player has no session of its own"
