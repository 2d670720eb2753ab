import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import col, delete, select

from fakes.province import AREA_A, SITE_A, add_camera, build_province
from vms.access import Actor, Deed
from vms.audit import AuditLog, BadRow
from vms.audit.chain import Damage
from vms.audit.names import DatabaseNames
from vms.audit.reading import AuditReader, Search
from vms.audit.sealing import BadSeal, Sealer, read_sealed
from vms.audit.verifying import verify_database, verify_files
from vms.db.engine import Database
from vms.db.tables import AuditRow
from vms.db.tables.audit import AuditSeal
from vms.secrets.signing import Signer, load_signer

DAY_MS = 86_400_000
NOON_MS = 1_795_000_000_000
MAI = Actor("10.0.0.1", "account-mai", "Lò Thị Mai", ("duty_officer",), "session-1")


class NoNames:
    async def name(self, kind: str, object_id: str) -> tuple[str, str]:
        return f"{kind} {object_id}", "unit-1"


@pytest.fixture
def head(tmp_path: Path) -> Path:
    return tmp_path / "head"


@pytest.fixture
def log(database: Database, head: Path) -> AuditLog:
    return AuditLog(database, NoNames(), head)


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return load_signer(tmp_path / "keys")


def deed(number: int, at_ms: int = NOON_MS) -> Deed:
    return Deed(MAI, "camera.view_live", at_ms, "camera", f"camera-{number}", {"view": str(number)})


async def filled(log: AuditLog, rows: int = 10) -> None:
    for number in range(rows):
        await log.looked(deed(number))


async def test_many_tellers_at_once_make_one_chain_without_holes(log: AuditLog, database: Database, head: Path) -> None:
    await asyncio.gather(*(log.did(deed(number)) for number in range(200)))
    assert await verify_database(database, head) == 200


async def test_names_are_those_of_that_time(database: Database) -> None:
    await build_province(database)
    camera = await add_camera(database, 7)
    log = AuditLog(database, DatabaseNames(database))
    await log.looked(Deed(MAI, "camera.view_live", NOON_MS, "camera", camera))
    await log.did(Deed(MAI, "x", NOON_MS, "site", SITE_A))
    await log.did(Deed(MAI, "x", NOON_MS, "camera", "gone"))
    named, site, gone = reversed((await AuditReader(database).page(Search())).entries)
    assert (named.label, named.unit_id) == ("7 Camera 7", AREA_A)
    assert site.unit_id == AREA_A
    assert (gone.label, gone.unit_id) == ("", "")


async def test_a_flipped_byte_names_its_row(log: AuditLog, database: Database, head: Path) -> None:
    await filled(log)
    async with database.transaction() as session:
        row = await session.get_one(AuditRow, 4)
        row.name = "Lò Thị Mao"
        session.add(row)
    bad = await verify_database(database, head)
    assert isinstance(bad, BadRow)
    assert (bad.seq, bad.damage) == (4, Damage.CHANGED)


async def test_a_deleted_row_is_named(log: AuditLog, database: Database, head: Path) -> None:
    await filled(log)
    async with database.transaction() as session:
        await session.exec(delete(AuditRow).where(col(AuditRow.seq) == 6))
    bad = await verify_database(database, head)
    assert isinstance(bad, BadRow)
    assert (bad.seq, bad.damage) == (6, Damage.MISSING)


async def test_two_swapped_rows_are_named(log: AuditLog, database: Database, head: Path) -> None:
    await filled(log)
    async with database.transaction() as session:
        for old, new in ((3, 100), (8, 3), (100, 8)):
            await session.exec(text(f"UPDATE audit SET seq = {new} WHERE seq = {old}"))  # type: ignore[call-overload]
    bad = await verify_database(database, head)
    assert isinstance(bad, BadRow)
    assert bad.seq == 3


async def test_an_end_that_was_cut_off_is_seen(log: AuditLog, database: Database, head: Path) -> None:
    await filled(log)
    async with database.transaction() as session:
        await session.exec(delete(AuditRow).where(col(AuditRow.seq) > 7))
    bad = await verify_database(database, head)
    assert isinstance(bad, BadRow)
    assert (bad.seq, bad.damage) == (8, Damage.CUT_OFF)


async def test_each_day_is_sealed_in_a_file_that_stands_by_itself(
    log: AuditLog, database: Database, signer: Signer, tmp_path: Path
) -> None:
    for day in range(3):
        for number in range(5):
            await log.looked(deed(number, NOON_MS + day * DAY_MS))
    sealer = Sealer(database, signer, tmp_path / "audit")
    files = await sealer.seal_due(NOON_MS + 2 * DAY_MS)
    assert [file.name for file in files] == sorted(file.name for file in files)
    assert len(files) == 2
    assert await sealer.seal_due(NOON_MS + 2 * DAY_MS) == []
    assert verify_files(files, signer.certificate) == 10
    other = load_signer(tmp_path / "other")
    with pytest.raises(BadSeal, match="not signed"):
        verify_files(files, other.certificate)
    data = bytearray(files[0].read_bytes())
    data[data.index(b"camera-3") + 7] ^= 1
    files[0].write_bytes(data)
    with pytest.raises(BadSeal, match="Row 4 was changed"):
        read_sealed(files[0], signer.certificate)


async def _sealed(sealer: Sealer, log: AuditLog, now_ms: int, *at_ms: int) -> list[str]:
    for number, at in enumerate(at_ms):
        await log.did(deed(number, at))
    return [file.name for file in await sealer.seal_due(now_ms)]


async def test_a_clock_that_was_set_back_brings_a_day_twice_and_writes_over_nothing(
    log: AuditLog, database: Database, signer: Signer, tmp_path: Path, head: Path
) -> None:
    sealer = Sealer(database, signer, tmp_path / "audit")
    (first,) = await _sealed(sealer, log, NOON_MS + DAY_MS, NOON_MS)
    content = (tmp_path / "audit" / first).read_bytes()
    # Back by a day for two rows, then right again.
    names = await _sealed(sealer, log, NOON_MS + 2 * DAY_MS, NOON_MS + DAY_MS, NOON_MS, NOON_MS + 1, NOON_MS + DAY_MS)
    assert (tmp_path / "audit" / first).read_bytes() == content
    assert names[0] == first.replace(".jsonl", "-2.jsonl")
    assert verify_files([tmp_path / "audit" / name for name in (*names, first)], signer.certificate) == 5
    assert await verify_database(database, head) == 5


async def test_a_clock_that_was_a_year_ahead_holds_up_no_file(
    log: AuditLog, database: Database, signer: Signer, tmp_path: Path, head: Path
) -> None:
    sealer = Sealer(database, signer, tmp_path / "audit")
    names = await _sealed(sealer, log, NOON_MS + DAY_MS, NOON_MS, NOON_MS + 365 * DAY_MS, NOON_MS + 1)
    assert len(names) == 1
    names += await _sealed(sealer, log, NOON_MS + 2 * DAY_MS, NOON_MS + DAY_MS)
    assert verify_files([tmp_path / "audit" / name for name in names], signer.certificate) == 4
    assert await verify_database(database, head) == 4


async def test_a_day_that_was_written_but_not_noted_is_noted_and_one_of_an_old_backup_stands_beside_it(
    log: AuditLog, database: Database, signer: Signer, tmp_path: Path
) -> None:
    sealer = Sealer(database, signer, tmp_path / "audit")
    (name,) = await _sealed(sealer, log, NOON_MS + DAY_MS, NOON_MS, NOON_MS + 1)
    async with database.transaction() as session:
        await session.exec(delete(AuditSeal))
    assert await _sealed(sealer, log, NOON_MS + DAY_MS) == [name]
    content = (tmp_path / "audit" / name).read_bytes()
    async with database.transaction() as session:
        await session.exec(delete(AuditSeal))
        await session.exec(delete(AuditRow).where(col(AuditRow.seq) > 1))
    assert await _sealed(sealer, log, NOON_MS + DAY_MS) == [name.replace(".jsonl", "-2.jsonl")]
    assert (tmp_path / "audit" / name).read_bytes() == content


async def test_rows_go_after_two_years_and_the_rest_is_still_whole(
    log: AuditLog, database: Database, signer: Signer, tmp_path: Path, head: Path
) -> None:
    await filled(log)
    await log.looked(deed(1, NOON_MS + 740 * DAY_MS))
    sealer = Sealer(database, signer, tmp_path / "audit")
    now_ms = NOON_MS + 741 * DAY_MS
    assert await sealer.forget_old(now_ms) == 0, "nothing goes before it is sealed"
    await sealer.seal_due(now_ms)
    assert await sealer.forget_old(now_ms) == 10
    assert await verify_database(database, head) == 1
    await log.did(deed(2, now_ms))
    assert await verify_database(database, head) == 2
    async with database.transaction() as session:
        await session.exec(delete(AuditRow).where(col(AuditRow.seq) == 11))
    assert isinstance(await verify_database(database, head), BadRow)


async def test_search_finds_by_who_what_when_and_only_in_own_units(log: AuditLog, database: Database) -> None:
    await filled(log, 3)
    await log.did(Deed(Actor("10.9.9.9"), "sign_in.refused", NOON_MS + 5, "account", "x", {"login": "100%_mai"}))
    reader = AuditReader(database)

    async def seqs(**search: object) -> list[int]:
        return [entry.seq for entry in (await reader.page(Search(**search))).entries]  # type: ignore[arg-type]

    assert await seqs() == [4, 3, 2, 1]
    assert await seqs(account_id="account-mai") == [3, 2, 1]
    assert await seqs(action="sign_in.") == [4]
    assert await seqs(action="sign_in") == []
    assert await seqs(action="own,sign_in.refused") == [4]
    assert await seqs(kind="camera", object_id="camera-1") == [2]
    assert await seqs(from_ms=NOON_MS + 1) == [4]
    assert await seqs(to_ms=NOON_MS + 1) == [3, 2, 1]
    assert await seqs(acts_only=True) == [4]
    assert await seqs(text="100%_mai") == [4]
    assert await seqs(text="%") == [4]
    assert await seqs(units=frozenset({"unit-1"})) == [4, 3, 2, 1]
    assert await seqs(units=frozenset({"unit-2"})) == []
    page = await reader.page(Search(), size=3)
    assert page.next_before == 2
    assert [entry.seq for entry in (await reader.page(Search(), page.next_before, 3)).entries] == [1]


async def test_when_the_database_takes_no_row_the_teller_hears_of_it(database: Database, log: AuditLog) -> None:
    async with database.transaction() as session:
        await session.exec(text("DROP TABLE audit"))  # type: ignore[call-overload]
    with pytest.raises(Exception, match="audit"):
        await log.did(deed(1))
    assert (await database_is_fine(database)) == 1


async def database_is_fine(database: Database) -> int:
    async with database.session() as session:
        return (await session.exec(select(1))).one()  # type: ignore[call-overload,no-any-return]


async def test_facts_are_bounded(log: AuditLog, database: Database) -> None:
    await log.did(Deed(MAI, "x", NOON_MS, facts={f"fact {n}": "x" * 10_000 for n in range(100)}))
    (entry,) = (await AuditReader(database).page(Search())).entries
    assert len(entry.facts) < 20_000
