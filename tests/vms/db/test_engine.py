import asyncio
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

from fakes.databases import opened, sqlite_url
from vms.db.engine import Database, DatabaseUnavailableError
from vms.db.ids import new_id
from vms.db.tables import Meta


async def _value(database: Database, key: str) -> str | None:
    async with database.session() as session:
        row = await session.get(Meta, key)
        return None if row is None else row.value


async def test_a_transaction_commits(any_database: Database) -> None:
    async with any_database.transaction() as session:
        session.add(Meta(key="a", value="1"))
    assert await _value(any_database, "a") == "1"


async def test_a_transaction_that_raises_leaves_nothing(any_database: Database) -> None:
    async def fail() -> None:
        async with any_database.transaction() as session:
            session.add(Meta(key="a", value="1"))
            await session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await _value(any_database, "a") is None


async def test_what_a_reading_session_changes_is_thrown_away(any_database: Database) -> None:
    async with any_database.session() as session:
        session.add(Meta(key="a", value="1"))
        await session.flush()
    assert await _value(any_database, "a") is None


async def test_many_writers_at_once_wait_for_each_other_instead_of_failing(any_database: Database) -> None:
    async with any_database.transaction() as session:
        session.add(Meta(key="count", value="0"))

    async def count_up() -> None:
        async with any_database.transaction() as session:
            row = (await session.exec(select(Meta).where(Meta.key == "count").with_for_update())).one()
            row.value = str(int(row.value) + 1)

    async with asyncio.TaskGroup() as group:
        for _ in range(12):
            group.create_task(count_up())
    assert await _value(any_database, "count") == "12"


async def test_a_reader_sees_the_old_state_while_a_writer_works(tmp_path: Path) -> None:
    async with opened(sqlite_url(tmp_path)) as database, database.transaction() as session:
        session.add(Meta(key="a", value="1"))
        await session.flush()
        assert await _value(database, "a") is None


def test_ids_are_unguessable_and_fit_where_ids_go() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert {len(one) for one in ids} == {22}


SLOW = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 2000000) SELECT count(*) FROM c"


async def test_closing_waits_for_the_thread_of_a_query_that_was_cancelled(tmp_path: Path) -> None:
    # A thread that answers after the event loop has closed ends some later test with "Event loop is closed".
    before = set(threading.enumerate())
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'x.sqlite'}")
    asked = asyncio.Event()

    async def ask() -> None:
        async with database.session() as session:
            await session.connection()
            asked.set()
            await session.execute(text(SLOW))

    asking = asyncio.create_task(ask())
    await asked.wait()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await database.close()
    assert _connection_threads(before) == []


async def test_closing_waits_for_the_thread_of_a_connection_that_never_came_to_be(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/no/such/folder/x.sqlite")

    async def ask() -> None:
        with pytest.raises(DatabaseUnavailableError):
            async with database.session() as session:
                await session.connection()

    await asyncio.gather(*(ask() for _ in range(5)))
    await database.close()
    assert _connection_threads(before) == []


def _connection_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread not in before and "_connection_worker" in str(thread)]


async def test_a_trial_leaves_nothing_behind(database: Database) -> None:
    async with database.trial() as session:
        session.add(Meta(key="trial", value="1"))
        await session.flush()
        assert await session.get(Meta, "trial") is not None
    async with database.session() as session:
        assert await session.get(Meta, "trial") is None
