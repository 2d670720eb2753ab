import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError
from sqlmodel import select

from fakes.api_browser import Browser
from fakes.clock import FakeClock
from fakes.control_ports import FakePorts
from fakes.province import AREA_A, SITE_B, Seen, add_camera, camera_state
from fakes.signed_in import SignInAs
from streams.types.bus import AlarmEvent, AlarmKind, AlarmPhase
from streams.types.camera import FaultKind, Liveness
from streams.types.recording import VolumeCondition
from vms.access import Role
from vms.cameras.editing import Edit
from vms.cameras.notices import JobMoved, Notice, TreeMoved
from vms.db.tables import GrantRow, SessionRow
from web.feed import FULL_TURN_TICKS, Feed
from web.services import Services
from web.wire import AlarmMessage, JobProgress, SignedOut, Tick, TreeChanged


@pytest.fixture
async def officer(people: SignInAs) -> Browser:
    return await people(Role.DUTY_OFFICER, AREA_A)


@pytest.fixture
async def feed(control: Services, officer: Browser) -> Feed:
    """The feed of the officer's own session."""
    async with control.db.session() as session:
        row = (await session.exec(select(SessionRow))).one()
    return Feed(control, row.account_id, row.id)


def ticks(messages: list[Any]) -> list[Tick]:
    return [message for message in messages if isinstance(message, Tick)]


async def test_the_first_tick_tells_all_cameras_in_sight_the_next_only_news(
    control: Services, feed: Feed, ports: FakePorts, clock: FakeClock
) -> None:
    ids = [await add_camera(control.db, number) for number in range(1, 13)]
    hidden = await add_camera(control.db, 50, SITE_B)
    ports.live.states = {camera: camera_state(camera) for camera in [*ids, hidden]}
    (first,) = ticks(await feed.messages([]))
    assert [truth.camera_id for truth in first.cameras] == ids
    assert (first.workers_alive, first.volumes_troubled) == (1, 0)
    assert first.now_ms == clock()
    assert await feed.messages([]) == []
    ports.live.states[ids[0]] = camera_state(ids[0], Seen(Liveness.DOWN, FaultKind.UNREACHABLE))
    ports.pictures.condition = VolumeCondition.FULL
    clock.advance(s=1)
    (second,) = ticks(await feed.messages([]))
    assert second.volumes_troubled == 1
    told = {truth.camera_id: truth for truth in second.cameras}
    assert told[ids[0]].cause == "power"
    assert len(told) <= 1 + 2
    seen: set[str] = set(told)
    for _ in range(FULL_TURN_TICKS):
        clock.advance(s=1)
        (tick,) = ticks(await feed.messages([]))
        seen |= {truth.camera_id for truth in tick.cameras}
    assert seen == set(ids)


async def test_alarms_reach_only_those_who_may_list_them(control: Services, feed: Feed) -> None:
    await feed.messages([])
    for number, site in ((1, "site-a-000000000"), (2, SITE_B)):
        camera = await add_camera(control.db, number, site)
        with control.cameras.notices.subscribe(feed.wants) as news:
            control.cameras.notices.publish(TreeMoved())
            event = AlarmEvent(
                alarm_id=f"alarm-{number:08}",
                camera_id=camera,
                kind=AlarmKind.MOTION,
                phase=AlarmPhase.START,
                start_ms=1,
            )
            await control.alarms.apply(event)
            told = [message for message in await feed.messages(news.take()) if isinstance(message, AlarmMessage)]
        assert [message.alarm.camera_number for message in told] == ([1] if number == 1 else [])


async def test_jobs_are_told_to_their_owner_only(feed: Feed) -> None:
    await feed.messages([])
    mine = JobMoved("registration", "job-00000001", feed._account_id)
    assert feed.wants(mine)
    assert not feed.wants(JobMoved("registration", "job-00000002", "account-of-another"))
    assert await feed.messages([mine]) == [JobProgress(kind="registration", id="job-00000001")]


async def test_a_right_that_ends_takes_the_cameras_out_of_the_feed(
    control: Services, feed: Feed, ports: FakePorts, clock: FakeClock
) -> None:
    camera = await add_camera(control.db, 1)
    assert len(ticks(await feed.messages([]))[0].cameras) == 1
    async with control.db.transaction() as session:
        grant = (await session.exec(select(GrantRow).where(GrantRow.account_id == feed._account_id))).one()
        grant.valid_to_ms = clock()
        session.add(grant)
    clock.advance(s=5)
    changed, tick = await feed.messages([])
    assert isinstance(changed, TreeChanged)
    assert isinstance(tick, Tick)
    assert tick.cameras == []
    assert camera


async def test_an_ended_session_is_told_so_and_nothing_more(control: Services, feed: Feed, clock: FakeClock) -> None:
    await feed.messages([])
    clock.advance(minutes=16)
    notices: list[Notice] = [TreeMoved()]
    assert await feed.messages(notices) == [SignedOut(reason="expired")]


async def open_socket(browser: Browser) -> ClientWebSocketResponse:
    return await browser.client.ws_connect("/api/events")


async def receive_until(socket: ClientWebSocketResponse, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    async with asyncio.timeout(10):
        while True:
            message = await socket.receive_json()
            if wanted(message):
                return dict(message)


async def test_the_socket_speaks_when_something_changes(control: Services, officer: Browser) -> None:
    camera = await add_camera(control.db, 1)
    socket = await open_socket(officer)
    tick = await receive_until(socket, lambda message: message["type"] == "tick")
    assert [truth["camera_id"] for truth in tick["cameras"]] == [camera]
    await control.cameras.editing.change(camera, Edit(name="Khác"))
    await receive_until(socket, lambda message: message["type"] == "tree")
    await socket.close()


async def test_signing_out_closes_the_socket(officer: Browser, clock: FakeClock) -> None:
    socket = await open_socket(officer)
    await receive_until(socket, lambda message: message["type"] == "tick")
    await officer.send("DELETE", "/api/session")
    clock.advance(s=2)
    assert await receive_until(socket, lambda message: message["type"] == "signed_out")
    async with asyncio.timeout(10):
        assert (await socket.receive()).type is WSMsgType.CLOSE


async def test_the_end_of_the_process_closes_the_socket(control: Services, officer: Browser) -> None:
    socket = await open_socket(officer)
    await receive_until(socket, lambda message: message["type"] == "tick")
    control.cameras.notices.close()
    async with asyncio.timeout(10):
        assert (await socket.receive()).type is WSMsgType.CLOSE


async def test_a_reader_that_is_overrun_or_talks_is_sent_away(control: Services, officer: Browser) -> None:
    talker = await open_socket(officer)
    await talker.send_str("hello")
    overrun = await open_socket(officer)
    await receive_until(overrun, lambda message: message["type"] == "tick")
    for subscription in control.cameras.notices._subscriptions:
        subscription.overrun = True
    for socket in (talker, overrun):
        async with asyncio.timeout(10):
            while (message := await socket.receive()).type is WSMsgType.TEXT:
                pass
        assert message.type is WSMsgType.CLOSE


async def test_without_a_session_or_from_another_site_there_is_no_socket(browser: Browser, officer: Browser) -> None:
    with pytest.raises(WSServerHandshakeError) as caught:
        await open_socket(browser)
    assert caught.value.status == 401
    with pytest.raises(WSServerHandshakeError) as foreign:
        await officer.client.ws_connect("/api/events", headers={"Origin": "https://evil.example"})
    assert foreign.value.status == 403
    assert (await officer.get("/api/events")).status == 426
