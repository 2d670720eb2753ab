import asyncio
from pathlib import Path

import pytest
from sqlmodel import select

from fakes.databases import opened, sqlite_url
from vms.db.engine import Database
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
