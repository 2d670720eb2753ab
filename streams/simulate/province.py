"""The media half of a simulated province: RTSP cameras and encoders, each at its own address.

`vms.cli` composes it with the ONVIF half, which asks it for snapshots and follows its faults.
"""

import asyncio
import random
import time
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import structlog

from streams.rtsp.gate import Gate, Scheme
from streams.simulate.audio import make_loop
from streams.simulate.device import MediaChannel, MediaDevice, SimulatedDevice, Surroundings
from streams.simulate.faults import Fault, Faults
from streams.simulate.loops import Loops
from streams.simulate.pacing import Pacer
from streams.simulate.picture import jpeg
from streams.simulate.timeline import Truth, truth
from streams.types.media import Codec, StreamKind

log = structlog.get_logger(__name__)

_LOOK_AFTER_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class RtspAccess:
    """How the devices are reached and what they ask for."""

    username: str
    password: str = field(repr=False)
    scheme: Scheme = Scheme.DIGEST
    port: int = 8554


class MediaSimulator:
    """Serves its devices between `start` and `close` (or in `async with`); both must be called from the same task.

    `clock_ns` is UTC in nanoseconds: capture times, strips and sender reports follow it.
    """

    def __init__(
        self,
        devices: Iterable[MediaDevice],
        access: RtspAccess,
        cache: Path,
        *,
        clock_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self.faults = Faults()
        self._descriptions = tuple(devices)
        self._access = access
        self._loops = Loops(cache)
        self._clock_ns = clock_ns
        self._devices: list[SimulatedDevice] = []
        self._by_number: dict[int, SimulatedDevice] = {}
        self._stack = AsyncExitStack()
        self._upkeep: asyncio.Task[None] | None = None
        self._all_ready = asyncio.Event()

    async def start(self) -> None:
        """Listen on every device's address. Raises OSError when one cannot be bound (and listens on none then).

        Loops that are not in the cache are made in the background, sub streams first; DESCRIBE waits for its own.
        """
        tasks = await self._stack.enter_async_context(asyncio.TaskGroup())
        around = Surroundings(
            loops=self._loops,
            pacer=Pacer(self._clock_ns),
            faults=self.faults,
            tasks=tasks,
            clock_ns=self._clock_ns,
            sounds={codec: make_loop(codec) for codec in (Codec.AAC, Codec.PCMA)},
            gate=self._gate,
            rng=random.Random(),  # noqa: S311 session numbers of a simulation
        )
        self._stack.callback(around.pacer.close)
        for description in self._descriptions:
            try:
                device = SimulatedDevice(description, self._access.port, around)
            except OSError:
                await self.close()
                raise
            self._stack.callback(device.close)
            device.open()
            self._devices.append(device)
            self._by_number.update(dict.fromkeys(device.numbers, device))
        self.faults.listen(self._on_fault)
        self._upkeep = tasks.create_task(self._look_after(), name="simulator upkeep")

    async def loops_ready(self) -> None:
        """Until every loop is made: from then on nothing is drawn beside the streams."""
        await self._all_ready.wait()

    async def close(self) -> None:
        """End all connections and stop listening."""
        if self._upkeep is not None:
            self._upkeep.cancel()
        await self._stack.aclose()
        self._devices.clear()
        self._by_number.clear()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def snapshot(self, number: int, kind: StreamKind = StreamKind.SUB) -> bytes:
        """A JPEG of the newest keyframe of camera `number`. Raises KeyError for an unknown camera or stream."""
        device = self._by_number[number]
        offer = await device.stream(self._channel(number), kind)
        if offer is None:
            raise KeyError(kind)
        stream = offer.pictures
        key = stream.first_of_burst(device.newest(stream))
        payloads = stream.payloads(stream.content.at(key))
        return await asyncio.to_thread(jpeg, offer.weave.codec, payloads)

    def truth(self, number: int, interval_ms: tuple[int, int], kind: StreamKind = StreamKind.SUB) -> list[Truth]:
        """Who crossed before camera `number` in a UTC interval (ms), as its stream `kind` shows it. Raises KeyError."""
        spec = self._channel(number).spec(kind)
        if spec is None:
            raise KeyError(kind)
        return truth(spec, number, self._by_number[number].description.activity_percent, interval_ms)

    def rtsp_url(self, number: int, kind: StreamKind) -> str:
        """Where camera `number` serves this stream, without credentials. Raises KeyError for an unknown camera."""
        device = self._by_number[number]
        channels = device.description.channels
        path = f"ch{device.numbers.index(number) + 1}/{kind}" if len(channels) > 1 else str(kind)
        return f"rtsp://{device.description.address}:{device.port}/{path}"

    def _channel(self, number: int) -> MediaChannel:
        device = self._by_number[number]
        return device.description.channels[device.numbers.index(number)]

    def _gate(self, nonce: str) -> Gate:
        return Gate(self._access.username, self._access.password, self._access.scheme, nonce)

    def _on_fault(self, number: int, fault: Fault, value: float | None) -> None:
        device = self._by_number.get(number)
        if device is not None:
            device.on_fault(number, fault, value)

    async def _look_after(self) -> None:
        channels = [channel for description in self._descriptions for channel in description.channels]
        specs = [spec for kind in (StreamKind.SUB, StreamKind.MAIN) for c in channels if (spec := c.spec(kind))]
        for spec in dict.fromkeys(specs):
            await self._loops.ready(spec)
        self._all_ready.set()
        log.info("all loops are ready", loops=len(dict.fromkeys(specs)))
        while True:
            await asyncio.sleep(_LOOK_AFTER_S)
            for device in self._devices:
                device.look_after()
