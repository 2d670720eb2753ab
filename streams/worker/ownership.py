"""Who should own which camera: pure decisions, so that every order of events can be tried in tests.

A lease is good as long as the very start ("incarnation") of the worker that holds it is alive. An unowned camera goes to the
living worker that rendezvous hashing prefers; nobody has to agree on anything but who is alive, and the compare-and-set in
the bucket settles the rest.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from streams.types.bus import WORKER_DEAD_S, Lease

PATIENCE_S = 2.0
"""How long the preferred worker may take before anyone else may claim: it may be full, or believe itself cut off."""
SETTLED_S = 5.0
"""How long a worker must have lived before cameras are handed to it: a worker that crashes at once gets none."""
SLACK = 2
"""Cameras more than a fair share that do not yet justify interrupting a picture."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of another worker, on our own monotonic clock: clocks of other machines decide nothing."""

    incarnation: str
    seq: int
    since_s: float
    last_s: float


@dataclass(frozen=True, slots=True)
class Alive:
    """`incarnation` by worker id, of those that are alive now; `settled` are those alive for `SETTLED_S`."""

    incarnations: Mapping[str, str]
    settled: frozenset[str]

    def holds(self, lease: Lease | None) -> bool:
        """Whether the holder of `lease` is alive."""
        return lease is not None and self.incarnations.get(lease.worker_id) == lease.incarnation


@dataclass(slots=True)
class Hearing:
    """Listens to heartbeats."""

    heard: dict[str, Heard] = field(default_factory=dict)

    def beat(self, worker_id: str, incarnation: str, seq: int, now_s: float) -> None:
        """A heartbeat was seen. The same `seq` again (a bucket read anew) proves nothing."""
        known = self.heard.get(worker_id)
        if known is None or known.incarnation != incarnation:
            self.heard[worker_id] = Heard(incarnation, seq, now_s, now_s)
        elif seq > known.seq:
            self.heard[worker_id] = Heard(incarnation, seq, known.since_s, now_s)

    def gone(self, worker_id: str) -> None:
        """The heartbeat was taken back: the worker stopped by itself."""
        self.heard.pop(worker_id, None)

    def alive(self, now_s: float, dead_after_s: float = WORKER_DEAD_S) -> Alive:
        living = {key: heard for key, heard in self.heard.items() if now_s - heard.last_s < dead_after_s}
        return Alive(
            {key: heard.incarnation for key, heard in living.items()},
            frozenset(key for key, heard in living.items() if now_s - heard.since_s >= SETTLED_S),
        )


def preferred(camera_id: str, workers: Iterable[str]) -> str | None:
    """The worker with the highest hash for this camera (rendezvous hashing): a change of workers moves only what must move."""
    return max(workers, key=lambda worker: _weight(camera_id, worker), default=None)


def _weight(camera_id: str, worker_id: str) -> bytes:
    return hashlib.blake2b(f"{worker_id}\x00{camera_id}".encode(), digest_size=8).digest()


def to_claim(
    me: str,
    *,
    desired: Iterable[str],
    leases: Mapping[str, Lease],
    alive: Alive,
    unowned_since_s: Mapping[str, float],
    running: Mapping[str, str],
    now_s: float,
) -> list[str]:
    """The cameras that this worker should claim now, by compare-and-set on the lease that stands.

    `running` tells which worker says that it runs a camera: where it lives it comes before the hash.
    """
    claims = []
    for camera_id in desired:
        if alive.holds(leases.get(camera_id)):
            continue
        waited_s = now_s - unowned_since_s.get(camera_id, now_s)
        runner = running.get(camera_id)
        first = runner if runner in alive.incarnations else preferred(camera_id, alive.incarnations)
        if first == me or waited_s >= PATIENCE_S:
            claims.append(camera_id)
    return claims


def to_hand_over(me: str, mine: Iterable[str], total: int, alive: Alive, viewers: Mapping[str, int]) -> str | None:
    """One camera to give up so that a settled worker may have it, or None.

    One at a time, those that nobody watches first, and only above a fair share: every hand-over costs a picture's gap.
    """
    owned = list(mine)
    if len(alive.settled) < 2 or len(owned) <= -(-total // len(alive.settled)) + SLACK:
        return None
    others = [camera_id for camera_id in owned if preferred(camera_id, alive.settled) != me]
    return min(others, key=lambda camera_id: (viewers.get(camera_id, 0), camera_id), default=None)
