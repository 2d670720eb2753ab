"""Gates of the courtrooms' cameras: told to every worker by request, until it says that they stand, and kept in a bucket for those to come.

What a gate closes, control stops at once where it carries the bytes itself, and renews no lease of it any more: whatever else fails, the
last picture ends with its lease.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence

import structlog
from nats.errors import Error as NatsError
from nats.js.errors import Error as JetStreamError

from streams.bus.ask import ask
from streams.bus.buckets import open_bucket
from streams.bus.session import Bus, BusLost
from streams.types.bus import Refused, encode
from streams.types.gate import KV_GATES, SUBJECT_GATES, Audience, Gate, GateOrder, GatesSet
from streams.types.tap import EndReason
from vms.bus.link import BusLink
from vms.bus.live import Heartbeats
from vms.bus.open_views import OpenView
from vms.bus.views import LEASE_S, ViewsOnBus
from vms.cameras.ports import BusUnavailable
from vms.clock import Clock
from vms.hearings.ports import Confirmation, Watched

log = structlog.get_logger(__name__)

TOLD_WITHIN_S = 0.4
"""How long a worker may take to say that gates stand, before it is asked again."""
CONFIRMED_WITHIN_S = 3.0
"""How long an act waits for the last worker, before it says that it could not be confirmed."""
AGAIN_S = 0.25


class GatesOnBus:
    """Implements `vms.hearings.ports.GatePort` and `WatchedViews`; `duty` tells what could not be told."""

    def __init__(self, link: BusLink, live: Heartbeats, views: ViewsOnBus, clock: Clock) -> None:
        self._link = link
        self._live = live
        self._views = views
        self._clock = clock
        self._standing: dict[str, Gate] = {}
        self._kept: dict[str, int] = {}
        """By camera, the epoch that the bucket has."""
        self._said: dict[str, dict[str, int]] = {}
        """By start of a worker, the epoch that it has confirmed for each camera."""
        self._untold = asyncio.Event()

    async def set(self, gates: Sequence[Gate]) -> Confirmation:
        for gate in gates:
            standing = self._standing.get(gate.camera_id)
            if standing is None or standing.epoch < gate.epoch:
                self._standing[gate.camera_id] = gate
        latest_ms = self._clock() + round(LEASE_S * 1000)
        self._views.end(self._closed(gate.camera_id for gate in gates), EndReason.HEARING)
        try:
            async with asyncio.timeout(CONFIRMED_WITHIN_S):
                bus = await self._link.bus()
                await asyncio.gather(self._everybody(bus), self._views.press(bus), self._keep(bus))
        except (BusUnavailable, TimeoutError):
            log.warning("gates_not_confirmed", cameras=len(gates))
        confirmed = self._link.is_up and self._all_said() and not self._closed(gate.camera_id for gate in gates)
        if not confirmed:
            self._untold.set()
        return Confirmation(confirmed, self._clock() if confirmed else latest_ms)

    async def shut(self, camera_ids: Collection[str]) -> None:
        known = [gate for camera_id in camera_ids if (gate := self._standing.get(camera_id)) is not None]
        since_ms = self._clock()
        await self.set(
            [
                Gate(camera_id=gate.camera_id, epoch=gate.epoch + 1, since_ms=since_ms)
                for gate in known
                if gate.audiences
            ]
        )

    async def duty(self, bus: Bus) -> None:
        """Tell again what a worker has not confirmed, and what new workers have not heard, for as long as the session lasts."""
        self._said.clear()
        self._kept.clear()
        while True:
            try:
                async with asyncio.timeout(CONFIRMED_WITHIN_S):
                    await asyncio.gather(self._everybody(bus), self._keep(bus))
            except TimeoutError:
                log.warning("gates_not_confirmed", cameras=len(self._standing))
            self._untold.clear()
            try:
                async with asyncio.timeout(AGAIN_S * 4):
                    await self._untold.wait()
                await asyncio.sleep(AGAIN_S)
            except TimeoutError:
                continue

    def on_cameras(self, camera_ids: Collection[str]) -> list[Watched]:
        wanted = set(camera_ids)
        return [_watched(view) for view in self._views.all() if view.camera_id in wanted]

    def observed(self) -> list[Watched]:
        """Every view of an observer that runs now."""
        return [_watched(view) for view in self._views.all() if view.audience is Audience.OBSERVERS]

    def _closed(self, camera_ids: Iterable[str]) -> list[OpenView]:
        """The views of these cameras that their gates do not let through."""
        gates = {camera_id: self._standing[camera_id].audiences for camera_id in camera_ids}
        return [
            view for view in self._views.all() if view.camera_id in gates and view.audience not in gates[view.camera_id]
        ]

    async def _everybody(self, bus: Bus) -> None:
        await asyncio.gather(*(self._tell(bus, worker_id) for worker_id in self._live.names()))

    async def _tell(self, bus: Bus, worker_id: str) -> None:
        """Until this worker has confirmed everything, or is dead."""
        while worker_id in self._live.names():
            missing = self._missing(worker_id)
            if not missing:
                return
            start = self._start(worker_id)
            try:
                subject = SUBJECT_GATES.format(worker_id=worker_id)
                await ask(bus, subject, GateOrder(gates=tuple(missing)), GatesSet, timeout_s=TOLD_WITHIN_S)
            except (BusLost, Refused) as error:
                log.warning("gates_unanswered", worker=worker_id, gates=len(missing), detail=str(error))
                await asyncio.sleep(AGAIN_S)
                continue
            said = self._said.setdefault(start, {})
            for gate in missing:
                said[gate.camera_id] = max(said.get(gate.camera_id, 0), gate.epoch)

    def _start(self, worker_id: str) -> str:
        """A worker that began anew has confirmed nothing."""
        return f"{worker_id} {self._live.incarnation(worker_id)}"

    def _missing(self, worker_id: str) -> list[Gate]:
        said = self._said.get(self._start(worker_id), {})
        return [gate for gate in self._standing.values() if said.get(gate.camera_id, -1) < gate.epoch]

    def _all_said(self) -> bool:
        return not any(self._missing(worker_id) for worker_id in self._live.names())

    async def _keep(self, bus: Bus) -> None:
        """For workers that start later. The newest only: one that was overtaken meanwhile is not written any more."""
        try:
            bucket = await open_bucket(bus, KV_GATES)
            for camera_id, gate in list(self._standing.items()):
                if self._kept.get(camera_id, -1) < gate.epoch and self._standing[camera_id] is gate:
                    self._kept[camera_id] = gate.epoch
                    await bucket.put(camera_id, encode(gate))
        except (NatsError, JetStreamError, TimeoutError) as error:
            self._kept.clear()
            log.warning("gates_not_kept", error=type(error).__name__)


def _watched(view: OpenView) -> Watched:
    observer = view.audience is Audience.OBSERVERS
    return Watched(view.view_id, view.camera_id, view.account_id, view.session_id, view.began_ms, observer)
