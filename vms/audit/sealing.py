"""One file for each day, signed: rows as lines of JSON, then a seal that names the first and the last row.

Whoever has the file and the certificate can check it without us, and a log whose end was cut off no longer reaches its seals.
"""

import base64
import itertools
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from sqlmodel import col, delete, func, select

from vms.audit.chain import BadRow, Damage, Entry, canonical, verify
from vms.audit.rows import entry_of, entry_of_json
from vms.clock import day_begins_ms, local_day
from vms.db.engine import Database
from vms.db.tables.audit import AuditAnchor, AuditRow, AuditSeal
from vms.secrets.signing import Signer, signed_by

KEPT = timedelta(days=731)


class BadSeal(Exception):
    """The file is not what was sealed. One sentence."""


@dataclass(frozen=True, slots=True)
class Seal:
    """`day` is its date, with -2, -3… when a clock that was set back made it come again. `before` is the hash in front of the first row,
    `head` that of the last.
    """

    day: str
    first: int
    last: int
    before: str
    head: str


class Sealer:
    """Writes the files below `folder`, one for each day that is over and had rows.

    A day's file goes on where the one before ended, up to the last row of that day: numbers, not clocks, decide what belongs together, so
    that it may hold a row of a clock that was wrong.
    """

    def __init__(self, db: Database, signer: Signer, folder: Path) -> None:
        self._db = db
        self._signer = signer
        self._folder = folder

    async def seal_due(self, now_ms: int) -> list[Path]:
        """Seal every day before today that is not sealed yet."""
        written = []
        while (file := await self._seal_next(day_begins_ms(local_day(now_ms)))) is not None:
            written.append(file)
        return written

    def file(self, name: str) -> Path:
        return self._folder / f"audit-{name}.jsonl"

    async def forget_old(self, now_ms: int) -> int:
        """Take away the rows of sealed days that are older than `KEPT`. Returns how many."""
        oldest = (local_day(now_ms) - KEPT).isoformat()
        async with self._db.transaction() as session:
            query = select(AuditSeal).where(col(AuditSeal.day) < oldest).order_by(col(AuditSeal.last).desc()).limit(1)
            seal = (await session.exec(query)).first()
            if seal is None:
                return 0
            gone = await session.exec(delete(AuditRow).where(col(AuditRow.seq) <= seal.last))
            anchor = await session.get(AuditAnchor, 1) or AuditAnchor(hash="")
            if anchor.seq < seal.last:
                anchor.seq, anchor.hash, anchor.at_ms = seal.last, seal.head, now_ms
                session.add(anchor)
            return gone.rowcount

    async def _seal_next(self, before_ms: int) -> Path | None:
        """Seal the oldest day that has rows and is over at `before_ms`."""
        async with self._db.session() as session:
            sealed = (await session.exec(select(func.max(AuditSeal.last)))).one() or 0
            rest = col(AuditRow.seq) > sealed
            # Not that of the first row: a clock that was a year ahead for a minute would hold everything up for a year.
            oldest_ms = (await session.exec(select(func.min(AuditRow.at_ms)).where(rest))).one()
            if oldest_ms is None or oldest_ms >= before_ms:
                return None
            day = local_day(oldest_ms)
            of_day = select(func.max(AuditRow.seq)).where(
                rest, col(AuditRow.at_ms) < day_begins_ms(day + timedelta(days=1))
            )
            last = (await session.exec(of_day)).one()
            query = select(AuditRow).where(rest, col(AuditRow.seq) <= last).order_by(col(AuditRow.seq))
            entries = [entry_of(row) for row in await session.exec(query)]
            taken = set(await session.exec(select(AuditSeal.day).where(col(AuditSeal.day).startswith(day.isoformat()))))
        for name in _names(day):
            seal = seal_of(name, entries)
            content = b"".join(sealed_lines(seal, entries, self._signer))
            # What was sealed is never written over: a clock that was set back, or an old backup, brings a day twice.
            if name not in taken and (not (file := self.file(name)).exists() or file.read_bytes() == content):
                break
        _write(file, content)
        async with self._db.transaction() as session:
            session.add(AuditSeal(**asdict(seal)))
        return file


def _names(day: date) -> Iterator[str]:
    yield day.isoformat()
    yield from (f"{day.isoformat()}-{number}" for number in itertools.count(2))


def seal_of(name: str, entries: list[Entry]) -> Seal:
    return Seal(name, entries[0].seq, entries[-1].seq, entries[0].prev_hash, entries[-1].hash)


def sealed_lines(seal: Seal, entries: list[Entry], signer: Signer) -> Iterator[bytes]:
    """The lines of a file: every entry, then the seal and its signature over all bytes before."""
    digest = sha256()
    for entry in entries:
        line = canonical(asdict(entry)).encode() + b"\n"
        digest.update(line)
        yield line
    line = canonical({"seal": asdict(seal)}).encode() + b"\n"
    digest.update(line)
    yield line
    signature = base64.b64encode(signer.sign(digest.digest())).decode()
    yield canonical({"signature": signature, "certificate": signer.certificate.decode()}).encode() + b"\n"


def read_sealed(file: Path, certificate: bytes) -> tuple[Seal, list[Entry]]:
    """Check a file against a certificate that is trusted. Raises `BadSeal` and `OSError`."""
    digest, lines = sha256(), file.read_bytes().splitlines(keepends=True)
    if len(lines) < 3:
        raise BadSeal(f"{file.name}: the seal is missing.")
    *rows, seal_line, signature_line = lines
    try:
        for line in (*rows, seal_line):
            digest.update(line)
        signature = base64.b64decode(json.loads(signature_line)["signature"], validate=True)
        signed = signed_by(certificate, signature, digest.digest())
        seal = Seal(**json.loads(seal_line)["seal"])
        entries = [entry_of_json(json.loads(line)) for line in rows]
    except (ValueError, KeyError, TypeError) as error:
        raise BadSeal(f"{file.name}: the file is damaged.") from error
    first_bad = _first_bad(seal, entries)
    if first_bad is not None:
        raise BadSeal(f"{file.name}: {first_bad.sentence()}")
    if not signed:
        raise BadSeal(f"{file.name}: not signed with this certificate.")
    return seal, entries


def _first_bad(seal: Seal, entries: Iterable[Entry]) -> BadRow | None:
    checked = verify(entries, seq=seal.first, prev_hash=seal.before)
    if isinstance(checked, BadRow):
        return checked
    return None if checked == (seal.last + 1, seal.head) else BadRow(checked[0], Damage.CUT_OFF)


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(file.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(file)
