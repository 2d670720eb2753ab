"""The cameras that this worker runs: starts, restarts and stops them as its leases and the desired state say."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import structlog

from streams.types.camera import CameraSpec, CameraState

log = structlog.get_logger(__name__)


class Camera(Protocol):
    """One running camera."""

    spec: CameraSpec

    async def run(self) -> None:
        """Run until cancelled. Faults of the camera are its state, never an exception."""

    def state(self) -> CameraState: ...

    def can_take(self, spec: CameraSpec) -> bool:
        """Whether `update` is enough for this change, without interrupting the picture."""

    def update(self, spec: CameraSpec) -> None: ...


class OwnedCameras:
    """Runs one task for each owned camera inside `group`. A camera whose task fails is logged and started anew."""

    def __init__(self, make: Callable[[CameraSpec], Camera]) -> None:
        self._make = make
        self._running: dict[str, tuple[Camera, asyncio.Task[None]]] = {}
        self._group: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Hold the tasks until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                await asyncio.Event().wait()
            finally:
                self._group = None

    def want(self, specs: Mapping[str, CameraSpec]) -> None:
        """Make the running cameras those of `specs`."""
        if self._group is None:
            return
        for camera_id in self._running.keys() - specs.keys():
            self._stop(camera_id)
        for camera_id, spec in specs.items():
            running = self._running.get(camera_id)
            if running is None:
                self._start(self._group, spec)
            elif running[0].spec != spec:
                self._change(self._group, running[0], spec)

    def get(self, camera_id: str) -> Camera | None:
        running = self._running.get(camera_id)
        return running[0] if running else None

    def ids(self) -> Iterable[str]:
        return self._running.keys()

    def states(self) -> tuple[CameraState, ...]:
        return tuple(camera.state() for camera, _task in self._running.values())

    def viewers(self) -> dict[str, int]:
        return {state.camera_id: sum(stream.viewers for stream in state.streams) for state in self.states()}

    def _start(self, group: asyncio.TaskGroup, spec: CameraSpec) -> None:
        camera = self._make(spec)
        task = group.create_task(self._supervised(camera), name=f"camera {spec.number}")
        self._running[spec.camera_id] = (camera, task)

    def _change(self, group: asyncio.TaskGroup, camera: Camera, spec: CameraSpec) -> None:
        if camera.can_take(spec):
            camera.update(spec)
        else:
            self._stop(spec.camera_id)
            self._start(group, spec)

    def _stop(self, camera_id: str) -> None:
        _camera, task = self._running.pop(camera_id)
        task.cancel()

    async def _supervised(self, camera: Camera) -> None:
        pause_s = 1.0
        while True:
            try:
                await camera.run()
            except Exception:
                # The border between cameras: a bug that one camera triggers must not take the others' pictures.
                log.exception("camera_failed", camera_id=camera.spec.camera_id)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, 30.0)
