"""Faults on command: true at once, over when they are cleared, and nobody else's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

import aiohttp
import pytest
from lxml import etree

from fakes.onvif_rehearsal import JPEG, SOAP_TYPE, Rehearsal, device, envelope, path_of, rehearsal
from vms_onvif.simulate import garbage
from vms_onvif.simulate.addresses import Service
from vms_onvif.simulate.device import Login, OnvifChannel
from vms_onvif.simulate.faults import Fault, Faults, Garbage
from vms_onvif.simulate.province import OnvifAccess, OnvifSimulator
from vms_onvif.simulate.soap import TEV

SILENCE_S = 0.2
"""how long a test waits for what must not come"""
REQUEST = b"GET /onvif/device_service HTTP/1.1\r\nHost: x\r\n\r\n"


@asynccontextmanager
async def connected(at: Rehearsal) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(device().address, at.port())
    try:
        yield reader, writer
    finally:
        writer.close()


async def stays_silent(reader: asyncio.StreamReader) -> bool:
    try:
        async with asyncio.timeout(SILENCE_S):
            await reader.read(1)
    except TimeoutError:
        return True
    return False


async def ended(reader: asyncio.StreamReader) -> bool:
    try:
        return await reader.read() == b""
    except ConnectionResetError:
        return True


async def works(at: Rehearsal, number: int = 1) -> bool:
    return (await at.ask(Service.DEVICE, "GetDeviceInformation", number=number)).status == HTTPStatus.OK


async def test_without_power_there_is_no_answer_to_a_connect() -> None:
    async with rehearsal(device(), device(number=2), keeps_alive=False) as at:
        at.simulator.faults.set([1], Fault.POWER_OFF)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(SILENCE_S):
                await asyncio.open_connection(device().address, at.port())
        assert await works(at, 2)
        at.simulator.faults.clear([1])
        assert await works(at)


async def test_without_power_old_connections_fall_silent_and_end_when_it_returns() -> None:
    async with rehearsal() as at, connected(at) as (reader, writer):
        writer.write(REQUEST)
        await reader.readuntil(b"\r\n\r\n")
        at.simulator.faults.set([1], Fault.POWER_OFF)
        writer.write(REQUEST)
        assert await stays_silent(reader)
        at.simulator.faults.clear([1])
        assert await ended(reader)


async def test_a_power_cut_loses_the_pull_points() -> None:
    async with rehearsal(keeps_alive=False) as at:
        path = path_of(await at.subscribe())
        at.simulator.faults.set([1], Fault.POWER_OFF)
        at.simulator.faults.clear([1])
        assert (await at.pull(path)).subcode == "wsrf-rw:ResourceUnknownFault"


@pytest.mark.parametrize("fault", [Fault.POWER_OFF, Fault.STALL])
async def test_a_pull_that_waits_when_silence_falls_is_never_answered_and_harms_nobody(fault: Fault) -> None:
    async with rehearsal(device(), device(number=2), keeps_alive=False) as at:
        path = path_of(await at.subscribe())
        await at.pull(path)
        at.time.waiting.clear()
        pull = asyncio.create_task(at.pull(path))
        await at.time.waiting.wait()
        at.simulator.faults.set([1], fault)
        at.simulator.motion(1, moving=True)
        done, _ = await asyncio.wait([pull], timeout=SILENCE_S)
        assert not done
        at.simulator.faults.clear([1])
        with pytest.raises(aiohttp.ClientConnectionError):
            await pull
        assert await works(at)
        assert await works(at, 2)


async def test_a_client_that_leaves_in_the_middle_of_an_answer_harms_nobody() -> None:
    async with rehearsal(keeps_alive=False) as at:
        at.simulator.faults.set([1], Fault.GARBAGE, float(Garbage.HUGE_BODY))
        for _ in range(5):
            async with connected(at) as (reader, writer):
                writer.write(REQUEST)
                await reader.read(100)
                writer.transport.abort()
        at.simulator.faults.clear([1])
        assert await works(at)


async def test_a_stalled_device_takes_connections_and_answers_nothing() -> None:
    async with rehearsal(keeps_alive=False) as at:
        at.simulator.faults.set([1], Fault.STALL)
        async with connected(at) as (reader, writer):
            writer.write(REQUEST)
            assert await stays_silent(reader)
            at.simulator.faults.clear([1])
            assert await ended(reader)
        assert await works(at)


@pytest.mark.parametrize("fault", [Fault.POWER_OFF, Fault.STALL])
async def test_what_is_asked_of_a_silent_device_never_happens(fault: Fault) -> None:
    async with rehearsal(device(ptz=True)) as at, connected(at) as (reader, writer):
        writer.write(REQUEST)
        await reader.readuntil(b"\r\n\r\n")
        at.simulator.faults.set([1], fault)
        call = f'<q:CreatePullPointSubscription xmlns:q="{TEV}"/>'
        body = envelope(call, at.header()).encode()
        head = f"POST {Service.EVENTS} HTTP/1.1\r\nHost: x\r\nContent-Type: {SOAP_TYPE}\r\nContent-Length: {len(body)}"
        writer.write(head.encode() + b"\r\n\r\n" + body)
        assert await stays_silent(reader)
        assert at.simulator.pull_points(1) == 0


@pytest.mark.parametrize("login", Login)
async def test_unauthorized_refuses_every_login_and_tells_the_time(login: Login) -> None:
    async with rehearsal(device(login=login)) as at:
        at.simulator.faults.set([1], Fault.UNAUTHORIZED)
        refused = await at.ask(Service.DEVICE, "GetDeviceInformation")
        time = await at.ask(Service.DEVICE, "GetSystemDateAndTime", user=None)
        async with at.session.get(f"{at.base()}/snapshot/1") as picture:
            assert picture.status == HTTPStatus.UNAUTHORIZED
    assert (refused.status, time.status) == (HTTPStatus.UNAUTHORIZED, HTTPStatus.OK)


async def test_clock_skew_is_told_and_believed_by_the_seconds_given() -> None:
    async with rehearsal() as at:
        at.simulator.faults.set([1], Fault.CLOCK_SKEW, -3600.0)
        answer = await at.ask(Service.DEVICE, "GetSystemDateAndTime", user=None)
        assert answer.texts("Hour")[0] == "13"
        assert not await works(at)
        behind = await at.ask(Service.DEVICE, "GetDeviceInformation", ahead_s=-3600)
    assert behind.status == HTTPStatus.OK


async def test_dripping_sends_single_bytes_and_loses_none() -> None:
    async with rehearsal() as at, connected(at) as (reader, writer):
        at.simulator.faults.set([1], Fault.DRIP, 50.0)
        writer.write(REQUEST)
        assert await reader.read(4096) == b"H"
        assert len(await reader.read(4096)) <= 2
        at.simulator.faults.clear([1])
        rest = await reader.readuntil(b"\r\n\r\n")
        assert rest.endswith(b"Content-Length: 0\r\n\r\n")


async def received(at: Rehearsal, kind: Garbage) -> bytes:
    at.simulator.faults.set([1], Fault.GARBAGE, float(kind))
    async with connected(at) as (reader, writer):
        writer.write(REQUEST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        return await reader.read()


async def test_each_garbage_is_what_its_name_says() -> None:
    async with rehearsal(keeps_alive=False) as at:
        got = {kind: await received(at, kind) for kind in Garbage if kind is not Garbage.IN_TURN}
        at.simulator.faults.clear([1])
        assert await works(at)
    bodies = {kind: raw.partition(b"\r\n\r\n")[2] for kind, raw in got.items()}
    assert not got[Garbage.NOT_HTTP].startswith(b"HTTP")
    assert len(bodies[Garbage.HUGE_BODY]) == garbage.HUGE_BYTES
    assert b"Content-Length: 4096" in got[Garbage.SHORT_BODY]
    assert len(bodies[Garbage.SHORT_BODY]) < 4096
    assert bodies[Garbage.ENTITY_BOMB].count(b"<!ENTITY") == 10
    for kind in (Garbage.BROKEN_XML, Garbage.DEEP_XML):
        with pytest.raises(etree.XMLSyntaxError):
            etree.fromstring(bodies[kind])


async def test_garbage_comes_in_turn_unless_one_kind_is_asked_for() -> None:
    kinds = {garbage.chosen(float(Garbage.IN_TURN), turn) for turn in range(len(Garbage))}
    assert kinds == set(Garbage) - {Garbage.IN_TURN}
    assert garbage.chosen(float(Garbage.DEEP_XML), 0) is Garbage.DEEP_XML
    assert garbage.chosen(float("nan"), 0) is garbage.chosen(99.0, 0)


@pytest.mark.parametrize("value", [1e300, -1e300, float("nan"), float("inf")])
async def test_no_value_of_a_fault_breaks_a_device(value: float) -> None:
    async with rehearsal() as at:
        at.simulator.faults.set([1], Fault.CLOCK_SKEW, value)
        told = await at.ask(Service.DEVICE, "GetSystemDateAndTime", user=None)
    assert told.status == HTTPStatus.OK


async def test_an_encoder_has_the_faults_of_each_of_its_channels() -> None:
    encoder = device(channels=(OnvifChannel(1, device().channels[0].main), OnvifChannel(2, device().channels[0].main)))
    async with rehearsal(encoder) as at:
        at.simulator.faults.set([2], Fault.UNAUTHORIZED)
        assert not await works(at)
        at.simulator.faults.set([1], Fault.UNAUTHORIZED)
        at.simulator.faults.clear([2])
        assert not await works(at)
        at.simulator.faults.clear([1])
        assert await works(at)


async def test_a_fault_from_before_the_start_is_in_force() -> None:
    async def snapshot(number: int) -> bytes:
        return JPEG

    simulator = OnvifSimulator([device()], OnvifAccess(0, None), snapshot=snapshot)
    simulator.faults.set([1], Fault.STALL)
    async with simulator:
        reader, writer = await asyncio.open_connection(
            device().address, int(simulator.xaddr(1).split(":")[2].split("/")[0])
        )
        writer.write(REQUEST)
        assert await stays_silent(reader)
        writer.close()


async def test_an_address_that_cannot_be_bound_leaves_nothing_behind() -> None:
    async with rehearsal() as at:
        taken = OnvifAccess(at.port(), None)

        async def snapshot(number: int) -> bytes:
            return JPEG

        free = device(number=2)
        with pytest.raises(OSError, match="in use"):
            await OnvifSimulator([free, device()], taken, snapshot=snapshot).start()
        with pytest.raises(OSError, match=r"refused|Connect"):
            await asyncio.open_connection(free.address, taken.port)


def test_the_media_half_is_followed_where_onvif_has_the_fault() -> None:
    faults = Faults()
    for fault, value in (("power_off", 1.0), ("frozen", 1.0), ("garbage", 5.0), ("clock_skew", 30.0)):
        faults.follow(3, fault, value)
    assert faults.value([3], Fault.POWER_OFF) == 1
    assert faults.value([3], Fault.CLOCK_SKEW) == 30
    assert faults.value([3], Fault.GARBAGE) == Garbage.IN_TURN
    for fault in ("power_off", "clock_skew", "garbage", "frozen"):
        faults.follow(3, fault, None)
    assert [faults.value([3], fault) for fault in Fault] == [None] * len(Fault)


async def test_closing_ends_running_connections() -> None:
    async with rehearsal(keeps_alive=False) as at, connected(at) as (reader, writer):
        writer.write(REQUEST)
        await reader.readuntil(b"\r\n\r\n")
        await at.simulator.close()
        assert await ended(reader)
