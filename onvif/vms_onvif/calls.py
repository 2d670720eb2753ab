"""Operations of one device, called from a thread: zeep makes and reads the envelopes there, the event loop carries them.

`Calls` is what the rest of the client is written against, so that it runs against scripted answers too.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import CancelledError
from typing import Any, Final, Protocol

from vms_onvif.faults import FaultKind, OnvifFault
from vms_onvif.link import Link
from vms_onvif.origin import Origin
from vms_onvif.stubs import Service, Stubs

_POSTS: Final = 3
_SPARE_S: Final = 5.0


class Calls(Protocol):
    """What may be asked of one device."""

    @property
    def origin(self) -> Origin: ...

    def call(self, service: Service, path: str, operation: str, *, secured: bool = True, **params: Any) -> Any:
        """One operation at `path`; what it answers as zeep reads it. Raises `OnvifFault`."""

    def utc_s(self) -> float:
        """Our clock."""

    def date_offset_s(self) -> float | None:
        """The device's clock minus ours by the Date header of its last answer."""

    def sign_at(self, clock_offset_s: float) -> None:
        """From now on sign with our clock plus this."""


class ThreadCalls:
    """Calls over `link`, whose event loop is `loop`. Runs on any other thread, one call at a time."""

    def __init__(self, stubs: Stubs, link: Link, loop: asyncio.AbstractEventLoop) -> None:
        self._stubs = stubs
        self._link = link
        self._loop = loop

    @property
    def origin(self) -> Origin:
        return self._link.origin

    def call(self, service: Service, path: str, operation: str, *, secured: bool = True, **params: Any) -> Any:
        return self._stubs.call(service, self.origin.url(path), operation, params, self._post(path, secured=secured))

    def utc_s(self) -> float:
        return self._link.utc_s()

    def date_offset_s(self) -> float | None:
        return self._link.date_offset_s

    def sign_at(self, clock_offset_s: float) -> None:
        self._link.clock_offset_s = clock_offset_s

    def _post(self, path: str, *, secured: bool) -> Callable[[Any, str], bytes]:
        def post(envelope: Any, content_type: str) -> bytes:
            exchange = self._link.exchange(path, envelope, content_type, secured=secured)
            try:
                running = asyncio.run_coroutine_threadsafe(exchange, self._loop)
            except RuntimeError:  # the loop was closed under us
                exchange.close()
                raise OnvifFault(FaultKind.UNREACHABLE, "we are ending") from None
            try:
                # The link keeps the time; this only ends the thread should the loop have stopped for good.
                return running.result(_POSTS * self._link.timeout_s + _SPARE_S).envelope
            except (CancelledError, TimeoutError):
                running.cancel()
                raise OnvifFault(FaultKind.UNREACHABLE, "we are ending") from None

        return post
