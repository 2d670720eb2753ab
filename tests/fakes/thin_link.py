"""A link between a viewer and the relay that delays, loses and carries only so much: netem's rules in user space, on any kernel.

Every address of the viewer gets a socket of its own towards the relay. Each direction is a queue of bounded length in front of a wire
of a certain rate, then the delay; what is lost is lost at random, from a seed.
"""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Self

Address = tuple[str, int]


@dataclass(frozen=True)
class Link:
    """One way. `rate_bps` 0 is as fast as can be; `queue_bytes` is what waits for the wire at most."""

    delay_s: float = 0.0
    loss_share: float = 0.0
    rate_bps: int = 0
    queue_bytes: int = 64_000


@dataclass
class Way:
    link: Link
    chance: random.Random
    free_s: float = 0.0
    dropped: int = 0
    passed: int = 0
    longest_queue_s: float = 0.0

    def arrives_s(self, size_bytes: int, now_s: float) -> float | None:
        """When a datagram comes out at the other end; None when it is lost."""
        if self.chance.random() < self.link.loss_share:
            self.dropped += 1
            return None
        if self.link.rate_bps:
            waits_s = max(0.0, self.free_s - now_s)
            if waits_s * self.link.rate_bps / 8 > self.link.queue_bytes:
                self.dropped += 1
                return None
            self.longest_queue_s = max(self.longest_queue_s, waits_s)
            self.free_s = max(self.free_s, now_s) + (size_bytes + 28) * 8 / self.link.rate_bps
            now_s = self.free_s
        self.passed += 1
        return now_s + self.link.delay_s


@dataclass
class ThinLink:
    """Between viewers and the relay's port. Viewers are told `port` instead of the relay's."""

    relay_port: int
    down: Link
    up: Link
    seed: int = 1
    port: int = 0
    to_viewer: Way = field(init=False)
    to_relay: Way = field(init=False)

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        self.to_viewer, self.to_relay = Way(self.down, chance), Way(self.up, chance)
        self._far: dict[Address, asyncio.DatagramTransport] = {}

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        near, _ = await loop.create_datagram_endpoint(lambda: _Near(self), local_addr=("127.0.0.1", 0))
        self._near = near
        self.port = near.get_extra_info("sockname")[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._near.close()
        for transport in self._far.values():
            transport.close()

    def answer(self, sdp: str) -> str:
        """The relay's answer as it looks through this link."""
        return sdp.replace(f" {self.relay_port} typ host", f" {self.port} typ host")

    async def _from_viewer(self, data: bytes, viewer: Address) -> None:
        if viewer not in self._far:
            loop = asyncio.get_running_loop()
            self._far[viewer], _ = await loop.create_datagram_endpoint(
                lambda: _Far(self, viewer), remote_addr=("127.0.0.1", self.relay_port)
            )
        self._carry(self.to_relay, data, lambda: self._far[viewer].sendto(data))

    def _carry(self, way: Way, data: bytes, deliver) -> None:
        loop = asyncio.get_running_loop()
        arrives_s = way.arrives_s(len(data), loop.time())
        if arrives_s is not None:
            loop.call_at(arrives_s, lambda: None if self._near.is_closing() else deliver())

    def _from_relay(self, data: bytes, viewer: Address) -> None:
        self._carry(self.to_viewer, data, lambda: self._near.sendto(data, viewer))


class _Near(asyncio.DatagramProtocol):
    def __init__(self, link: ThinLink) -> None:
        self._link = link
        self._tasks: set[asyncio.Task[None]] = set()

    def datagram_received(self, data: bytes, addr: Address) -> None:
        task = asyncio.get_running_loop().create_task(self._link._from_viewer(data, addr))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Far(asyncio.DatagramProtocol):
    def __init__(self, link: ThinLink, viewer: Address) -> None:
        self._link = link
        self._viewer = viewer

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._link._from_relay(data, self._viewer)
