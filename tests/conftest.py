"""Fixtures that tests of several packages use."""

from fakes.databases import any_database, database, empty_url, postgres_host

__all__ = ["any_database", "database", "empty_url", "postgres_host"]
