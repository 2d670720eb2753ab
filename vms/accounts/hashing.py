"""argon2id, off the event loop, a few at a time: every hash takes tens of megabytes and a core."""

import asyncio
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from vms.settings.model import AccountSettings

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_AT_ONCE = 2
_MOST_WAITING = 32


class HashingBusy(Exception):
    """So many sign-ins wait already that one more is turned away: a flood must not pile up memory or waiting people."""


class Hasher:
    """Hash and verify passwords with the cost that is set (OWASP's second choice for argon2id by default)."""

    def __init__(self, settings: AccountSettings) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.hash_rounds,
            memory_cost=max(settings.hash_memory_kib, 8 * settings.hash_threads),
            parallelism=settings.hash_threads,
        )
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0
        self._nobodys_hash: str | None = None

    async def hash(self, password: str) -> str:
        """Raises `HashingBusy`."""
        return await self._in_turn(self._hasher.hash, password)

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether it is that password. Without a hash (no such account) the same work is done for nothing: no timing tells.

        Raises `HashingBusy`.
        """
        return await self._in_turn(self._verify, password_hash, password)

    def is_outdated(self, password_hash: str) -> bool:
        """Whether the hash was made with other costs than those that are set now."""
        return self._hasher.check_needs_rehash(password_hash)

    def _verify(self, password_hash: str | None, password: str) -> bool:
        if password_hash is None:
            if self._nobodys_hash is None:
                self._nobodys_hash = self._hasher.hash("")
            self._matches(self._nobodys_hash, password)
            return False
        return self._matches(password_hash, password)

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_turn(self, work: Callable[[*Ts], T], *arguments: *Ts) -> T:
        if self._waiting >= _MOST_WAITING:
            raise HashingBusy
        self._waiting += 1
        try:
            async with self._slots:
                return await asyncio.to_thread(work, *arguments)
        finally:
            self._waiting -= 1
