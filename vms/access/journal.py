"""What is told to whoever keeps the log: every look and every act. The port only; it stores nothing and knows no database.

One instance is passed in by whoever composes the process. The web tells it once for each request that was allowed, the accounts tell
it what happens at the door.
"""

from collections.abc import Mapping
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
