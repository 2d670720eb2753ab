"""Motion as one device tells it: `run_once` is one session, and raises what ended it. Runs on the event loop."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, NoReturn, Protocol

import structlog

from vms_onvif.describe import Services
from vms_onvif.events.motion import Motion, MotionStates, Sources, read_motion
from vms_onvif.events.subscription import PULL_S, SHORT_PULL_S, PullPoint, Subscription
from vms_onvif.faults import FaultKind, OnvifFault, TimedOut
from vms_onvif.link import OPERATION_TIMEOUT_S, Link, http_session
from vms_onvif.login import Login
from vms_onvif.origin import origin_of

_GOODBYE_S: Final = 2.0
_MOST_DROPS: Final = 3
_LOGIN_FAULTS: Final = (FaultKind.AUTHENTICATION, FaultKind.LOCKED)

log = structlog.get_logger(__name__)


class Preparer(Protocol):
    """The part of `vms_onvif.client.Client` that is needed here."""

    async def prepare(self, xaddr: str, login: Login) -> tuple[Services, float]:
        """Where the services are, and device clock minus ours in seconds. Raises `OnvifFault`."""


class MotionEvents:
    """The motion of one device, told to `on_motion` as it changes.

    Run `run_once` in a loop with a pause between; `close` gives the pull point back at the end. A pull point lives on from one
    `run_once` to the next as long as the device keeps it: devices have few (quirk 15), and it has what happened meanwhile.
    A pull waits for `pull_s`, and `timeout_s` longer before the device counts as silent.
    """

    def __init__(
        self,
        client: Preparer,
        xaddr: str,
        login: Login,
        on_motion: Callable[[Motion], None],
        *,
        sources: Sources | None = None,
        pull_s: int = PULL_S,
        timeout_s: float = OPERATION_TIMEOUT_S,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._xaddr = xaddr
        self._login = login
        self._on_motion = on_motion
        self._sources = sources or Sources()
        self._pull_s = pull_s
        self._timeout_s = timeout_s
        self._monotonic_s = monotonic_s
        self._states = MotionStates()
        self._kept: Subscription | None = None
        self._refused: OnvifFault | None = None
        self._taken = False

    async def run_once(self) -> NoReturn:
        """Hear the device until something ends it. Raises `OnvifFault`.

        A refused login is refused at once from then on. One that was taken before is tried once more: a device whose clock jumps
        refuses tokens that were right, and `run_once` begins with reading the clock.

        AUTHENTICATION and LOCKED: only with another login. UNSUPPORTED: never. FULL, UNREACHABLE, GONE: later again.
        """
        if self._refused is not None:
            raise self._refused
        try:
            await self._with_point(self._listen)
        except OnvifFault as fault:
            if fault.kind in _LOGIN_FAULTS:
                self._refused = None if self._taken else fault
                self._taken = False
            raise
        finally:
            for motion in self._states.lost():
                self._on_motion(motion)
        raise AssertionError("listening ends by raising")

    async def close(self) -> None:
        """Give the pull point back, if there is one and the device can be reached; takes a few seconds at most."""
        if self._kept is None:
            return
        try:
            async with asyncio.timeout(2 * _GOODBYE_S):
                await self._with_point(self._give_back)
        except (OnvifFault, TimeoutError) as fault:
            log.info("pull point not given back", xaddr=self._xaddr, reason=str(fault))
        self._kept = None

    async def _with_point(self, work: Callable[[PullPoint], Awaitable[None]]) -> None:
        services, clock_offset_s = await self._client.prepare(self._xaddr, self._login)
        if services.events is None:
            raise OnvifFault(FaultKind.UNSUPPORTED, "no event service")
        async with http_session() as http:
            link = Link(http, origin_of(self._xaddr)[0], self._login, timeout_s=self._timeout_s)
            link.clock_offset_s = clock_offset_s
            await work(PullPoint(link, services.events, self._monotonic_s))

    async def _listen(self, point: PullPoint) -> None:
        if self._kept is None or self._monotonic_s() >= self._kept.ends_s:
            self._kept = await point.create()
        drops = 0
        try:
            while True:
                try:
                    await self._hear(point, self._kept)
                    drops = 0
                except OnvifFault as fault:
                    # Hung up while we waited (quirk 13): the pull point is still there. A silent device is lost.
                    drops += 1
                    hung_up = fault.kind is FaultKind.UNREACHABLE and not isinstance(fault, TimedOut)
                    if not hung_up or drops >= _MOST_DROPS:
                        raise
                    self._pull_s = min(self._pull_s, SHORT_PULL_S)
        except OnvifFault as fault:
            if fault.kind is FaultKind.GONE:
                self._kept = None
            elif fault.kind not in (FaultKind.UNREACHABLE, *_LOGIN_FAULTS):
                await self._give_back(point)
            raise
        except asyncio.CancelledError:
            await self._give_back(point)
            raise

    async def _hear(self, point: PullPoint, subscription: Subscription) -> None:
        if self._monotonic_s() >= subscription.renew_at_s:
            await self._renew(point, subscription)
        notifications = await point.pull(subscription, self._pull_s)
        self._taken = True
        for notification in notifications:
            motion = read_motion(notification, self._sources)
            if motion is not None:
                changed = self._states.heard(motion, notification.operation, self._monotonic_s())
                if changed is not None:
                    self._on_motion(changed)
        for ended in self._states.expired(self._monotonic_s()):
            self._on_motion(ended)

    async def _renew(self, point: PullPoint, subscription: Subscription) -> None:
        try:
            await point.renew(subscription)
        except OnvifFault as fault:
            if fault.kind not in (FaultKind.REFUSED, FaultKind.UNSUPPORTED, FaultKind.GARBAGE):
                raise
            # A device that cannot renew: pulled until it says that the pull point is gone, then made anew.
            subscription.renew_at_s = float("inf")

    async def _give_back(self, point: PullPoint) -> None:
        subscription, self._kept = self._kept, None
        if subscription is None:
            return
        try:
            async with asyncio.timeout(_GOODBYE_S):
                await point.unsubscribe(subscription)
        except (OnvifFault, TimeoutError) as fault:
            log.info("pull point not given back", xaddr=self._xaddr, reason=str(fault))
