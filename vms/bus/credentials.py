"""Answers a worker's question for the secrets of a camera: only of one that it owns at this moment, and came to own rightly.

A worker parses what strangers send it, so one may be taken over. It asks under its own name (the bus sees to that), but every worker may
write leases. So whoever was given a camera keeps it while it lives: another's claim counts only when the holder said in its own heartbeat
that it gave the camera up, or is dead. A lease that was taken from the living is given back.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog
from nats.errors import Error as NatsError

from streams.bus.buckets import open_bucket
from streams.bus.serve import serve_each
from streams.bus.session import Bus
from streams.types.bus import (
    KV_LEASES,
    SUBJECT_CREDENTIALS,
    CredentialsRequest,
    Lease,
    RefusalCode,
    Refused,
    WorkerState,
    encode,
)
from streams.types.camera import Credentials
from vms.bus.link import BusLink
from vms.bus.live import Heartbeats

log = structlog.get_logger(__name__)

Lookup = Callable[[str], Awaitable[Credentials | None]]
"""The credentials of a camera by its id, or None when there is no such camera."""

DOUBT_S = 2.0
"""How long a claim on a living worker's camera is refused before the lease is given back: news of a hand-over may be under way."""


@dataclass(frozen=True, slots=True)
class _Doubt:
    lease: Lease
    since_s: float


class Custody:
    """Who rightly holds which camera, in control's memory. Pure but for the clock that is passed in."""

    def __init__(self) -> None:
        self._holders: dict[str, Lease] = {}
        self._doubts: dict[str, _Doubt] = {}

    def believe(self, leases: Mapping[str, Lease]) -> None:
        """What stands when control comes up is believed, where nothing is known."""
        for camera_id, lease in leases.items():
            self._holders.setdefault(camera_id, lease)

    def robbed(self, camera_id: str, claim: Lease, alive: Mapping[str, WorkerState]) -> Lease | None:
        """The lease of the living holder that did not give the camera up; None when the claim is good, which is remembered."""
        holder = self._holders.get(camera_id)
        if holder is not None and holder.worker_id != claim.worker_id:
            state = alive.get(holder.worker_id)
            lives = state is not None and state.incarnation == holder.incarnation
            if lives and state is not None and camera_id not in state.handed_over:
                return holder
        self._holders[camera_id] = claim
        self._doubts.pop(camera_id, None)
        return None

    def doubted_s(self, camera_id: str, claim: Lease, now_s: float) -> float:
        """For how long this very claim has been refused."""
        doubt = self._doubts.get(camera_id)
        if doubt is None or doubt.lease != claim:
            doubt = self._doubts[camera_id] = _Doubt(claim, now_s)
        return now_s - doubt.since_s


class CredentialsDesk:
    """Runs as a duty of the bus link."""

    def __init__(self, link: BusLink, live: Heartbeats, lookup: Lookup, monotonic_s: Callable[[], float]) -> None:
        self._link = link
        self._live = live
        self._lookup = lookup
        self._monotonic_s = monotonic_s
        self._custody = Custody()

    async def duty(self, bus: Bus) -> None:
        leases = self._link.leases
        self._custody.believe({key: lease for key in leases if (lease := leases.get(key)) is not None})
        subject = SUBJECT_CREDENTIALS.format(worker_id="*")
        await serve_each(bus, subject, CredentialsRequest, self.answer, queue="control", at_once=16)

    async def answer(self, worker_id: str, request: CredentialsRequest) -> Credentials:
        """Raises `Refused` with NOT_OWNER for a worker without the lease: it asks again when it has it."""
        lease = self._link.leases.get(request.camera_id)
        if lease is None or (lease.worker_id, lease.incarnation) != (worker_id, request.incarnation):
            raise Refused(RefusalCode.NOT_OWNER)
        alive = {state.worker_id: state for state in self._live.alive()}
        holder = self._custody.robbed(request.camera_id, lease, alive)
        if holder is not None:
            if self._custody.doubted_s(request.camera_id, lease, self._monotonic_s()) >= DOUBT_S:
                await self._give_back(request.camera_id, lease, holder)
            raise Refused(RefusalCode.NOT_OWNER)
        credentials = await self._lookup(request.camera_id)
        if credentials is None:
            raise Refused(RefusalCode.NOT_FOUND)
        return credentials

    async def _give_back(self, camera_id: str, taken: Lease, holder: Lease) -> None:
        log.error("lease_taken_from_the_living", camera_id=camera_id, by=taken.worker_id, holder=holder.worker_id)
        try:
            bucket = await open_bucket(await self._link.bus(), KV_LEASES)
            await bucket.update(camera_id, encode(holder), last=self._link.leases.revision(camera_id))
        except (NatsError, TimeoutError) as error:
            # It has changed hands meanwhile, or the bus is away: whoever asks next finds out.
            log.warning("lease_not_given_back", camera_id=camera_id, error=type(error).__name__)
