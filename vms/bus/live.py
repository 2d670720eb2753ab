"""What is seen of the cameras right now, as the workers' heartbeats tell it."""

from collections.abc import Callable, Mapping

from streams.types.bus import WORKER_DEAD_S, WorkerState
from streams.types.camera import CameraState
from vms.bus.link import BusLink


class Heartbeats:
    """Implements `vms.cameras.ports.LiveState`.

    A camera is listed by the worker that owns it; while it moves from one to another, the newer heartbeat counts. A worker
    is alive when its heartbeat changed within `WORKER_DEAD_S` by our monotonic clock.
    """

    def __init__(self, link: BusLink, monotonic_s: Callable[[], float]) -> None:
        self._link = link
        self._monotonic_s = monotonic_s
        self._seen: dict[str, tuple[str, int, float]] = {}
        link.on_worker.append(self._on_worker)

    def _on_worker(self, worker_id: str) -> None:
        state = self._link.workers.get(worker_id)
        if state is None:
            self._seen.pop(worker_id, None)
            return
        known = self._seen.get(worker_id)
        if known is None or (known[0], known[1]) != (state.incarnation, state.seq):
            self._seen[worker_id] = (state.incarnation, state.seq, self._monotonic_s())

    def alive(self) -> list[WorkerState]:
        """The newest heartbeat of every living worker."""
        now_s = self._monotonic_s()
        living = [key for key, (_, _, at_s) in self._seen.items() if now_s - at_s < WORKER_DEAD_S]
        return [state for key in living if (state := self._link.workers.get(key)) is not None]

    def names(self) -> set[str]:
        """The ids of the living workers."""
        return {state.worker_id for state in self.alive()}

    def incarnation(self, worker_id: str) -> str:
        """Which start of a worker this is; empty for one that nobody has heard of."""
        state = self._link.workers.get(worker_id)
        return state.incarnation if state is not None else ""

    def workers_alive(self) -> int:
        return len(self.alive())

    def cameras(self) -> Mapping[str, CameraState]:
        states = sorted(self.alive(), key=lambda state: state.at_ms)
        return {camera.camera_id: camera for state in states for camera in state.cameras}

    def camera(self, camera_id: str) -> CameraState | None:
        return self.cameras().get(camera_id)

    def carriers(self) -> Mapping[str, str]:
        """The worker that each camera's pictures come from."""
        alive = {state.worker_id: state.incarnation for state in self.alive()}
        leases = ((camera_id, self._link.leases.get(camera_id)) for camera_id in self._link.leases)
        return {
            camera_id: lease.worker_id
            for camera_id, lease in leases
            if lease is not None and alive.get(lease.worker_id) == lease.incarnation
        }

    def owner(self, camera_id: str) -> str | None:
        """The id of the living worker that holds the camera's lease, or None."""
        lease = self._link.leases.get(camera_id)
        if lease is None:
            return None
        alive = {state.worker_id: state.incarnation for state in self.alive()}
        return lease.worker_id if alive.get(lease.worker_id) == lease.incarnation else None
