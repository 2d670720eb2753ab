"""One search: multicast on the interfaces, directed probes and HTTP to a list of addresses, all at the same time.

Probes are repeated, and what answered any of them is found: where the kernel grants no wide receive buffer, one round loses answers.
"""

import asyncio
import ipaddress
import socket
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final

import structlog

from vms_onvif.discovery import probes
from vms_onvif.discovery.ask import ask
from vms_onvif.discovery.matches import Found
from vms_onvif.discovery.replies import Replies
from vms_onvif.discovery.sockets import interface_addresses, multicast_sockets, unicast_socket, widen
from vms_onvif.faults import FaultKind, OnvifFault
from vms_onvif.link import http_session

_ROUNDS_S: Final = (0.0, 0.3, 0.9)
_NARROW_ROUNDS_S: Final = (*_ROUNDS_S, 1.3, 1.7, 2.1, 2.5)
_BURST: Final = 32
_PAUSE_S: Final = 0.01
_HEAD_START_S: Final = 1.2
"""WS-Discovery goes first: who answers it is not asked over HTTP."""
_CONNECTIONS: Final = 400
"""4096 silent addresses are done with in eleven seconds; a process usually has 1024 files."""
_CONNECT_S: Final = 1.0
_PROGRESS_S: Final = 0.25
_HTTP_PORT: Final = 80

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    probed: int
    to_probe: int
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """`timeout_s` is how long answers are waited for; a long list of silent addresses takes longer.

    `interfaces` are IPv4 addresses of ours to send multicast from; None means all.
    """

    multicast: bool = True
    addresses: Sequence[tuple[str, int | None]] = field(default=(), repr=False)
    interfaces: Sequence[str] | None = None
    timeout_s: float = 4.0
    udp_port: int = probes.PORT

    async def run(self, on_progress: Callable[[Progress], None]) -> list[Found]:
        """Search. Raises `OnvifFault(UNREACHABLE)` when no socket can be opened at all."""
        return await _Run(self, on_progress).run()


class _Run:
    def __init__(self, search: Search, on_progress: Callable[[Progress], None]) -> None:
        self._search = search
        self._on_progress = on_progress
        self._replies = Replies()
        self._done = 0
        self._wide = True

    async def run(self) -> list[Found]:
        with ExitStack() as stack:
            mine = self._multicast_sockets(stack)
            directed = self._directed_sockets(stack) if self._search.addresses else {}
            if self._search.multicast and not mine and not directed:
                raise OnvifFault(FaultKind.UNREACHABLE, "no network interface can be used")
            reporter = asyncio.create_task(self._report(), name="discovery progress")
            try:
                async with asyncio.TaskGroup() as group:
                    if self._search.multicast:
                        group.create_task(self._shout(mine), name="multicast probes")
                    if self._search.addresses:
                        group.create_task(self._visit(directed), name="directed probes")
            finally:
                reporter.cancel()
        self._tell()
        return list(self._replies.found.values())

    def _multicast_sockets(self, stack: ExitStack) -> list[socket.socket]:
        if not self._search.multicast:
            return []
        given = self._search.interfaces
        opened = multicast_sockets(interface_addresses() if given is None else given)
        for sock in opened:
            self._use(sock, stack)
        return opened

    def _directed_sockets(self, stack: ExitStack) -> dict[socket.AddressFamily, socket.socket]:
        opened: dict[socket.AddressFamily, socket.socket] = {}
        for family in (socket.AF_INET, socket.AF_INET6):
            try:
                opened[family] = unicast_socket(family)
            except OSError as error:
                log.info("no directed probes", family=family.name, reason=str(error))
                continue
            self._use(opened[family], stack)
        return opened

    def _use(self, sock: socket.socket, stack: ExitStack) -> None:
        stack.callback(sock.close)
        self._wide = widen(sock) and self._wide
        self._replies.listen(sock)
        stack.callback(self._replies.stop, sock)

    def _rounds_s(self) -> tuple[float, ...]:
        if self._wide:
            return _ROUNDS_S
        log.info("narrow receive buffer: probing more often", wanted_sysctl="net.core.rmem_max=4194304")
        return _NARROW_ROUNDS_S

    async def _shout(self, sockets: Sequence[socket.socket]) -> None:
        passed_s = 0.0
        for number, at_s in enumerate(self._rounds_s()):
            await asyncio.sleep(max(0.0, at_s - passed_s))
            passed_s = max(passed_s, at_s)
            for sock in sockets:
                self._send(sock, (probes.MULTICAST_V4, self._search.udp_port), number)
        await asyncio.sleep(max(0.0, self._search.timeout_s - passed_s))
        self._done += 1

    async def _visit(self, directed: dict[socket.AddressFamily, socket.socket]) -> None:
        targets = await self._resolved()
        hosts = list(dict.fromkeys(host for host, _ in targets))
        async with asyncio.TaskGroup() as group:
            group.create_task(self._probe_each(hosts, directed))
            waiting = iter(targets)
            await asyncio.sleep(min(_HEAD_START_S, self._search.timeout_s))
            async with http_session(_CONNECTIONS, connect_timeout_s=_CONNECT_S) as http:

                async def worker() -> None:
                    for host, port in waiting:
                        if not self._replies.heard(host, port):
                            device = await ask(http, host, port or _HTTP_PORT)
                            if device is not None:
                                self._replies.add(device)
                        self._done += 1

                async with asyncio.TaskGroup() as workers:
                    for _ in range(min(_CONNECTIONS, len(targets))):
                        workers.create_task(worker())

    async def _probe_each(self, hosts: Sequence[str], directed: dict[socket.AddressFamily, socket.socket]) -> None:
        for number in range(2):
            for index, host in enumerate(hosts):
                sock = directed.get(socket.AF_INET6 if ":" in host else socket.AF_INET)
                if sock is not None and not self._replies.heard(host, None):
                    self._send(sock, (host, self._search.udp_port), number)
                if index % _BURST == _BURST - 1:
                    await asyncio.sleep(_PAUSE_S)
            await asyncio.sleep(_HEAD_START_S / 2)

    async def _resolved(self) -> list[tuple[str, int | None]]:
        """The addresses as numbers: what answers to a name answers from a number. Names that nobody knows are done with."""
        resolved: dict[tuple[str, int | None], None] = {}
        for host, port in self._search.addresses:
            number = host if _is_number(host) else await self._look_up(host)
            if number is None or (number, port) in resolved:
                self._done += 1
            else:
                resolved[number, port] = None
        return list(resolved)

    async def _look_up(self, host: str) -> str | None:
        try:
            async with asyncio.timeout(self._search.timeout_s):
                found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_DGRAM)
        except (OSError, UnicodeError, TimeoutError):
            return None
        return str(found[0][4][0]) if found else None

    def _send(self, sock: socket.socket, address: tuple[str, int], number: int) -> None:
        message_id = str(uuid.uuid4())
        self._replies.asked.add(message_id)
        try:
            sock.sendto(probes.probe(message_id, probes.TYPES[number % len(probes.TYPES)]), address)
        except OSError as error:  # an interface that went down, a network without a route: the others still count
            log.debug("probe not sent", address=address[0], reason=str(error))

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(_PROGRESS_S)
            self._tell()

    def _tell(self) -> None:
        to_probe = len(self._search.addresses) + int(self._search.multicast)
        self._on_progress(Progress(self._done, to_probe, tuple(self._replies.found.values())))


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
