"""The worker on the bus: hears what is wanted, claims cameras, says how it is, answers requests.

Lives for one connection. The cameras that run belong to `OwnedCameras` and outlive it: while the bus is away everything that
ran goes on, and nothing new is claimed.
"""

import asyncio
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from nats.js.errors import Error as JetStreamError
from nats.js.errors import KeyWrongLastSequenceError
from nats.js.kv import KeyValue

from streams.bus.buckets import open_bucket
from streams.bus.mirror import Mirror
from streams.bus.session import Bus, BusLost
from streams.types.bus import (
    HEARTBEAT_S,
    KV_DESIRED,
    KV_LEASES,
    KV_WORKERS,
    Lease,
    WorkerState,
    encode,
)
from streams.types.camera import CameraSpec
from streams.worker.cameras import OwnedCameras
from streams.worker.ownership import Hearing, to_claim, to_hand_over

log = structlog.get_logger(__name__)

DECIDE_S = 0.25
CLAIMS_AT_ONCE = 32


class BusSession:
    """One connection's worth of work. `state` makes the heartbeat; `lease` is what this worker writes into a claim."""

    def __init__(
        self,
        bus: Bus,
        lease: Lease,
        cameras: OwnedCameras,
        state: Callable[[int], WorkerState],
        next_seq: Callable[[], int],
    ) -> None:
        self._bus = bus
        self._lease = lease
        self._cameras = cameras
        self._state = state
        self._next_seq = next_seq
        self._hearing = Hearing()
        self._changed = asyncio.Event()
        self._desired: Mirror[CameraSpec] = Mirror(CameraSpec, self._on_change)
        self._leases: Mirror[Lease] = Mirror(Lease, self._on_change)
        self._workers: Mirror[WorkerState] = Mirror(WorkerState, self._on_worker)
        self._unowned_since_s: dict[str, float] = {}
        self._handed_over: set[str] = set()

    async def run(self) -> None:
        """Raises `BusLost` when the buckets are not there or the bus ends."""
        try:
            desired = await open_bucket(self._bus, KV_DESIRED)
            leases = await open_bucket(self._bus, KV_LEASES)
            workers = await open_bucket(self._bus, KV_WORKERS)
        except JetStreamError as error:
            raise BusLost(f"no buckets yet: {type(error).__name__}") from error
        async with asyncio.TaskGroup() as group:
            group.create_task(self._desired.follow(desired), name="mirror desired")
            group.create_task(self._leases.follow(leases), name="mirror leases")
            group.create_task(self._workers.follow(workers), name="mirror workers")
            for mirror in (self._desired, self._leases, self._workers):
                await mirror.complete.wait()
            group.create_task(self._beat(workers), name="heartbeat")
            group.create_task(self._decide(leases, workers), name="ownership")

    def _on_change(self, _key: str) -> None:
        self._changed.set()

    def _on_worker(self, worker_id: str) -> None:
        state = self._workers.get(worker_id)
        if state is None:
            self._hearing.gone(worker_id)
            self._changed.set()
        else:
            known = self._hearing.heard.get(worker_id)
            self._hearing.beat(worker_id, state.incarnation, state.seq, time.monotonic())
            if known is None or known.incarnation != state.incarnation:
                self._changed.set()

    async def _beat(self, workers: KeyValue) -> None:
        while True:
            await self._beat_once(workers)
            await asyncio.sleep(HEARTBEAT_S)

    async def _beat_once(self, workers: KeyValue) -> None:
        given = tuple(sorted(self._handed_over))
        state = self._state(self._next_seq()).model_copy(update={"handed_over": given})
        self._hearing.beat(state.worker_id, state.incarnation, state.seq, time.monotonic())
        await workers.put(state.worker_id, encode(state))

    async def _decide(self, leases: KeyValue, workers: KeyValue) -> None:
        """Look at everything after each change, and a few times a second for what only time changes."""
        handed_over_s = time.monotonic()
        while True:
            self._apply()
            await self._claim(leases)
            if time.monotonic() - handed_over_s >= HEARTBEAT_S:
                handed_over_s = time.monotonic()
                await self._hand_over(leases, workers)
            self._changed.clear()
            try:
                async with asyncio.timeout(DECIDE_S):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _mine(self) -> dict[str, CameraSpec]:
        return {
            spec.camera_id: spec
            for spec in self._desired.values()
            if spec.enabled and self._leases.get(spec.camera_id) == self._lease
        }

    def gated_hosts(self) -> frozenset[str]:
        """Where gated cameras are: nobody gets a picture from there past their gates."""
        urls = (stream.url for spec in self._desired.values() if spec.gated for stream in spec.streams)
        return frozenset(host for url in urls if (host := urlsplit(url).hostname) is not None)

    def _apply(self) -> None:
        self._cameras.want(self._mine())

    async def _claim(self, leases: KeyValue) -> None:
        now_s = time.monotonic()
        alive = self._hearing.alive(now_s)
        wanted = [spec.camera_id for spec in self._desired.values() if spec.enabled]
        held = {key: lease for key in self._leases if (lease := self._leases.get(key)) is not None}
        unowned = {camera_id for camera_id in wanted if not alive.holds(held.get(camera_id))}
        self._unowned_since_s = {key: self._unowned_since_s.get(key, now_s) for key in unowned}
        claims = to_claim(
            self._lease.worker_id,
            desired=wanted,
            leases=held,
            alive=alive,
            unowned_since_s=self._unowned_since_s,
            running=self._running(),
            now_s=now_s,
        )
        for start in range(0, len(claims), CLAIMS_AT_ONCE):
            batch = claims[start : start + CLAIMS_AT_ONCE]
            await asyncio.gather(*(self._claim_one(leases, camera_id) for camera_id in batch))
        if claims:
            self._apply()

    def _running(self) -> dict[str, str]:
        """Who says that it runs which camera: after the bus lost its memory, pictures stay where they are."""
        running = {camera.camera_id: state.worker_id for state in self._workers.values() for camera in state.cameras}
        running.update(dict.fromkeys(self._cameras.ids(), self._lease.worker_id))
        return running

    async def _claim_one(self, leases: KeyValue, camera_id: str) -> None:
        try:
            revision = self._leases.revision(camera_id)
            if revision:
                new = await leases.update(camera_id, encode(self._lease), last=revision)
            else:
                new = await leases.create(camera_id, encode(self._lease))
        except KeyWrongLastSequenceError:
            return  # another worker was first
        self._leases.learn(camera_id, self._lease, new)
        self._handed_over.discard(camera_id)

    async def _hand_over(self, leases: KeyValue, workers: KeyValue) -> None:
        mine = self._mine()
        self._handed_over -= mine.keys()
        camera_id = to_hand_over(
            self._lease.worker_id,
            mine=mine,
            total=len(self._desired),
            alive=self._hearing.alive(time.monotonic()),
            viewers=self._cameras.viewers(),
        )
        if camera_id is None:
            return
        log.info("camera_handed_over", camera_id=camera_id)
        # Said before it is done: control gives nobody the credentials of what its holder did not give up (`vms.bus.credentials`).
        self._handed_over.add(camera_id)
        await self._beat_once(workers)
        await leases.delete(camera_id, last=self._leases.revision(camera_id))
