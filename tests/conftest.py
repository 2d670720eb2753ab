"""Fixtures that tests of several packages use."""

import os

from hypothesis import settings

from fakes.databases import (
    any_database,
    database,
    empty_url,
    migrated_postgres,
    migrated_sqlite,
    postgres_host,
)

__all__ = ["any_database", "database", "empty_url", "migrated_postgres", "migrated_sqlite", "postgres_host"]


def pytest_configure() -> None:
    """A busy machine is slow now and then: how long an example takes is no claim of ours. Time-outs end what hangs.

    Every run looks at new examples, but the one that decides about a change: it must say the same of the same change.
    """
    settings.register_profile("vong", deadline=None, derandomize="CI" in os.environ)
    settings.load_profile("vong")
