"""The ONVIF half of a simulated province: cameras and encoders that can be found, asked and listened to, each at its own address.

How to use it, beside the media half::

    onvif = OnvifSimulator(devices, snapshot=media.snapshot)
    media.faults.listen(onvif.faults.follow)      # one command, both halves
    async with media, onvif:
        onvif.motion(17, moving=True)             # as `media.truth` tells; told to every pull point

`devices` are `OnvifDevice`s (`vms_onvif.simulate.device`); `onvif.faults.set([17], Fault.POWER_OFF)` begins a fault that only ONVIF
has. Devices listen at `device.address` on `OnvifAccess.port`; discovery at 239.255.255.250 and at each address on UDP port 3702.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import structlog

from vms_onvif.simulate.addresses import Service
from vms_onvif.simulate.device import OnvifDevice
from vms_onvif.simulate.discovery_socket import PORT, DiscoverySocket
from vms_onvif.simulate.faults import Fault, Faults
from vms_onvif.simulate.front import Snapshot
from vms_onvif.simulate.mount import Position
from vms_onvif.simulate.pull_points import Wait, wait
from vms_onvif.simulate.simulated import SimulatedDevice, Surroundings

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OnvifAccess:
    """How the devices are reached. Port 0 means any free one (tests); `discovery_port` None means no discovery.

    `interface` is the address of the interface on which probes to the multicast group are heard.
    """

    port: int = 8080
    discovery_port: int | None = PORT
    interface: str = "127.0.0.1"


class OnvifSimulator:
    """Serves its devices between `start` and `close` (or in `async with`); both must be called from the same task.

    `snapshot(number)` gives a JPEG, or raises KeyError. `wall_s` is UTC in seconds since 1970; `monotonic_s` runs pull points, locks
    and mounts; `wait` is how a pull waits.
    """

    def __init__(
        self,
        devices: Iterable[OnvifDevice],
        access: OnvifAccess | None = None,
        *,
        snapshot: Snapshot,
        wall_s: Callable[[], float] = time.time,
        monotonic_s: Callable[[], float] = time.monotonic,
        wait: Wait = wait,
    ) -> None:
        self.faults = Faults()
        self.faults.listen(self._on_fault)
        self._descriptions = tuple(devices)
        self._access = access or OnvifAccess()
        self._snapshot = snapshot
        self._wall_s = wall_s
        self._monotonic_s = monotonic_s
        self._wait = wait
        self._stack = AsyncExitStack()
        self._by_number: dict[int, SimulatedDevice] = {}
        self._discovery: DiscoverySocket | None = None

    async def start(self) -> None:
        """Listen on every device's address. Raises OSError when one cannot be bound (and listens on none then)."""
        try:
            await self._start()
        except OSError:
            await self.close()
            raise
        log.info("simulated ONVIF devices are there", devices=len(self._descriptions))

    async def _start(self) -> None:
        tasks = await self._stack.enter_async_context(asyncio.TaskGroup())
        around = Surroundings(
            faults=self.faults,
            tasks=tasks,
            snapshot=self._snapshot,
            wall_s=self._wall_s,
            monotonic_s=self._monotonic_s,
            wait=self._wait,
        )
        made = []
        for description in self._descriptions:
            device = SimulatedDevice(description, self._access.port, around)
            self._stack.callback(device.close)
            self._by_number.update(dict.fromkeys(description.numbers, device))
            made.append(device)
            device.open()
        if self._access.discovery_port is not None:
            self._discovery = DiscoverySocket(made, self._access.interface, self._access.discovery_port, around.fresh)
            self._stack.callback(self._discovery.close)
            self._discovery.open()

    async def close(self) -> None:
        """End all connections and stop listening."""
        await self._stack.aclose()
        self._by_number.clear()
        self._discovery = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def motion(self, number: int, *, moving: bool) -> None:
        """Motion before camera `number` began or ended. Raises KeyError for an unknown camera."""
        self._by_number[number].motion(number, moving=moving)

    def xaddr(self, number: int) -> str:
        """Where the device of this camera really is: its device service. Raises KeyError for an unknown camera."""
        device = self._by_number[number]
        return f"http://{device.device.address}:{device.port}{Service.DEVICE}"

    def position(self, number: int) -> Position:
        """Where the mount of this camera looks now. Raises KeyError for an unknown camera."""
        return self._by_number[number].position()

    def pull_points(self, number: int) -> int:
        """How many pull points the device of this camera has open. Raises KeyError for an unknown camera."""
        return len(self._by_number[number].pull_points)

    def unlock(self, number: int) -> None:
        """End the lock after wrong passwords. Raises KeyError for an unknown camera."""
        self._by_number[number].gate.unlock()

    @property
    def discovery_port(self) -> int | None:
        """The UDP port of discovery while it is open."""
        return None if self._discovery is None else self._discovery.port

    def _on_fault(self, number: int, fault: Fault, _value: float | None) -> None:
        device = self._by_number.get(number)
        if device is not None:
            device.on_fault(fault)
