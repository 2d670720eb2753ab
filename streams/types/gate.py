"""Which of a courtroom's pictures and sounds may leave a worker, and for whom: the gate of each gated camera.

A camera whose `CameraSpec.gated` is set shows nothing to anybody until a gate says so. Gates are numbered (`epoch`): of two, the one
with the larger number counts, however they arrive. Who does not know a gate has a closed one.
"""

from enum import StrEnum

from pydantic import Field

from streams.types.camera import CameraId, Wire

KV_GATES = "gates"  # file; key = camera id, value = Gate
SUBJECT_GATES = "worker.{worker_id}.gates"  # GateOrder -> GatesSet


class Audience(StrEnum):
    """As whom somebody watches. Decided by control for each view."""

    ANYONE = "anyone"  # of a camera without a gate
    COURT = "court"  # the court's own people
    OBSERVERS = "observers"  # whoever an observation order names
    RECORDER = "recorder"  # the worker's own recorder, while a hearing is recorded for a purpose; never a view


MOST_DELAY_MS = 1_800_000


class Dropped(Wire):
    """Captured from then to then (UTC), and shown to no observer."""

    from_ms: int = Field(ge=0)
    to_ms: int = Field(ge=0)


class Gate(Wire):
    """`since_ms`: since when, UTC. Nothing that was captured before it is sent to an audience that was not let through before.

    `delay_ms`: observers see nothing that was captured less than this ago, and nothing of what is `dropped`.
    """

    camera_id: CameraId
    audiences: tuple[Audience, ...] = ()
    epoch: int = Field(ge=0)
    since_ms: int = Field(default=0, ge=0)
    delay_ms: int = Field(default=0, ge=0, le=MOST_DELAY_MS)
    dropped: tuple[Dropped, ...] = Field(default=(), max_length=64)


class GateOrder(Wire):
    """Set these gates now."""

    gates: tuple[Gate, ...]


class GatesSet(Wire):
    """Every gate of the order (or a newer one) stands when this is sent. `ended`: how many views ended by it; `at_ms`: when, UTC."""

    ended: int
    at_ms: int
