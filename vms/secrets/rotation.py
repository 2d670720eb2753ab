"""A new key for all secrets at rest, while the system runs.

The new key is written first, then every secret is sealed anew, row by row; when a look under the write lock finds nothing that an old key
sealed, the old keys go. Ended anywhere, every secret opens with the keys that the file has then, and the next rotation does the rest.
"""

import asyncio
import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import structlog
from sqlalchemy import inspect, text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.db.engine import BUSY_TIMEOUT_MS, Database
from vms.db.tables.row import Row
from vms.secrets.box import SealedForAnotherError, SecretBox, UnknownKeyError, key_id_of
from vms.secrets.keys import Keyring, KeyringError, read_key_file, write_keyring

_log = structlog.get_logger(__name__)

SETTLE_S = BUSY_TIMEOUT_MS / 1000 + 1
"""Whoever sealed with the old key and then waited for the write lock has written, or given up, by then."""
_MOST_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column of sealed secrets, and the context that a row's secret is bound to. Declared by the module that seals them."""

    table: type[Row]
    column: str
    context: Callable[[Any], str]

    def value(self, row: Row) -> bytes:
        """Empty for none."""
        return getattr(row, self.column) or b""

    def __str__(self) -> str:
        return f"{self.table.__tablename__}.{self.column}"


class KeyStore(Protocol):
    def read(self) -> Keyring: ...

    def write(self, keyring: Keyring) -> None: ...


class KeyFile:
    """The key file, as a rotation reads and rewrites it. Both raise `KeyringError`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Keyring:
        return read_key_file(self._path)

    def write(self, keyring: Keyring) -> None:
        write_keyring(self._path, keyring)

    @contextmanager
    def held(self) -> Iterator[None]:
        """One rotation at a time. Raises `KeyringError`."""
        descriptor = os.open(self._path.with_name(self._path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise KeyringError("Another rotation of these keys is under way.") from None
        finally:
            os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Rotated:
    """`resealed`: how many; `idle`: ids of keys that seal nothing any more; `unreadable`: where secrets are that no key opens."""

    key_id: str
    resealed: int
    idle: tuple[str, ...]
    unreadable: tuple[str, ...]


class Rotation:
    def __init__(self, db: Database, places: Sequence[Sealed], settle_s: float = SETTLE_S) -> None:
        self._db = db
        self._places = places
        self._settle_s = settle_s

    async def rotate(self, store: KeyStore) -> Rotated:
        """A new key, and no old one that is not needed. Raises `KeyringError`: then all keys are kept."""
        keyring = store.read().rotated()
        store.write(keyring)
        _log.info("key_added", key_id=keyring.current.id)

        def give_up(idle: tuple[str, ...]) -> None:
            store.write(Keyring(tuple(key for key in keyring.keys if key.id not in idle)))
            _log.info("keys_removed", key_ids=idle)

        return await self.reseal(keyring, give_up)

    async def reseal(
        self, keyring: Keyring, give_up: Callable[[tuple[str, ...]], None] = lambda _idle: None
    ) -> Rotated:
        """Seal everything with the first key. `give_up` is called under the write lock: nobody adds a row that needs these keys.

        Raises `KeyringError` when secrets go on being sealed with an old key: somebody runs who does not know the new one.
        """
        box, resealed, hopeless = SecretBox(keyring), 0, set[_Place]()
        for _ in range(_MOST_ROUNDS):
            resealed += await self._round(box, hopeless)
            await asyncio.sleep(self._settle_s)
            async with self._db.transaction() as session:
                await _lock(session, self._places)
                left = await self._outdated(session, box)
                if left.keys() <= hopeless:
                    needed = {keyring.current.id, *left.values()}
                    idle = tuple(key.id for key in keyring.keys if key.id not in needed)
                    give_up(idle)
                    return Rotated(keyring.current.id, resealed, idle, tuple(sorted(str(one) for one, _ in left)))
        raise KeyringError(
            "Secrets go on being sealed with the old key: start the system anew, so that it knows the new one, then rotate again."
        )

    async def _round(self, box: SecretBox, hopeless: "set[_Place]") -> int:
        async with self._db.session() as session:
            outdated = await self._outdated(session, box)
        done = 0
        for place, key in outdated:
            async with self._db.transaction() as session:
                row = await session.get(place.table, key, with_for_update=True)
                # It may have been changed or removed since it was read.
                if row is None or not box.is_outdated(place.value(row)):
                    continue
                try:
                    plain = box.open(place.value(row), place.context(row))
                except (UnknownKeyError, SealedForAnotherError) as error:
                    hopeless.add((place, key))
                    _log.error("secret_unreadable", place=str(place), reason=type(error).__name__)
                    continue
                setattr(row, place.column, box.seal(plain, place.context(row)))
                session.add(row)
                done += 1
        return done

    async def _outdated(self, session: AsyncSession, box: SecretBox) -> "dict[_Place, str]":
        """Where another key than the first one sealed something, and which."""
        found: dict[_Place, str] = {}
        for place in self._places:
            for row in await session.exec(select(place.table)):
                if box.is_outdated(sealed := place.value(row)):
                    key = tuple(inspect(place.table).primary_key_from_instance(row))
                    found[place, key] = key_id_of(sealed)
        return found


_Place = tuple[Sealed, tuple[Any, ...]]


async def _lock(session: AsyncSession, places: Sequence[Sealed]) -> None:
    """SQLite's transactions hold the write lock from their beginning. PostgreSQL: wait for all who write now, let nobody else."""
    if session.get_bind().dialect.name == "postgresql":
        names = ", ".join(sorted({f'"{place.table.__tablename__}"' for place in places}))
        await (await session.connection()).execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))
