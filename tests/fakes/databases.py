"""Databases for tests: a fresh one for each test, on SQLite and on PostgreSQL.

`database_urls` is what a `conftest.py` builds its fixtures from. PostgreSQL runs once per test session, from a wheel; each test
gets its own database in it.
"""

import itertools
import os
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
import pytest

from vms.db.engine import Database
from vms.db.migrate import migrate

_numbers = itertools.count(1)


@contextmanager
def postgres_server() -> Iterator[str]:
    """Run a PostgreSQL on a Unix socket; yields the folder of the socket."""
    with warnings.catch_warnings():
        # platformdirs says that XDG_RUNTIME_DIR is not set, which is no concern of a test.
        warnings.simplefilter("ignore")
        import pgserver  # noqa: PLC0415 warns on import

        # A socket's path may have 107 characters at most: pytest's own folders are too deep.
        folder = Path(tempfile.mkdtemp(prefix="vong-pg-"))
        server: Any = pgserver.get_server(folder, cleanup_mode="delete")
        try:
            host = server.get_uri().rpartition("host=")[2]
            yield host or os.fspath(folder)
        finally:
            server.cleanup()


@asynccontextmanager
async def postgres_url(host: str) -> AsyncIterator[str]:
    """Create a database and drop it at the end."""
    name = f"vong_{os.getpid()}_{next(_numbers)}"
    connection = await asyncpg.connect(host=host, user="postgres", database="postgres")
    try:
        await connection.execute(f"CREATE DATABASE {name}")
        yield f"postgresql+asyncpg://postgres@/{name}?host={quote(host, safe='')}"
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()


def sqlite_url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'vong.sqlite'}"


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """Migrate the database at `url` and open it."""
    await migrate(url)
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture(scope="session")
def postgres_host() -> Iterator[str]:
    with postgres_server() as host:
        yield host


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a database without any table; both kinds."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    async with postgres_url(request.getfixturevalue("postgres_host")) as url:
        yield url


@pytest.fixture
async def any_database(empty_url: str) -> AsyncIterator[Database]:
    """A migrated database; the test runs on both kinds."""
    async with opened(empty_url) as database:
        yield database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A migrated SQLite database: for tests to which the kind does not matter."""
    async with opened(sqlite_url(tmp_path)) as opened_database:
        yield opened_database
