"""Between rows and entries."""

from dataclasses import asdict, fields
from typing import Any

from vms.audit.chain import Entry
from vms.db.tables.audit import AuditRow

_NAMES = tuple(member.name for member in fields(Entry))


def row_of(entry: Entry) -> AuditRow:
    return AuditRow(**asdict(entry))


def entry_of(row: AuditRow) -> Entry:
    return Entry(**{name: getattr(row, name) for name in _NAMES})


def entry_of_json(data: dict[str, Any]) -> Entry:
    """Raises `TypeError` or `KeyError` for what is no entry."""
    if set(data) != set(_NAMES):
        raise KeyError("not an entry")
    return Entry(**data)
