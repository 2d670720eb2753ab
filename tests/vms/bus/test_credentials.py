"""Who gets the login of a camera, on a real nats-server with the permissions of the private bus."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from nats.errors import Error as NatsError

from fakes.bus import running_bus
from fakes.bus_parties import Control, Worker, control_on, until, worker_on
from streams.bus.ask import ask
from streams.bus.session import BusLost
from streams.types.bus import KV_VIEWS, SUBJECT_CREDENTIALS, CredentialsRequest, Lease, Refused
from streams.types.camera import Credentials
from vms.bus.credentials import CredentialsDesk

CAMERA = "camera-one"
LOGIN = Credentials(username="admin", password="hunter2")


@dataclass
class World:
    control: Control
    good: Worker
    other: Worker


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """`good` owns the camera and has its login."""

    async def lookup(camera_id: str) -> Credentials | None:
        return LOGIN if camera_id == CAMERA else None

    async with AsyncExitStack() as stack:
        private = await stack.enter_async_context(running_bus(tmp_path))
        control = await stack.enter_async_context(control_on(private))
        group = await stack.enter_async_context(asyncio.TaskGroup())
        good, other = [
            await stack.enter_async_context(worker_on(address, control)) for address in private.workers.values()
        ]
        bus = await control.bus()
        desk = group.create_task(CredentialsDesk(control.link, control.live, lookup, control.watch).duty(bus))
        await owns(control, good)
        assert await login(good) == LOGIN
        yield World(control, good, other)
        desk.cancel()


async def owns(control: Control, worker: Worker) -> None:
    await worker.take(CAMERA)
    mine = Lease(worker_id=worker.worker_id, incarnation=worker.incarnation)
    await until(lambda: control.link.leases.get(CAMERA) == mine)


async def login(worker: Worker, camera_id: str = CAMERA, name: str = "") -> Credentials:
    subject = SUBJECT_CREDENTIALS.format(worker_id=name or worker.worker_id)
    request = CredentialsRequest(camera_id=camera_id, incarnation=worker.incarnation)
    return await ask(worker.bus, subject, request, Credentials, timeout_s=1.0)


async def test_a_worker_gets_the_login_of_its_own_camera_only(world: World) -> None:
    with pytest.raises(Refused):
        await login(world.other)
    with pytest.raises(Refused):
        await login(world.good, "camera-two")


async def test_a_worker_cannot_ask_in_the_name_of_another(world: World) -> None:
    with pytest.raises(BusLost):
        await login(world.other, name=world.good.worker_id)


async def test_a_camera_taken_from_the_living_brings_no_login_and_is_given_back(world: World) -> None:
    await owns(world.control, world.other)
    with pytest.raises(Refused):
        await login(world.other)
    world.control.watch.now_s += 2.5
    with pytest.raises(Refused):
        await login(world.other)
    back = Lease(worker_id=world.good.worker_id, incarnation=world.good.incarnation)
    await until(lambda: world.control.link.leases.get(CAMERA) == back)
    assert await login(world.good) == LOGIN


async def test_nobody_can_say_in_the_name_of_the_holder_that_it_gave_the_camera_up(world: World) -> None:
    posing = Worker(world.good.worker_id, world.other.bus, seq=100)
    with pytest.raises((NatsError, TimeoutError)):
        await posing.beat(CAMERA)
    await owns(world.control, world.other)
    with pytest.raises(Refused):
        await login(world.other)


async def test_a_camera_that_its_holder_gave_up_goes_to_whoever_claims_it(world: World) -> None:
    await world.good.beat(CAMERA)
    await owns(world.control, world.other)
    await until(lambda: any(CAMERA in state.handed_over for state in world.control.live.alive()))
    assert await login(world.other) == LOGIN


async def test_the_camera_of_a_dead_worker_goes_to_whoever_claims_it(world: World) -> None:
    world.control.watch.now_s += 5
    seen = world.other.seq
    await world.other.beat()
    await until(lambda: world.control.live.names() == {world.other.worker_id})
    assert world.other.seq == seen + 1
    await owns(world.control, world.other)
    assert await login(world.other) == LOGIN


async def test_a_worker_that_started_anew_gets_the_logins_of_what_it_claims(world: World) -> None:
    world.good.incarnation = "second"
    await world.good.beat()
    await owns(world.control, world.good)
    assert await login(world.good) == LOGIN


async def test_a_question_without_an_address_for_the_answer_harms_nobody(world: World) -> None:
    await world.other.bus.client.publish(SUBJECT_CREDENTIALS.format(worker_id=world.other.worker_id), b"{}")
    await world.other.bus.client.flush()
    assert await login(world.good) == LOGIN


@pytest.mark.parametrize(
    "subject",
    [
        "_INBOX_w0.>",
        "_INBOX.>",
        ">",
        "control.>",
        "control.credentials.w0",
        "worker.w0.>",
        "worker.*.probe",
        f"$KV.{KV_VIEWS}.>",
        "event.>",
    ],
)
async def test_a_worker_hears_nothing_that_is_meant_for_others(world: World, subject: str) -> None:
    """Probes and replies hold logins of other workers' cameras."""
    heard: list[str] = []
    subscription = await world.other.bus.client.subscribe(subject)
    await world.other.bus.client.flush()
    await login(world.good)
    bus = await world.control.bus()
    for word in (
        "worker.w0.probe",
        "_INBOX_w0.x",
        f"$KV.{KV_VIEWS}.x",
        "control.credentials.w0",
        "event.alarm.camera01",
    ):
        await bus.client.publish(word, b"secret")
    await bus.client.flush()
    await world.other.bus.client.flush()
    heard += [subject] * subscription.pending_msgs
    assert heard == []


@pytest.mark.parametrize("call", ["STREAM.INFO.KV_views", "CONSUMER.CREATE.KV_views.x", "STREAM.MSG.GET.EVENTS", "STREAM.LIST", "STREAM.PURGE.KV_leases", "STREAM.DELETE.KV_desired"])  # fmt: skip
async def test_a_worker_reaches_no_other_bucket_or_stream(world: World, call: str) -> None:
    with pytest.raises((NatsError, TimeoutError)):
        await world.other.bus.client.request(f"$JS.API.{call}", b"{}", timeout=0.5)
