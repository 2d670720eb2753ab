"""The chain. Pure: a row's hash covers everything in it, its number, and the hash of the row before it."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

FIRST_HASH = "0" * 64
"""What stands before the very first row."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. Names are as they were at that time: what is renamed later changes no row.

    `at_ms` UTC; `roles` joined by commas; `unit_id` is the unit that the object belonged to then, else one of the actor's; `facts` is
    canonical JSON; `reads` for a look that changed nothing.
    """

    seq: int
    at_ms: int
    address: str
    account_id: str
    name: str
    roles: str
    session_id: str
    console: bool
    action: str
    reads: bool
    kind: str
    object_id: str
    label: str
    unit_id: str
    facts: str
    prev_hash: str = ""
    hash: str = ""


def canonical(facts: object) -> str:
    """JSON of one spelling only."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def entry_hash(entry: Entry) -> str:
    """SHA-256 over the canonical JSON of the row without its own hash."""
    row = asdict(entry)
    del row["hash"]
    return hashlib.sha256(canonical(row).encode()).hexdigest()


def linked(entries: Iterable[Entry], seq: int, prev_hash: str) -> Iterator[Entry]:
    """Number the entries from `seq` on and bind each to the one before."""
    for entry in entries:
        bound = replace(entry, seq=seq, prev_hash=prev_hash)
        done = replace(bound, hash=entry_hash(bound))
        yield done
        seq, prev_hash = seq + 1, done.hash


class Damage(StrEnum):
    CHANGED = "changed"  # its content is not what was hashed
    MISSING = "missing"  # there is a hole in the numbers
    ORDER = "order"  # its number is not behind the one before it
    CUT_OFF = "cut_off"  # the log ends before the row that a seal or the head names


@dataclass(frozen=True, slots=True)
class BadRow:
    """The first row that is not as it was written."""

    seq: int
    damage: Damage
    at_ms: int = 0

    def sentence(self) -> str:
        """In Vietnamese and English, for a person at a terminal."""
        vi, en = _SENTENCES[self.damage]
        return f"{vi.format(seq=self.seq)} · {en.format(seq=self.seq)}"


_SENTENCES = {
    Damage.CHANGED: ("Dòng {seq} đã bị sửa.", "Row {seq} was changed."),
    Damage.MISSING: ("Thiếu dòng {seq}.", "Row {seq} is missing."),
    Damage.ORDER: ("Dòng {seq} không đúng thứ tự.", "Row {seq} is out of order."),
    Damage.CUT_OFF: ("Nhật ký bị cắt từ dòng {seq}.", "The log was cut off from row {seq} on."),
}


def verify(entries: Iterable[Entry], *, seq: int = 1, prev_hash: str = FIRST_HASH) -> BadRow | tuple[int, str]:
    """The first bad row, or (next number, hash of the last row) of a log that is whole from `seq` on."""
    for entry in entries:
        if entry.seq != seq:
            damage = Damage.MISSING if entry.seq > seq else Damage.ORDER
            return BadRow(min(entry.seq, seq), damage, entry.at_ms)
        if entry.prev_hash != prev_hash or entry.hash != entry_hash(entry):
            return BadRow(seq, Damage.CHANGED, entry.at_ms)
        seq, prev_hash = seq + 1, entry.hash
    return seq, prev_hash
