"""What is told to whoever keeps the log: every look and every act. The port only; it stores nothing and knows no database.

One instance is passed in by whoever composes the process. The web tells it once for each request that was allowed, the accounts tell
it what happens at the door.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

_NO_FACTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who, as what, from where. A stranger has an address and nothing else."""

    address: str
    account_id: str = ""
    name: str = ""
    roles: tuple[str, ...] = ()
    session_id: str = ""
    console: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """One look or act.

    `action` is a value of `vms.access.Action`, or says what happened at the door (`sign_in`, `sign_in.refused`, `console.misused`…).
    `kind` and `object_id` name what it was done to; `facts` hold no secret.
    """

    actor: Actor
    action: str
    at_ms: int
    kind: str = ""
    object_id: str = ""
    facts: Mapping[str, str] = field(default_factory=lambda: _NO_FACTS)


class Journal(Protocol):
    async def looked(self, deed: Deed) -> None:
        """Somebody saw something, and left it as it was."""

    async def did(self, deed: Deed) -> None:
        """Somebody changed something, or tried to and was refused."""


class NoJournal:
    """Keeps nothing: for commands and tests that have no log."""

    async def looked(self, deed: Deed) -> None:
        pass

    async def did(self, deed: Deed) -> None:
        pass


class JournalThatTells:
    """Passes everything on, and says of each act at once that something was done: what runs may have lost its right by it.

    `unimportant` are actions by which no right ends: those that happen by the hundred.
    """

    def __init__(self, journal: Journal, on_act: Callable[[], None], unimportant: frozenset[str] = frozenset()) -> None:
        self._journal = journal
        self._on_act = on_act
        self._unimportant = unimportant

    async def looked(self, deed: Deed) -> None:
        await self._journal.looked(deed)

    async def did(self, deed: Deed) -> None:
        # First: a log that is slow or broken must not let a picture run on.
        if deed.action not in self._unimportant:
            self._on_act()
        await self._journal.did(deed)
