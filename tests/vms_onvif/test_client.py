import asyncio
import logging
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from fakes.onvif_devices import LOGIN, onvif_device, simulated
from vms_onvif.calls import Calls
from vms_onvif.client import Client, ready
from vms_onvif.describe import Services
from vms_onvif.faults import FaultKind, OnvifFault
from vms_onvif.ptz import Ptz, Velocity
from vms_onvif.simulate.device import Login
from vms_onvif.simulate.faults import Fault
from vms_onvif.simulate.quirks import Quirk


async def test_a_keyframe_is_asked_for_through_media2_and_media1(client: Client) -> None:
    async with simulated(onvif_device(Quirk.SPACED_TOKENS)) as simulator:
        xaddr = simulator.xaddr(1)
        await client.synchronize(xaddr, LOGIN, "Profile 1 sub")
        await client.synchronize(xaddr, LOGIN, "Profile 1 sub", Services(media1="/onvif/media_service"))
        with pytest.raises(OnvifFault) as caught:
            await client.synchronize(xaddr, LOGIN, "no such profile")
        assert caught.value.kind is FaultKind.REFUSED
        with pytest.raises(OnvifFault) as caught:
            await client.synchronize(xaddr, LOGIN, "Profile 1 sub", Services())
        assert caught.value.kind is FaultKind.UNSUPPORTED


@pytest.mark.parametrize("login", list(Login))
async def test_a_mount_moves_stops_and_keeps_presets(client: Client, login: Login) -> None:
    now_s = [0.0]
    device = replace(onvif_device(login=login), ptz=True)
    async with simulated(device, monotonic_s=lambda: now_s[0]) as simulator:

        def work(calls: Calls, path: str) -> list[str]:
            services, _ = ready(calls, path)
            assert services.ptz is not None
            mount = Ptz(calls, services.ptz, "profile_1_main")
            mount.move(Velocity(pan=0.5, zoom=1.0), 10.0)
            now_s[0] += 1.0
            mount.stop()
            now_s[0] += 5.0
            token = mount.save("Cổng chính")
            names = [preset.name for preset in mount.presets()]
            mount.move(Velocity(tilt=-1.0), 2.0)
            now_s[0] += 5.0
            mount.go_to(token)
            now_s[0] += 60.0
            mount.remove(token)
            return names if mount.presets() == [] else []

        assert await client.on_device(simulator.xaddr(1), LOGIN, work) == ["Cổng chính"]
        at = simulator.position(1)
    assert (round(at.pan, 3), round(at.tilt, 3), round(at.zoom, 3)) == (0.2, 0.0, 0.4)


def test_a_velocity_outside_of_the_generic_space_is_refused() -> None:
    with pytest.raises(ValueError, match="between"):
        Velocity(pan=1.01)
    with pytest.raises(ValueError, match="between"):
        Velocity(zoom=float("nan"))


@pytest.mark.parametrize("xaddr", ["", "ftp://h/x", "http://", "http://u:p@127.0.0.1/x", "http://127.0.0.1:99999/"])
async def test_an_address_that_is_none_is_one_typed_fault(client: Client, xaddr: str) -> None:
    with pytest.raises(OnvifFault) as caught:
        await client.describe(xaddr, LOGIN)
    assert caught.value.kind is FaultKind.UNREACHABLE


async def test_cancelling_leaves_no_thread_at_work() -> None:
    client = Client(1, timeout_s=30.0)
    async with simulated(onvif_device(), onvif_device(number=2)) as simulator:
        simulator.faults.set([1], Fault.STALL)
        task = asyncio.create_task(client.describe(simulator.xaddr(1), LOGIN))
        while not simulator._by_number[1]._connections:  # noqa: ASYNC110 the simulator has no event for it
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        # The only thread is free again.
        async with asyncio.timeout(5):
            assert (await client.describe(simulator.xaddr(2), LOGIN)).manufacturer == "Vong"


async def test_devices_beyond_the_threads_wait_their_turn() -> None:
    client = Client(2)
    devices = [onvif_device(number=number) for number in range(1, 7)]
    threads: set[str] = set()

    def work(calls: Calls, path: str) -> str:
        threads.add(threading.current_thread().name)
        ready(calls, path)
        return calls.origin.host

    async with simulated(*devices) as simulator:
        hosts = await asyncio.gather(
            *(client.on_device(simulator.xaddr(device.number), LOGIN, work) for device in devices)
        )
    assert hosts == [device.address for device in devices]
    assert len(threads) == 2


async def test_waiting_behind_silent_devices_is_not_held_against_a_device(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(1, timeout_s=10.0)
    async with simulated(onvif_device(), onvif_device(number=2)) as simulator:
        await client.prepare(simulator.xaddr(2), LOGIN)  # so that parsing the WSDLs takes no time below
        monkeypatch.setattr("vms_onvif.client.DEVICE_TIMEOUT_S", 0.5)
        simulator.faults.set([1], Fault.STALL)
        silent = [asyncio.create_task(client.prepare(simulator.xaddr(1), LOGIN)) for _ in range(3)]
        await asyncio.sleep(0)
        services, _ = await client.prepare(simulator.xaddr(2), LOGIN)
        assert services.media2 is not None
        for task in silent:
            with pytest.raises(OnvifFault) as caught:
                await task
            assert caught.value.kind is FaultKind.UNREACHABLE


def test_the_password_is_in_no_repr_and_in_no_fault() -> None:
    assert LOGIN.password not in repr(LOGIN)


async def test_the_password_is_in_no_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with simulated(onvif_device(login=Login.TOKEN), onvif_device(number=2, login=Login.DIGEST)) as simulator:
        for number in (1, 2):
            await client.describe(simulator.xaddr(number), LOGIN)
            with pytest.raises(OnvifFault) as caught:
                await client.describe(simulator.xaddr(number), replace(LOGIN, username="nobody"))
            assert LOGIN.password not in repr(caught.value)
    assert LOGIN.password not in caplog.text


def test_importing_the_client_neither_imports_onvif_nor_touches_logging() -> None:
    program = (
        "import logging, sys\n"
        "import vms_onvif.client, vms_onvif.events, vms_onvif.discovery, vms.cameras.onvif_devices\n"
        "assert not {'onvif', 'zeep'} & set(sys.modules), 'imported too early'\n"
        "from vms_onvif.stubs import Service, Stubs\n"
        "Stubs()._client(Service.MEDIA2)\n"
        "import onvif\n"
        "assert onvif.__file__.endswith('onvif/__init__.py') and 'site-packages' in onvif.__file__\n"
        "assert logging.getLogger().handlers == [] and logging.getLogger().level == logging.WARNING\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
