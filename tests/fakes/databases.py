"""Databases for tests: a fresh one for each test, on SQLite and on PostgreSQL.

PostgreSQL runs once per test session, from a wheel. All migrations run once per session and kind; each test gets a database of its own,
copied from that one.
"""

import asyncio
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
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
async def postgres_url(host: str, template: str = "template1") -> AsyncIterator[str]:
    """Create a database as a copy of `template` and drop it at the end."""
    name = f"vong_{os.getpid()}_{next(_numbers)}"
    connection = await asyncpg.connect(host=host, user="postgres", database="postgres")
    try:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield _postgres_address(host, name)
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()


def _postgres_address(host: str, name: str) -> str:
    return f"postgresql+asyncpg://postgres@/{name}?host={quote(host, safe='')}"


def _migrated(url: str) -> None:
    """Fixtures of a session are made while a test's loop runs, too: migrate in a loop of another thread."""
    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, migrate(url)).result()


def sqlite_url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'vong.sqlite'}"


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """Migrate the database at `url` and open it."""
    await migrate(url)
    async with _open(url) as database:
        yield database


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


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database that nobody has open, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    _migrated(sqlite_url(folder))
    (file,) = folder.iterdir()
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres_host: str) -> str:
    """The name of a migrated database that nobody is connected to, to be copied."""
    name = "vong_migrated"
    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, _create(postgres_host, name)).result()
    _migrated(_postgres_address(postgres_host, name))
    return name


async def _create(host: str, name: str) -> None:
    connection = await asyncpg.connect(host=host, user="postgres", database="postgres")
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()


@asynccontextmanager
async def _open(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
async def any_database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A migrated database; the test runs on both kinds."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path)
        async with _open(sqlite_url(tmp_path)) as database:
            yield database
        return
    host, template = request.getfixturevalue("postgres_host"), request.getfixturevalue("migrated_postgres")
    async with postgres_url(host, template) as url, _open(url) as database:
        yield database


@pytest.fixture
async def database(tmp_path: Path, migrated_sqlite: Path) -> AsyncIterator[Database]:
    """A migrated SQLite database: for tests to which the kind does not matter."""
    shutil.copy(migrated_sqlite, tmp_path)
    async with _open(sqlite_url(tmp_path)) as opened_database:
        yield opened_database
