"""Technical interruptions of a hearing, from its marks (TTLT 05/2021 art. 14). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from vms.hearings.states import PAUSED, Act


class Marked(Protocol):
    """A mark, as rows and the wire have it: `act` is what was done, `state` where it led."""

    @property
    def at_ms(self) -> int: ...

    @property
    def act(self) -> str: ...

    @property
    def state(self) -> str: ...


@dataclass(frozen=True, slots=True)
class TechnicalPause:
    """`number` is the place of the mark that began it (from 0); `ended_by` the act that ended it, both None while it lasts."""

    number: int
    from_ms: int
    to_ms: int | None
    ended_by: str | None


def technical_pauses(marks: Iterable[Marked]) -> list[TechnicalPause]:
    """By time. A pause that turns into another kind (a break) has ended as a technical one."""
    found: list[TechnicalPause] = []
    begun: tuple[int, int] | None = None
    for number, mark in enumerate(marks):
        again = mark.act == Act.SUSPEND_TECHNICAL
        if begun is not None and not again and (mark.state not in PAUSED or mark.act in (Act.SUSPEND, Act.TAKE_BREAK)):
            found.append(TechnicalPause(*begun, mark.at_ms, mark.act))
            begun = None
        if again and begun is None:
            begun = (number, mark.at_ms)
    if begun is not None:
        found.append(TechnicalPause(*begun, None, None))
    return found
