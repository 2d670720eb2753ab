"""Sessions and transactions on SQLite or PostgreSQL. Knows no tables.

SQLite has one writer. A transaction that reads first and writes later can then fail half-way with "database is locked", so
`transaction()` takes the write lock at its beginning (BEGIN IMMEDIATE) and waits for it; `session()` only reads and never waits.
"""

import asyncio
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import aiosqlite
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

BUSY_TIMEOUT_MS = 10_000
CLOSE_S = 5.0
_WRITE = "vong_write"
_DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


class BadDatabaseUrlError(ValueError):
    """`database.url` names no database that we can use. The message never repeats the address: it may hold a password."""


class DatabaseUnavailableError(Exception):
    """The database cannot be opened, or was lost. The message holds no address and no values."""


def create_engine(url: str, on_thread: Callable[[threading.Thread], None] = lambda _thread: None) -> AsyncEngine:
    """An engine with our rules for SQLite installed. Opens no connection. Raises `BadDatabaseUrlError`.

    `on_thread` is told of the thread of each SQLite connection before it is tried, whether it comes to be or not.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise BadDatabaseUrlError("database.url is not an address of a database") from error
    if parsed.drivername not in _DRIVERS:
        raise BadDatabaseUrlError("database.url must begin with sqlite+aiosqlite:/// or postgresql+asyncpg://")
    is_sqlite = parsed.drivername == _DRIVERS[0]
    engine = create_async_engine(
        parsed,
        hide_parameters=True,
        pool_pre_ping=not is_sqlite,
        connect_args={"async_creator_fn": _connector(on_thread)} if is_sqlite else {},
    )
    if is_sqlite:
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def writing(engine: AsyncEngine) -> AsyncEngine:
    """The same engine and pool, whose transactions take the write lock at once."""
    return engine.execution_options(**{_WRITE: True})


class Database:
    """`async with db.session()` to read, `async with db.transaction()` to change something. They do not nest.

    Both raise `DatabaseUnavailableError` when the database does not answer.
    """

    def __init__(self, url: str) -> None:
        self._threads: weakref.WeakSet[threading.Thread] = weakref.WeakSet()
        self._engine = create_engine(url, self._threads.add)
        self._writer = writing(self._engine)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """Read. Whatever was changed is thrown away."""
        with _unavailable():
            async with AsyncSession(self._engine, expire_on_commit=False, autoflush=False) as session:
                yield session

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Commit at the end of the block, roll back when it raises."""
        with _unavailable():
            async with AsyncSession(self._writer, expire_on_commit=False) as session, session.begin():
                await session.connection()
                yield session

    @asynccontextmanager
    async def trial(self) -> AsyncIterator[AsyncSession]:
        """Change something to see what would come of it: all of it is rolled back at the end of the block."""
        with _unavailable():
            async with AsyncSession(self._writer, expire_on_commit=False) as session:
                await session.connection()
                yield session
                await session.rollback()

    async def close(self) -> None:
        """Close all connections. A query that was cancelled may still run in its thread: wait for it, for `CLOSE_S` at most."""
        await self._engine.dispose()
        # The thread tells the event loop how the query, or a connection that failed, ended: too late for a loop that is closed by then.
        for thread in list(self._threads):
            if thread.is_alive():
                await asyncio.to_thread(thread.join, CLOSE_S)


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise DatabaseUnavailableError(first_line(error.orig or error)) from error


def first_line(error: BaseException) -> str:
    """What a driver says, short enough for one sentence."""
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__


def _connector(on_thread: Callable[[threading.Thread], None]) -> Callable[..., aiosqlite.Connection]:
    def connect(*args: Any, **options: Any) -> aiosqlite.Connection:
        connection = aiosqlite.connect(*args, **options)
        thread = connection._thread  # noqa: SLF001 aiosqlite shows it nowhere else
        thread.daemon = True
        on_thread(thread)
        return connection

    return connect


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not begin transactions by itself: it would defer the lock, and leave DDL outside of them.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
