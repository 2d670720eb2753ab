"""Bring a database to the version of this program, or refuse to touch it. Knows no tables."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from vms.db.engine import DatabaseUnavailableError, create_engine, first_line, writing

_LOCK_KEY = 0x566F6E67  # "Vong": PostgreSQL's advisory lock that lets one process migrate at a time


class NewerDatabaseError(Exception):
    """The database was written by a newer version. Nothing was changed."""


async def migrate(url: str) -> None:
    """Run all migrations that are missing, in one transaction.

    Raises `NewerDatabaseError` and `DatabaseUnavailableError`, each with one sentence for the person at the terminal, and
    `BadDatabaseUrlError`.
    """
    engine = create_engine(url)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_refuse_newer)
        async with writing(engine).begin() as connection:
            await connection.run_sync(_upgrade)
    except (OSError, DBAPIError) as error:
        cause = (error.orig or error) if isinstance(error, DBAPIError) else error
        raise DatabaseUnavailableError(f"The database cannot be opened: {first_line(cause)}") from error
    finally:
        await engine.dispose()


def alembic_config() -> Config:
    """Where our migrations are; needs no alembic.ini."""
    config = Config()
    # Alembic expands % in its options.
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


def _refuse_newer(connection: Connection) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    unknown = [head for head in MigrationContext.configure(connection).get_current_heads() if head not in known]
    if unknown:
        raise NewerDatabaseError(
            f"This database belongs to a newer version of Vọng (its schema is {unknown[0]}): "
            "start that version, or restore a backup made by this one. Nothing was changed."
        )


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
    _refuse_newer(connection)
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
