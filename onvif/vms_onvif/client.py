"""Asks devices: what a process has one of. zeep works on at most `parallel` threads; the event loop carries what it writes.

Client ── describe / synchronize / on_device ──▶ thread: Calls ─▶ Stubs (zeep) ─▶ event loop: Link ─▶ device
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Final, TypeVar

from vms_onvif.calls import Calls, ThreadCalls
from vms_onvif.clock import read_clock
from vms_onvif.describe import Description, Services, describe, find_services
from vms_onvif.faults import FaultKind, OnvifFault
from vms_onvif.link import OPERATION_TIMEOUT_S, Link, http_session
from vms_onvif.login import Login
from vms_onvif.media import Media
from vms_onvif.origin import origin_of
from vms_onvif.storage import Storage, holding
from vms_onvif.stubs import Stubs

DEVICE_TIMEOUT_S: Final = 60.0
T = TypeVar("T")


class Client:
    """`utc_s` is our clock. `timeout_s` is for one exchange with a device; all of one device's work ends after a minute."""

    def __init__(
        self, parallel: int, *, utc_s: Callable[[], float] = time.time, timeout_s: float = OPERATION_TIMEOUT_S
    ) -> None:
        self._stubs = Stubs()
        self._threads = ThreadPoolExecutor(parallel, thread_name_prefix="onvif")
        self._turns = asyncio.Semaphore(parallel)
        self._utc_s = utc_s
        self._timeout_s = timeout_s

    async def describe(self, xaddr: str, login: Login) -> Description:
        """Let the device at `xaddr` describe itself. Raises `OnvifFault`; tries a login once."""
        today = datetime.fromtimestamp(self._utc_s(), UTC).date()
        return await self.on_device(xaddr, login, lambda calls, path: describe(calls, path, today))

    async def prepare(self, xaddr: str, login: Login) -> tuple[Services, float]:
        """Where a device's services are, and its clock minus ours in seconds. Raises `OnvifFault`."""
        return await self.on_device(xaddr, login, ready)

    async def synchronize(self, xaddr: str, login: Login, profile_token: str, services: Services | None = None) -> None:
        """Ask the encoder of a profile for a keyframe now. `services` as an earlier description told saves two requests."""

        def work(calls: Calls, path: str) -> None:
            known = services or ready(calls, path)[0]
            Media(calls, known.media1, known.media2).synchronize(profile_token)

        await self.on_device(xaddr, login, work)

    async def replay_url(self, xaddr: str, login: Login, source: str, span_s: tuple[float, float]) -> str:
        """Where a device plays what it stored itself of a video source between two moments of our clock (UTC, seconds); empty when it has
        nothing of it. Raises `OnvifFault`.
        """

        def work(calls: Calls, path: str) -> str:
            services, offset_s = ready(calls, path)
            if services.search is None or services.replay is None:
                return ""
            storage = Storage(calls, services.search, services.replay)
            wanted = span_s[0] + offset_s, span_s[1] + offset_s
            found = holding(storage.recordings(), source, wanted)
            said = "" if found is None else storage.replay_uri(found.token)
            return (calls.origin.stream_url(said) or "") if said else ""

        return await self.on_device(xaddr, login, work)

    async def on_device(self, xaddr: str, login: Login, work: Callable[[Calls, str], T]) -> T:
        """Run `work(calls, path of the device service)` on a thread. Raises `OnvifFault`.

        When this is cancelled the connection is closed, and the thread ends with the request that it has just made.
        """
        try:
            origin, path = origin_of(xaddr)
        except ValueError as error:
            raise OnvifFault(FaultKind.UNREACHABLE, str(error)) from error
        loop = asyncio.get_running_loop()
        # A device's minute begins when it is its turn, not while it waits behind others that do not answer.
        async with self._turns, http_session() as http:
            link = Link(http, origin, login, utc_s=self._utc_s, timeout_s=self._timeout_s)
            calls = ThreadCalls(self._stubs, link, loop)
            try:
                async with asyncio.timeout(DEVICE_TIMEOUT_S):
                    return await loop.run_in_executor(self._threads, work, calls, path)
            except TimeoutError as error:
                raise OnvifFault(FaultKind.UNREACHABLE, "it took too long") from error
            finally:
                link.close()


def ready(calls: Calls, path: str) -> tuple[Services, float]:
    """Find the services, and set the clock for tokens: device clock minus ours in seconds. Raises `OnvifFault`."""
    offset_s = read_clock(calls, path) or 0.0
    calls.sign_at(offset_s)
    return find_services(calls, path), offset_s
