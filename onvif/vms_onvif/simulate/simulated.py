"""One simulated device standing at its address: its socket, its services, and what the faults do to it."""

import asyncio
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from vms_onvif.simulate import soap
from vms_onvif.simulate.addresses import Addresses, Service
from vms_onvif.simulate.clock import DeviceClock
from vms_onvif.simulate.connection import Connection
from vms_onvif.simulate.device import OnvifDevice
from vms_onvif.simulate.faults import Fault, Faults
from vms_onvif.simulate.front import Front, Snapshot
from vms_onvif.simulate.http import MOST_HEAD_BYTES, Head, Reply
from vms_onvif.simulate.listener import Listener
from vms_onvif.simulate.login import Gate
from vms_onvif.simulate.mount import Mount, Position
from vms_onvif.simulate.profiles import profiles
from vms_onvif.simulate.pull_points import PullPoints, Wait, wait
from vms_onvif.simulate.quirks import Quirk
from vms_onvif.simulate.services.device_service import DeviceService
from vms_onvif.simulate.services.event_service import FEW_SLOTS, SLOTS, EventService
from vms_onvif.simulate.services.media1 import Media1Service
from vms_onvif.simulate.services.media2 import Media2Service
from vms_onvif.simulate.services.ptz_service import PtzService
from vms_onvif.simulate.services.storage_services import StorageServices
from vms_onvif.simulate.services.table import Operations

log = structlog.get_logger(__name__)

_MOST_CONNECTIONS: Final = 32


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all devices of a province share. Times in seconds; `wall_s` is UTC since 1970."""

    faults: Faults
    tasks: asyncio.TaskGroup
    snapshot: Snapshot
    wall_s: Callable[[], float] = time.time
    monotonic_s: Callable[[], float] = time.monotonic
    wait: Wait = wait
    fresh: Callable[[], str] = field(default=lambda: secrets.token_hex(16))


class SimulatedDevice:
    """Listens from `open` to `close`. Raises OSError when its address cannot be bound."""

    def __init__(self, device: OnvifDevice, port: int, around: Surroundings) -> None:
        self.device = device
        self.mount = Mount()
        self._around = around
        self._listener = Listener(device.address, port, self._accepted)
        self._connections: dict[Connection, asyncio.Task[None]] = {}
        self._garbage = 0
        self._moving = dict.fromkeys(range(1, len(device.channels) + 1), False)
        self._speaking = asyncio.Event()
        self.addresses = Addresses(device, self.port)
        clock = DeviceClock(device.quirks, around.wall_s, lambda: self.fault(Fault.CLOCK_SKEW) or 0.0)
        self.gate = Gate(device.all_users, clock.utc_s, around.monotonic_s, around.fresh)
        slots = FEW_SLOTS if Quirk.FEW_PULL_POINTS in device.quirks else SLOTS
        self.pull_points = PullPoints(slots, around.monotonic_s, around.fresh)
        self._events = EventService(
            device,
            self.addresses,
            clock,
            points=self.pull_points,
            moving=lambda: dict(self._moving),
            wait=around.wait,
        )
        self._front = Front(
            device,
            self.gate,
            self._services(clock),
            events=self._events,
            snapshot=around.snapshot,
            refuses=lambda: self.fault(Fault.UNAUTHORIZED) is not None,
        )

    def _services(self, clock: DeviceClock) -> dict[str, tuple[str, Operations]]:
        device, addresses = self.device, self.addresses
        about = DeviceService(device, addresses, clock, self.port, self.reboot)
        made: dict[str, tuple[str, Operations]] = {
            Service.DEVICE: (soap.TDS, about.operations),
            Service.MEDIA: (soap.TRT, Media1Service(device, addresses).operations),
            Service.MEDIA2: (soap.TR2, Media2Service(device, addresses).operations),
            Service.EVENTS: (soap.TEV, self._events.operations),
        }
        if Quirk.ONLY_MEDIA2 in device.quirks:
            del made[Service.MEDIA]
        if device.ptz:
            ptz = PtzService(self.mount, profiles(device), clock, self._around.monotonic_s)
            made[Service.PTZ] = (soap.TPTZ, ptz.operations)
        if device.card:
            storage = StorageServices(device, addresses, clock, self._around.monotonic_s)
            made[Service.RECORDING] = (soap.TRC, storage.recording)
            made[Service.SEARCH] = (soap.TSE, storage.search)
            made[Service.REPLAY] = (soap.TRP, storage.replay)
        return made

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def dark(self) -> bool:
        return self.fault(Fault.POWER_OFF) is not None

    def open(self) -> None:
        self._listener.open()
        self._speaking.set()
        for fault in Fault:
            if self.fault(fault) is not None:
                self.on_fault(fault)

    def close(self) -> None:
        self._listener.close()
        for connection, task in self._connections.items():
            connection.abort()
            task.cancel()

    def reboot(self) -> None:
        """Subscriptions are lost and the lock after wrong passwords ends; the connection that asked gets its answer."""
        self.pull_points.clear()
        self.gate.unlock()

    def motion(self, number: int, *, moving: bool) -> None:
        """Motion before camera `number` begins or ends; told to all pull points when it is news."""
        if moving is False and Quirk.STUCK_MOTION in self.device.quirks:
            return
        for place, channel in enumerate(self.device.channels, start=1):
            if channel.number == number and self._moving[place] != moving:
                self._moving[place] = moving
                self._events.publish(place, moving=moving)

    def position(self) -> Position:
        return self.mount.position(self._around.monotonic_s())

    # --- what connections ask of their host

    @property
    def speaking(self) -> asyncio.Event:
        return self._speaking

    @property
    def hangs_up(self) -> bool:
        return Quirk.CLOSES_KEEP_ALIVE in self.device.quirks

    async def answer(self, head: Head, body: bytes) -> Reply:
        return await self._front.answer(head, body)

    def fault(self, fault: Fault) -> float | None:
        return self._around.faults.value(self.device.numbers, fault)

    def turn(self) -> int:
        self._garbage += 1
        return self._garbage - 1

    # --- connections

    def _accepted(self, accepted: socket.socket) -> None:
        if len(self._connections) >= _MOST_CONNECTIONS:
            accepted.close()
            return
        accepted.setblocking(False)  # noqa: FBT003 the socket's own signature
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._around.tasks.create_task(self._serve(accepted), name=f"onvif {self.device.address}")

    async def _serve(self, accepted: socket.socket) -> None:
        """One connection. What fails here fails alone: the task group is that of the whole province."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=MOST_HEAD_BYTES, loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        connection = None
        try:
            transport, _ = await loop.connect_accepted_socket(lambda: protocol, accepted)
            connection = Connection(self, reader, asyncio.StreamWriter(transport, protocol, reader, loop))
            task = asyncio.current_task()
            assert task is not None
            self._connections[connection] = task
            await connection.run()
        except OSError as error:
            log.debug("connection ended early", address=self.device.address, error=str(error))
        except Exception:
            log.exception("connection failed", address=self.device.address)
        finally:
            if connection is not None:
                del self._connections[connection]

    # --- faults

    def on_fault(self, fault: Fault) -> None:
        """A fault of one of its channels began, changed or ended: make it true at once."""
        silent = self.dark or self.fault(Fault.STALL) is not None
        self._speaking.clear() if silent else self._speaking.set()
        if fault is not Fault.POWER_OFF:
            return
        if self.dark:
            self._listener.go_dark()
            self.reboot()
        else:
            for connection in tuple(self._connections):
                connection.abort()  # a host that has started anew knows nothing of old connections
            self._listener.light_up()
