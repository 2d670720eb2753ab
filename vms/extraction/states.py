"""Where an extraction stands, and which steps lead from where. Pure.

requested ─ approve ▶ approved ─▶ running ─▶ ready ─ hand over ▶ handed_over ─ receipt ▶ received
    │                    │          │ ▲
    ├─ reject ▶ rejected │          ▼ │ resume, or by itself when the disk has room again
    └─ cancel ▶ cancelled ◀────── stopped
"""

from enum import StrEnum


class State(StrEnum):
    REQUESTED = "requested"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    APPROVED = "approved"
    RUNNING = "running"
    STOPPED = "stopped"
    READY = "ready"
    HANDED_OVER = "handed_over"
    RECEIVED = "received"


CANCELLABLE = frozenset({State.REQUESTED, State.APPROVED, State.RUNNING, State.STOPPED})
PACKED = frozenset({State.READY, State.HANDED_OVER, State.RECEIVED})
"""There is a package."""


class WrongState(Exception):
    """The extraction does not stand where this step begins."""


class OwnRequest(Exception):
    """Whoever asked does not approve."""


def check_state(state: str, *allowed: State) -> None:
    """Raises `WrongState`."""
    if State(state) not in allowed:
        raise WrongState(state)
