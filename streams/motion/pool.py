"""The one thread that decodes for motion, shared by all cameras of a worker.

Decoding and OpenCV release the interpreter, so the event loop goes on meanwhile. The queue is bounded: when it is full the
job is refused, and that camera's gate starts again from its next reason.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import cv2
import structlog

from streams.motion.pictures import Decoder, Pictures
from streams.types.media import AccessUnit, Codec

log = structlog.get_logger(__name__)

MAX_WAITING_UNITS = 4096
TICK_S = 0.5


def opencv_in_one_thread() -> None:
    """OpenCV would cut small pictures into strips for threads of its own: twice the CPU, and not done any sooner."""
    cv2.setNumThreads(1)


class Worker(Protocol):
    """What a job is done on; all methods run in the pool's thread."""

    def process(self, units: tuple[AccessUnit, ...], decoder: Pictures, *, sample: bool) -> None: ...

    def tick(self) -> bool:
        """Time passed; false when the watch no longer needs to hear of it."""


@dataclass(frozen=True, slots=True)
class Job:
    """`restart`: `units` begin with a keyframe that follows nothing. `sample`: one keyframe, decoded for itself."""

    worker: Worker
    units: tuple[AccessUnit, ...]
    restart: bool = False
    sample: bool = False


class Jobs(Protocol):
    """Where a watch puts its work. `put` and `forget` on the event loop, `tick_for` where the work is done."""

    def put(self, job: Job) -> bool: ...

    def forget(self, worker: Worker) -> None: ...

    def tick_for(self, worker: Worker) -> None: ...


class MotionPool:
    """Started with `start`, ended with `stop`. `put` and `forget` are called on the event loop."""

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()
        self._waiting_units = 0
        self._wake = threading.Condition()
        self._stopping = False
        self._decoders: dict[Worker, Decoder] = {}
        self._samplers: dict[Codec, Decoder] = {}
        self._ticking: set[Worker] = set()
        self._forgotten: set[Worker] = set()
        self._thread = threading.Thread(target=self._run, name="motion", daemon=True)
        self._idle = True
        self.refused = 0

    def start(self) -> None:
        opencv_in_one_thread()
        self._thread.start()

    def stop(self) -> None:
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        self._thread.join(timeout=5)

    def put(self, job: Job) -> bool:
        """Queue a job, or refuse it (false) when too much waits already."""
        with self._wake:
            if self._stopping or self._waiting_units + len(job.units) > MAX_WAITING_UNITS:
                self.refused += 1
                return False
            self._jobs.append(job)
            self._waiting_units += len(job.units)
            self._idle = False
            self._wake.notify_all()
            return True

    def drain(self) -> None:
        """Block until all that was put is done: for trials and tests."""
        with self._wake:
            self._wake.wait_for(lambda: self._idle or self._stopping)

    def forget(self, worker: Worker) -> None:
        """The watch has ended, or its gate is closed: free its decoder."""
        with self._wake:
            self._forgotten.add(worker)
            self._wake.notify_all()

    def tick_for(self, worker: Worker) -> None:
        """Called in the thread: let `worker` hear of time until it says no."""
        self._ticking.add(worker)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._jobs or self._stopping or self._forgotten, TICK_S)
                if self._stopping:
                    return
                job = self._jobs.popleft() if self._jobs else None
                if job is not None:
                    self._waiting_units -= len(job.units)
                forgotten, self._forgotten = self._forgotten, set()
            for worker in forgotten:
                self._decoders.pop(worker, None)
            if job is not None:
                self._do(job)
                with self._wake:
                    self._idle = not self._jobs
                    if self._idle:
                        self._wake.notify_all()
            if not self._jobs:
                # Only when nothing waits: a late picture must not be overtaken by the clock and cut its own alarm in two.
                self._ticking -= {worker for worker in tuple(self._ticking) if not worker.tick()}

    def _do(self, job: Job) -> None:
        try:
            job.worker.process(job.units, self._decoder(job), sample=job.sample)
        except Exception:
            # The border between cameras: one stream that trips the decoder must not end motion for all.
            log.exception("motion_failed")
            self._decoders.pop(job.worker, None)

    def _decoder(self, job: Job) -> Decoder:
        codec = job.units[0].codec
        if job.sample:
            sampler = self._samplers.setdefault(codec, Decoder(codec))
            sampler.restart()
            return sampler
        decoder = self._decoders.get(job.worker)
        if decoder is None or job.restart:
            decoder = self._decoders[job.worker] = Decoder(codec)
        return decoder


Post = Callable[..., object]
"""Runs something soon on the event loop: `loop.call_soon_threadsafe`."""
