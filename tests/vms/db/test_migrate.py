import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from fakes.databases import sqlite_url
from vms.db.engine import BadDatabaseUrlError, DatabaseUnavailableError, create_engine
from vms.db.migrate import NewerDatabaseError, migrate
from vms.db.tables import METADATA


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, METADATA))


async def test_the_migrated_schema_is_what_the_tables_say(empty_url: str) -> None:
    await migrate(empty_url)
    engine = create_engine(empty_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await engine.dispose()


async def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    await migrate(empty_url)
    await migrate(empty_url)


async def test_a_database_of_a_newer_version_is_refused_in_one_sentence_and_left_as_it_is(empty_url: str) -> None:
    engine = create_engine(empty_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        await connection.execute(text("INSERT INTO alembic_version VALUES ('9999')"))
    with pytest.raises(NewerDatabaseError, match="newer version of Vọng"):
        await migrate(empty_url)
    async with engine.connect() as connection:
        tables = await connection.run_sync(engine.dialect.get_table_names)
    assert tables == ["alembic_version"]
    await engine.dispose()


async def test_a_file_that_is_no_database_is_named_so(tmp_path: Path) -> None:
    (tmp_path / "vong.sqlite").write_bytes(b"minutes of a meeting" * 100)
    with pytest.raises(DatabaseUnavailableError, match="cannot be opened"):
        await migrate(sqlite_url(tmp_path))
    assert (tmp_path / "vong.sqlite").read_bytes() == b"minutes of a meeting" * 100


async def test_a_failing_migration_leaves_sqlite_untouched(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "vong.sqlite") as connection:
        connection.execute("CREATE TABLE unit (surprise TEXT)")
    connection.close()
    with pytest.raises(DatabaseUnavailableError):
        await migrate(sqlite_url(tmp_path))
    with sqlite3.connect(tmp_path / "vong.sqlite") as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    assert tables == {"unit"}


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://user:hunter2@host/x", "sqlite:///x", "postgresql://user:hunter2@h/x"]
)
async def test_an_address_of_no_known_database_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(BadDatabaseUrlError, match=r"database\.url") as caught:
        await migrate(url)
    assert "hunter2" not in str(caught.value)


async def test_no_server_at_the_address_is_one_sentence_without_the_password() -> None:
    with pytest.raises(DatabaseUnavailableError) as caught:
        await migrate("postgresql+asyncpg://vong:hunter2@127.0.0.1:1/vong")
    assert "hunter2" not in str(caught.value)
