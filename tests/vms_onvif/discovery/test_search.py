import asyncio
import socket
import time
from dataclasses import replace
from typing import Any

import pytest

from fakes.onvif_devices import onvif_device, simulated
from vms_onvif.discovery import Found, Progress, Search
from vms_onvif.faults import FaultKind, OnvifFault
from vms_onvif.simulate.device import Login, OnvifDevice
from vms_onvif.simulate.faults import Fault
from vms_onvif.simulate.quirks import Quirk

LOOPBACK = ("127.0.0.1",)


async def search(port: int | None, **more: Any) -> tuple[list[Found], list[Progress]]:
    told: list[Progress] = []
    options = {"interfaces": LOOPBACK, "timeout_s": 1.2, "udp_port": port or 9, **more}
    return await Search(**options).run(told.append), told


async def found_by_multicast(*devices: OnvifDevice) -> dict[str, Found]:
    async with simulated(*devices, discovery=True) as simulator:
        found, _ = await search(simulator.discovery_port)
        for device in devices:
            assert {f.port for f in found if f.host == device.address} <= {_port(simulator.xaddr(device.number))}
    return {device.host: device for device in found}


def _port(xaddr: str) -> int:
    return int(xaddr.split(":")[2].partition("/")[0])


async def test_a_device_is_found_by_multicast_with_what_it_says_of_itself() -> None:
    device = onvif_device()
    (found,) = (await found_by_multicast(device)).values()
    assert (found.name, found.hardware, found.host) == ("Cổng 1", "VG-2026", device.address)
    assert found.location == "country/vietnam"
    assert found.endpoint == device.endpoint
    assert found.xaddr == f"http://{device.address}:{found.port}/onvif/device_service"


@pytest.mark.parametrize("quirk", [Quirk.SEVERAL_XADDRS, Quirk.ONLY_SOURCE_ADDRESS_WORKS])
async def test_quirk_07_of_several_addresses_the_one_that_answered_is_used(quirk: Quirk) -> None:
    device = onvif_device(quirk)
    async with simulated(device, discovery=True) as simulator:
        (found,), _ = await search(simulator.discovery_port)
        assert found.xaddr == simulator.xaddr(1)


async def test_quirk_08_a_device_that_ignores_line_breaks_answers_us() -> None:
    assert len(await found_by_multicast(onvif_device(Quirk.IGNORES_LINE_BREAKS))) == 1


async def test_quirk_18_devices_with_the_same_endpoint_are_two() -> None:
    devices = [onvif_device(Quirk.DUPLICATE_SERIAL, number=number) for number in (1, 2)]
    found = await found_by_multicast(*devices)
    assert set(found) == {device.address for device in devices}
    assert len({device.endpoint for device in found.values()}) == 1


async def test_quirk_19_a_hostile_name_is_cut_and_carried() -> None:
    (found,) = (await found_by_multicast(onvif_device(Quirk.HOSTILE_NAMES))).values()
    assert found.name.startswith("<script>")
    assert len(found.name) <= 600


async def test_a_directed_probe_finds_what_multicast_does_not_reach() -> None:
    async with simulated(onvif_device(), onvif_device(number=2), discovery=True) as simulator:
        addresses = [("127.77.0.3", None), ("127.77.9.9", None)]
        found, told = await search(simulator.discovery_port, multicast=False, addresses=addresses)
    assert [device.host for device in found] == ["127.77.0.3"]
    assert found[0].name == "Cổng 2"
    assert (told[-1].probed, told[-1].to_probe) == (2, 2)


@pytest.mark.parametrize(
    "device",
    [
        onvif_device(),
        onvif_device(login=Login.TOKEN),
        onvif_device(Quirk.TIME_NEEDS_PASSWORD, login=Login.TOKEN),
        onvif_device(Quirk.TIME_NEEDS_PASSWORD, Quirk.DIGEST_ONLY),
        onvif_device(Quirk.NO_UTC_TIME, Quirk.UNDECLARED_PREFIXES),
    ],
    ids=lambda device: "+".join([device.login, *sorted(device.quirks)]),
)
async def test_a_device_without_discovery_is_found_by_asking_it_over_http(device: OnvifDevice) -> None:
    async with simulated(device) as simulator:
        port = _port(simulator.xaddr(1))
        found, _ = await search(None, multicast=False, addresses=[(device.address, port)])
        gate = simulator._by_number[1].gate
        assert gate._wrong == 0
    assert found == [Found(device.address, port, f"http://{device.address}:{port}/onvif/device_service")]


@pytest.mark.parametrize("fault", [Fault.POWER_OFF, Fault.STALL, Fault.GARBAGE, Fault.DRIP])
async def test_what_does_not_speak_onvif_is_not_found_and_holds_nobody_up(fault: Fault) -> None:
    device = onvif_device()
    async with simulated(device, onvif_device(number=2)) as simulator:
        simulator.faults.set([1], fault)
        addresses = [(f"127.77.0.{tail}", _port(simulator.xaddr(number))) for number, tail in ((1, 2), (2, 3))]
        began_s = time.monotonic()
        found, _ = await search(None, multicast=False, addresses=addresses, timeout_s=0.3)
    assert [device.host for device in found] == ["127.77.0.3"]
    assert time.monotonic() - began_s < 5.0


async def test_a_web_server_that_is_no_device_is_not_found() -> None:
    async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\nConnection: close\r\n\r\n<html")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(page, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        found, told = await search(None, multicast=False, addresses=[("127.0.0.1", port)], timeout_s=0.1)
    assert found == []
    assert told[-1] == Progress(1, 1, ())


async def test_a_name_that_nobody_knows_is_done_with() -> None:
    found, told = await search(None, multicast=False, addresses=[("no-such-host.invalid", 80)], timeout_s=0.1)
    assert (found, told[-1].probed) == ([], 1)


async def test_without_any_interface_there_is_one_typed_fault() -> None:
    with pytest.raises(OnvifFault) as caught:
        await search(None, interfaces=("192.0.2.1",))
    assert caught.value.kind is FaultKind.UNREACHABLE


async def test_progress_grows_and_ends_complete() -> None:
    async with simulated(onvif_device(), discovery=True) as simulator:
        _, told = await search(simulator.discovery_port, addresses=[("127.77.0.2", _port(simulator.xaddr(1)))])
    assert [p.probed for p in told] == sorted(p.probed for p in told)
    assert (told[-1].probed, told[-1].to_probe, len(told[-1].found)) == (2, 2, 1)


async def test_a_flood_from_one_host_does_not_hide_the_others() -> None:
    """A hostile host answers a thousand times, with a thousand addresses."""
    async with simulated(onvif_device(), discovery=True) as simulator:
        flooder = asyncio.create_task(_flood(simulator.discovery_port or 0))
        found, _ = await search(simulator.discovery_port)
        assert not flooder.done()
        flooder.cancel()
    assert "127.77.0.2" in {device.host for device in found}
    assert 0 < sum(device.host == "127.0.0.1" for device in found) < 100


async def _flood(port: int) -> None:
    """Listens in on the group as a host in the same network can, and answers each probe with many lies."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.settimeout(0)
    sock.bind(("239.255.255.250", port))
    group = socket.inet_aton("239.255.255.250") + socket.inet_aton("127.0.0.1")
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
    loop = asyncio.get_running_loop()
    with sock:
        while True:
            _, asker = await loop.sock_recvfrom(sock, 65_535)
            for number in range(1000):
                lie = (
                    "<E><Body><ProbeMatches><ProbeMatch><Types>dn:NetworkVideoTransmitter</Types>"
                    f"<XAddrs>http://10.0.0.1:{number + 1}/</XAddrs></ProbeMatch></ProbeMatches></Body></E>"
                )
                await loop.sock_sendto(sock, lie.encode(), asker)


async def test_240_devices_that_answer_all_at_once_are_all_found_in_ten_seconds() -> None:
    devices = [replace(onvif_device(), number=n, address=f"127.78.{n // 200}.{n % 200 + 1}") for n in range(240)]
    async with simulated(*devices, discovery=True) as simulator:
        began_s, began_cpu_s = time.monotonic(), time.process_time()
        found, _ = await search(simulator.discovery_port, timeout_s=3.0)
        took_s, cpu_s = time.monotonic() - began_s, time.process_time() - began_cpu_s
    assert len(found) == 240
    assert took_s < 10.0
    assert cpu_s < 5.0  # with the devices' own part, which runs in this process too
