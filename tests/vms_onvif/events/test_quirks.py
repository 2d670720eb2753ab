"""The habits that concern events, each against a simulated device that has it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from fakes.onvif_devices import LOGIN, WRONG, onvif_device, recorder, simulated
from vms_onvif.client import Client
from vms_onvif.events import Motion, MotionEvents, Sources
from vms_onvif.faults import FaultKind, OnvifFault
from vms_onvif.login import Login as DeviceLogin
from vms_onvif.simulate.device import Login, OnvifDevice
from vms_onvif.simulate.faults import Fault
from vms_onvif.simulate.province import OnvifSimulator
from vms_onvif.simulate.quirks import Quirk

SOURCES = Sources({"vs_1": "vs_1", "vsc_1": "vs_1"})


class Ears:
    """Runs `run_once` and keeps what it tells."""

    def __init__(
        self, client: Client, simulator: OnvifSimulator, number: int, login: DeviceLogin, **more: object
    ) -> None:
        self.told: asyncio.Queue[Motion] = asyncio.Queue()
        options = {"sources": SOURCES, **more}
        self.events = MotionEvents(client, simulator.xaddr(number), login, self.told.put_nowait, **options)  # type: ignore[arg-type]

    async def next(self) -> Motion:
        async with asyncio.timeout(5):
            return await self.told.get()


@asynccontextmanager
async def listening(
    client: Client, device: OnvifDevice, login: DeviceLogin = LOGIN, **more: object
) -> AsyncIterator[tuple[OnvifSimulator, Ears]]:
    async with simulated(device) as simulator:
        ears = Ears(client, simulator, device.number, login, **more)
        task = asyncio.create_task(ears.events.run_once())
        try:
            await until(lambda: simulator.pull_points(device.number) == 1 or task.done())
            yield simulator, ears
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 the simulator has no event for what is waited for here
            await asyncio.sleep(0.005)


async def heard_and_given_back(client: Client, login: Login, *quirks: Quirk) -> None:
    """Begin and end of motion are heard, and the pull point is given back when the listener is cancelled."""
    async with simulated(onvif_device(*quirks, login=login)) as simulator:
        ears = Ears(client, simulator, 1, LOGIN)
        task = asyncio.create_task(ears.events.run_once())
        await until(lambda: simulator.pull_points(1) == 1 or task.done())
        for moving in (True, False):
            simulator.motion(1, moving=moving)
            assert await ears.next() == Motion("vs_1", moving=moving)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert simulator.pull_points(1) == 0


any_login = pytest.mark.parametrize("login", list(Login))


@any_login
async def test_motion_is_heard_and_the_pull_point_given_back(client: Client, login: Login) -> None:
    await heard_and_given_back(client, login)


async def test_quirk_03_events_are_heard_from_a_device_that_takes_only_digest(client: Client) -> None:
    await heard_and_given_back(client, Login.BOTH, Quirk.DIGEST_ONLY)


@any_login
async def test_quirk_05_a_pull_point_is_asked_at_the_host_that_answered(client: Client, login: Login) -> None:
    await heard_and_given_back(client, login, Quirk.WRONG_XADDR)


@any_login
async def test_quirk_09_a_subscription_with_undeclared_prefixes_is_understood(client: Client, login: Login) -> None:
    await heard_and_given_back(client, login, Quirk.UNDECLARED_PREFIXES)


async def test_quirk_10_a_topic_in_another_dress_is_recognised(client: Client) -> None:
    await heard_and_given_back(client, Login.BOTH, Quirk.TOPIC_VARIANT)


@any_login
async def test_quirk_11_reference_parameters_come_back_as_headers(client: Client, login: Login) -> None:
    await heard_and_given_back(client, login, Quirk.REFERENCE_PARAMETERS)


@any_login
async def test_quirk_12_requests_to_a_pull_point_carry_action_and_to(client: Client, login: Login) -> None:
    await heard_and_given_back(client, login, Quirk.NEEDS_ADDRESSING)


@any_login
async def test_quirk_14_events_go_on_over_connections_that_close_without_notice(client: Client, login: Login) -> None:
    await heard_and_given_back(client, login, Quirk.CLOSES_KEEP_ALIVE)


@pytest.mark.parametrize("quirk", [Quirk.RENEWS_IN_SECONDS, Quirk.DENIES_PULL_POINTS, Quirk.URN_SUBSCRIPTION])
async def test_quirk_16_odd_pull_points_work(client: Client, quirk: Quirk) -> None:
    await heard_and_given_back(client, Login.BOTH, quirk)


@pytest.mark.parametrize("quirk", [Quirk.MOTION_ALARM_TOPIC, Quirk.EMPTY_NO_MOTION])
async def test_quirk_17_motion_is_understood_as_makers_say_it(client: Client, quirk: Quirk) -> None:
    await heard_and_given_back(client, Login.BOTH, quirk)


async def test_quirk_01_events_are_signed_with_the_devices_clock(client: Client) -> None:
    async with listening(client, onvif_device(Quirk.CLOCK_MONTHS_OFF, login=Login.TOKEN)) as (simulator, ears):
        simulator.motion(1, moving=True)
        assert (await ears.next()).moving


async def test_quirk_13_a_dropped_pull_is_asked_again_at_the_same_pull_point(client: Client) -> None:
    """The pull asks for longer than this device stands, which hangs up as if its time were over."""
    dropped = asyncio.Event()

    async def hasty(event: asyncio.Event, timeout_s: float) -> None:
        if not dropped.is_set():
            dropped.set()
            return
        await event.wait()

    device = onvif_device(Quirk.DROPS_LONG_PULLS)
    async with simulated(device, wait=hasty) as simulator:
        ears = Ears(client, simulator, 1, LOGIN, pull_s=30)
        point = simulator._by_number[1].pull_points
        task = asyncio.create_task(ears.events.run_once())
        await until(lambda: len(point) == 1)
        (key,) = point._open
        await dropped.wait()
        simulator.motion(1, moving=True)
        assert (await ears.next()).moving
        assert list(point._open) == [key]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_quirk_15_too_many_pull_points_is_a_fault_of_its_own_that_passes(client: Client) -> None:
    device = onvif_device(Quirk.FEW_PULL_POINTS)
    async with simulated(device) as simulator:
        points = simulator._by_number[1].pull_points
        others = [points.create(60, lambda topic: False) for _ in range(4)]
        ears = Ears(client, simulator, 1, LOGIN)
        with pytest.raises(OnvifFault) as caught:
            await ears.events.run_once()
        assert caught.value.kind is FaultKind.FULL
        points.remove(others[0])
        task = asyncio.create_task(ears.events.run_once())
        await until(lambda: len(points) == 4)
        simulator.motion(1, moving=True)
        assert (await ears.next()).moving
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert len(points) == 3


async def test_quirk_15_a_pull_point_is_used_again_after_the_connection_was_lost(client: Client) -> None:
    hasty = Client(1, timeout_s=0.5)
    async with simulated(onvif_device()) as simulator:
        ears = Ears(hasty, simulator, 1, LOGIN, pull_s=1, timeout_s=0.5)
        task = asyncio.create_task(ears.events.run_once())
        points = simulator._by_number[1].pull_points
        await until(lambda: len(points) == 1)
        (key,) = points._open
        kept = points.find(key)
        simulator.faults.set([1], Fault.STALL)
        for connection in list(simulator._by_number[1]._connections):
            connection.abort()
        with pytest.raises(OnvifFault) as caught:
            async with asyncio.timeout(60):
                await asyncio.shield(asyncio.gather(task))
        assert caught.value.kind is FaultKind.UNREACHABLE
        simulator.faults.clear([1])
        task = asyncio.create_task(ears.events.run_once())
        simulator.motion(1, moving=True)
        assert (await ears.next()).moving
        assert points.find(key) is kept
        assert len(points) == 1
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert len(points) == 0


async def test_quirk_16_a_pull_point_is_renewed_at_80_percent_of_its_time_and_not_before(client: Client) -> None:
    now_s = [1000.0]
    device = onvif_device(Quirk.RENEWS_IN_SECONDS)
    async with simulated(device, monotonic_s=lambda: now_s[0]) as simulator:
        ears = Ears(client, simulator, 1, LOGIN, monotonic_s=lambda: now_s[0])
        task = asyncio.create_task(ears.events.run_once())
        await until(lambda: simulator.pull_points(1) == 1)
        (point,) = simulator._by_number[1].pull_points._open.values()
        began_s = point.ends_s
        for step_s, moving in ((470.0, True), (20.0, False)):
            now_s[0] += step_s
            simulator.motion(1, moving=moving)
            assert (await ears.next()).moving is moving
            if step_s == 470.0:
                assert point.ends_s == began_s
        await until(lambda: point.ends_s > began_s)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_quirk_16_a_reboot_loses_the_pull_point_and_a_new_one_is_made(client: Client) -> None:
    async with simulated(onvif_device()) as simulator:
        ears = Ears(client, simulator, 1, LOGIN)
        task = asyncio.create_task(ears.events.run_once())
        await until(lambda: simulator.pull_points(1) == 1)
        simulator._by_number[1].reboot()
        with pytest.raises(OnvifFault) as caught:
            await task
        assert caught.value.kind is FaultKind.GONE
        task = asyncio.create_task(ears.events.run_once())
        await until(lambda: simulator.pull_points(1) == 1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_quirk_16_a_device_that_only_claims_pull_points_is_left_alone(client: Client) -> None:
    async with simulated(onvif_device(Quirk.CLAIMS_PULL_POINTS)) as simulator:
        with pytest.raises(OnvifFault) as caught:
            await Ears(client, simulator, 1, LOGIN).events.run_once()
    assert caught.value.kind is FaultKind.UNSUPPORTED


async def test_quirk_17_motion_that_sticks_on_true_ends_by_itself(client: Client) -> None:
    now_s = [0.0]
    device = onvif_device(Quirk.STUCK_MOTION)
    async with listening(client, device, monotonic_s=lambda: now_s[0], pull_s=1) as (simulator, ears):
        simulator.motion(1, moving=True)
        assert (await ears.next()).moving
        simulator.motion(1, moving=False)
        now_s[0] += 200.0
        assert await ears.next() == Motion("vs_1", moving=False)


async def test_quirk_18_a_recorder_tells_which_channel_moves(client: Client) -> None:
    device = recorder(3)
    sources = Sources({f"vsc_{place}": f"vs_{place}" for place in (1, 2, 3)})
    async with listening(client, device, sources=sources) as (simulator, ears):
        simulator.motion(102, moving=True)
        assert await ears.next() == Motion("vs_3", moving=True)


async def test_quirk_20_events_with_a_wrong_password_are_asked_for_once(client: Client) -> None:
    async with simulated(onvif_device(login=Login.DIGEST)) as simulator:
        ears = Ears(client, simulator, 1, WRONG)
        for _ in range(10):
            with pytest.raises(OnvifFault) as caught:
                await ears.events.run_once()
            assert caught.value.kind is FaultKind.AUTHENTICATION
        assert simulator._by_number[1].gate._wrong == 1
        assert not simulator._by_number[1].gate.locked


async def test_quirk_01_a_clock_that_jumps_is_read_again_and_the_pull_point_kept(client: Client) -> None:
    async with simulated(onvif_device(login=Login.TOKEN)) as simulator:
        ears = Ears(client, simulator, 1, LOGIN)
        task = asyncio.create_task(ears.events.run_once())
        await until(lambda: simulator.pull_points(1) == 1)
        simulator.motion(1, moving=True)
        assert (await ears.next()).moving
        simulator.faults.set([1], Fault.CLOCK_SKEW, 3600)
        simulator.motion(1, moving=False)  # ends the pull that waits; the next one is refused
        with pytest.raises(OnvifFault) as caught:
            await task
        assert caught.value.kind is FaultKind.AUTHENTICATION
        assert not (await ears.next()).moving
        task = asyncio.create_task(ears.events.run_once())
        simulator.motion(1, moving=True)
        assert (await ears.next()).moving
        assert simulator.pull_points(1) == 1
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert simulator.pull_points(1) == 0


@any_login
async def test_quirk_20_a_password_that_was_changed_is_tried_twice_and_never_again(
    client: Client, login: Login
) -> None:
    async with simulated(onvif_device(login=login)) as simulator:
        gate = simulator._by_number[1].gate
        ears = Ears(client, simulator, 1, LOGIN)
        task = asyncio.create_task(ears.events.run_once())
        await until(lambda: simulator.pull_points(1) == 1)
        simulator.motion(1, moving=True)
        assert (await ears.next()).moving
        gate._passwords[LOGIN.username] = "another"
        simulator.motion(1, moving=False)
        for session in (task, *(ears.events.run_once() for _ in range(5))):
            with pytest.raises(OnvifFault) as caught:
                await session
            assert caught.value.kind is FaultKind.AUTHENTICATION
        # A digest is answered once more when its nonce is new: that is how a nonce that became old looks, too.
        assert gate._wrong <= 3
        assert not gate.locked


async def test_what_moved_is_not_known_to_move_when_the_device_is_lost(client: Client) -> None:
    async with simulated(onvif_device()) as simulator:
        ears = Ears(client, simulator, 1, LOGIN)
        task = asyncio.create_task(ears.events.run_once())
        await until(lambda: simulator.pull_points(1) == 1)
        simulator.motion(1, moving=True)
        assert (await ears.next()).moving
        simulator._by_number[1].reboot()
        assert await ears.next() == Motion("vs_1", moving=False)
        await asyncio.gather(task, return_exceptions=True)


async def test_close_gives_back_what_a_lost_session_kept(client: Client) -> None:
    async with simulated(onvif_device()) as simulator:
        ears = Ears(client, simulator, 1, LOGIN, pull_s=1, timeout_s=0.5)
        task = asyncio.create_task(ears.events.run_once())
        await until(lambda: simulator.pull_points(1) == 1)
        simulator.faults.set([1], Fault.POWER_OFF)
        with pytest.raises(OnvifFault):
            await task
        simulator.faults.clear([1])
        await ears.events.close()
        assert simulator.pull_points(1) == 0
