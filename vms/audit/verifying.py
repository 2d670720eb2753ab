"""Checking a log that nobody is trusted to have left alone. Needs the database or the sealed files, and nothing that runs."""

from pathlib import Path

from sqlmodel import col, select

from vms.audit.chain import FIRST_HASH, BadRow, Damage, verify
from vms.audit.log import read_head
from vms.audit.reading import AuditReader
from vms.audit.sealing import BadSeal, read_sealed
from vms.db.engine import Database
from vms.db.tables.audit import AuditSeal


async def verify_database(db: Database, head_file: Path | None = None) -> BadRow | int:
    """The first bad row, or how many rows are whole. Seals and the head tell of an end that was cut off or made anew."""
    reader = AuditReader(db)
    anchor = await reader.anchor() or (0, FIRST_HASH)
    marks = await _marks(db, anchor[0])
    seq, prev_hash = anchor[0] + 1, anchor[1]
    async for entry in reader.in_order():
        checked = verify([entry], seq=seq, prev_hash=prev_hash)
        if isinstance(checked, BadRow):
            return checked
        if entry.hash != marks.pop(entry.seq, entry.hash):
            return BadRow(entry.seq, Damage.CHANGED, entry.at_ms)
        seq, prev_hash = checked
    head = read_head(head_file) if head_file is not None else None
    if marks or (head is not None and head[0] >= seq):
        return BadRow(seq, Damage.CUT_OFF)
    if head is not None and head[0] == seq - 1 and head[1] != prev_hash:
        return BadRow(seq - 1, Damage.CHANGED)
    return seq - 1 - anchor[0]


async def _marks(db: Database, behind: int) -> dict[int, str]:
    """What the last row of each sealed day must be."""
    async with db.session() as session:
        return {
            seal.last: seal.head for seal in await session.exec(select(AuditSeal).where(col(AuditSeal.last) > behind))
        }


def verify_files(files: list[Path], certificate: bytes) -> int:
    """How many rows are whole in these files of consecutive days. Raises `BadSeal` and `OSError`."""
    rows, before = 0, None
    read = [(file, *read_sealed(file, certificate)) for file in files]
    # By their numbers: names follow clocks, which may have been wrong.
    for file, seal, entries in sorted(read, key=lambda one: one[1].first):
        if before is not None and (seal.first, seal.before) != (before.last + 1, before.head):
            raise BadSeal(f"{file.name}: does not go on where {before.day} ended.")
        before, rows = seal, rows + len(entries)
    return rows
