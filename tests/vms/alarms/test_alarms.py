import base64
import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.clock import FakeClock
from fakes.control_ports import JPEG, JPEG_BASE64
from fakes.province import ABSENT, AREA_A, AREA_B, SITE_A, SITE_B, SITE_COURT, add_account, add_camera, build_province
from streams.types.bus import AlarmEvent, AlarmKind, AlarmPhase
from vms.alarms.merge import Told
from vms.alarms.service import PAGE, Alarms, Query
from vms.cameras.notices import AlarmMoved, Notices
from vms.cameras.sight import Sight
from vms.db.engine import Database
from vms.db.tables import Alarm
from vms.organisation import Organisation

SEES_A = Sight(frozenset({AREA_A}), frozenset())


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def notices() -> Notices:
    return Notices()


@pytest.fixture
async def alarms(any_database: Database, clock: FakeClock, notices: Notices) -> Alarms:
    await build_province(any_database)
    return Alarms(any_database, Organisation(any_database, clock), notices, clock)


def event(
    camera_id: str, phase: AlarmPhase = AlarmPhase.START, *, alarm_id: str = "alarm-00000001", **more: object
) -> AlarmEvent:
    fields = {"kind": AlarmKind.MOTION, "start_ms": 1000, "zone": "Sân", **more}
    return AlarmEvent(alarm_id=alarm_id, camera_id=camera_id, phase=phase, **fields)  # type: ignore[arg-type]


def ended(camera_id: str, **more: object) -> AlarmEvent:
    fields = {"end_ms": 5000, "peak_ms": 3000, "peak_share": 0.4, "snapshot_base64": JPEG_BASE64, **more}
    return event(camera_id, AlarmPhase.END, **fields)


async def test_start_and_end_in_any_order_and_repeated_are_one_alarm(alarms: Alarms, any_database: Database) -> None:
    camera = await add_camera(any_database, 1)
    for number, order in enumerate(itertools.permutations(range(4))):
        alarm_id = f"alarm-{number:08}"
        events = [event(camera, alarm_id=alarm_id), ended(camera, alarm_id=alarm_id)] * 2
        for index in order:
            await alarms.apply(events[index])
    views = (await alarms.page(SEES_A, Query())).alarms
    assert len(views) == 24
    for view in views:
        alarm = view.alarm
        assert (alarm.start_ms, alarm.end_ms, alarm.peak_ms, alarm.has_snapshot) == (1000, 5000, 3000, True)
        assert (view.camera_number, view.camera_name, alarm.zone) == (1, "Camera 1", "Sân")
        assert await alarms.snapshot(alarm.id) == JPEG


_TOLD = st.builds(
    Told,
    start_ms=st.integers(0, 9),
    end_ms=st.one_of(st.none(), st.integers(10, 20)),
    peak_ms=st.one_of(st.none(), st.integers(0, 20)),
    peak_share=st.sampled_from([0.0, 0.2, 0.9]),
)


@given(st.lists(_TOLD, min_size=1, max_size=5), st.randoms())
def test_merging_does_not_depend_on_order_or_repetition(told: list[Told], random: Random) -> None:
    def all_of(parts: list[Told]) -> Told:
        merged = parts[0]
        for part in parts[1:]:
            merged = merged.merged(part)
        return merged

    shuffled = told + told
    random.shuffle(shuffled)
    assert all_of(shuffled) == all_of(told)


async def test_only_news_is_announced(alarms: Alarms, any_database: Database, notices: Notices) -> None:
    camera = await add_camera(any_database, 1)
    with notices.subscribe(lambda notice: True) as news:
        await alarms.apply(event(camera))
        assert news.take() == [AlarmMoved("alarm-00000001", camera)]
        await alarms.apply(event(camera))
        assert news.take() == []


async def test_an_event_of_an_unknown_camera_or_with_no_picture_harms_nothing(
    alarms: Alarms, any_database: Database
) -> None:
    assert await alarms.apply(event(ABSENT)) is None
    camera = await add_camera(any_database, 1)
    for number, snapshot in enumerate(["%%%", base64.b64encode(b"<svg>").decode(), "A" * 900_000]):
        alarm = await alarms.apply(ended(camera, alarm_id=f"alarm-{number:08}", snapshot_base64=snapshot))
        assert alarm is not None
        assert not alarm.has_snapshot


async def test_an_alarm_id_never_mixes_two_cameras(alarms: Alarms, any_database: Database) -> None:
    first, second = await add_camera(any_database, 1), await add_camera(any_database, 2)
    await alarms.apply(event(first))
    await alarms.apply(ended(second))
    (view,) = (await alarms.page(SEES_A, Query())).alarms
    assert (view.alarm.camera_id, view.alarm.end_ms) == (first, None)


async def test_lists_hold_only_what_is_in_sight(alarms: Alarms, any_database: Database) -> None:
    sites = [SITE_A, SITE_B, SITE_COURT]
    for number, site in enumerate(sites, start=1):
        camera = await add_camera(any_database, number, site)
        await alarms.apply(event(camera, alarm_id=f"alarm-{number:08}"))

    async def seen(sight: Sight) -> list[int]:
        page = await alarms.page(sight, Query())
        assert page.unacknowledged == len(page.alarms)
        return [view.camera_number for view in page.alarms]

    assert await seen(SEES_A) == [1]
    assert await seen(Sight(frozenset({AREA_A, AREA_B}), frozenset())) == [2, 1]
    # The right over police cameras never reaches a court's camera, even in the court's own unit.
    assert await seen(Sight(frozenset({"unit-court-00000"}), frozenset())) == []
    assert await seen(Sight(frozenset(), frozenset({"unit-court-00000"}))) == [3]
    assert await seen(Sight(frozenset(), frozenset())) == []


async def test_pages_hold_every_alarm_once_even_when_many_began_at_one_moment(
    alarms: Alarms, any_database: Database
) -> None:
    camera = await add_camera(any_database, 1)
    async with any_database.transaction() as session:
        for number in range(2 * PAGE + 20):
            start_ms = 1000 + max(0, number - 60)  # sixty-one of them at the same millisecond
            session.add(Alarm(id=f"alarm-{number:08}", camera_id=camera, kind="motion", start_ms=start_ms))
    seen: list[str] = []
    before_ms: int | None = None
    while True:
        page = await alarms.page(SEES_A, Query(before_ms=before_ms))
        seen += [view.alarm.id for view in page.alarms]
        before_ms = page.next_before_ms
        if before_ms is None:
            break
    assert sorted(seen) == [f"alarm-{number:08}" for number in range(2 * PAGE + 20)]


async def test_the_first_acknowledgement_counts(alarms: Alarms, any_database: Database, clock: FakeClock) -> None:
    camera = await add_camera(any_database, 1)
    people = [await add_account(any_database, login, "duty_officer", AREA_A) for login in ("a", "b")]
    await alarms.apply(event(camera))
    for person in people:
        view = await alarms.acknowledge("alarm-00000001", person)
        clock.advance(s=1)
        assert view is not None
        assert view.acknowledged_by == "Họ tên a"
    assert (await alarms.page(SEES_A, Query(unacknowledged=True))).alarms == ()
    assert await alarms.acknowledge(ABSENT, people[0]) is None
    # An end that comes later must not undo it.
    await alarms.apply(ended(camera))
    (after,) = (await alarms.page(SEES_A, Query())).alarms
    assert after.alarm.acknowledged_by == people[0]


async def test_old_alarms_are_forgotten_with_their_pictures(alarms: Alarms, any_database: Database) -> None:
    camera = await add_camera(any_database, 1)
    await alarms.apply(ended(camera, alarm_id="alarm-old00000"))
    await alarms.apply(ended(camera, alarm_id="alarm-new00000", start_ms=4000))
    assert await alarms.forget(2000) == 1
    assert [view.alarm.id for view in (await alarms.page(SEES_A, Query())).alarms] == ["alarm-new00000"]
    assert await alarms.snapshot("alarm-old00000") is None
