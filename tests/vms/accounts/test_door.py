import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import select

from fakes.clock import FakeClock
from fakes.control import CHEAP, PASSWORD
from fakes.control_ports import FakeVault
from vms.access import Role
from vms.accounts.directory import HeldRole
from vms.accounts.faults import AccountLocked, TooManyAttempts, WeakPassword, WrongLogin
from vms.accounts.service import Accounts
from vms.accounts.sessions import SignedIn, Visitor
from vms.db.engine import Database
from vms.db.tables import Account, SessionRow
from vms.organisation import Organisation

HERE = Visitor("10.0.0.1", "Cốc Cốc")


@dataclass
class Office:
    accounts: Accounts
    clock: FakeClock
    administrator: SignedIn
    token: str
    root_id: str
    database: Database


@pytest.fixture
async def office(any_database: Database) -> Office:
    clock = FakeClock()
    organisation = Organisation(any_database, clock)
    accounts = Accounts.create(any_database, CHEAP, clock, organisation, FakeVault())
    token = await accounts.first_start.new_token()
    assert token is not None
    opened = await accounts.first_start.create_administrator(token, "QuanTri", "Quản trị", PASSWORD, HERE)
    return Office(accounts, clock, opened.signed_in, opened.token, await organisation.ensure_root(), any_database)


async def test_a_session_ends_after_idling(office: Office) -> None:
    office.clock.advance(minutes=14)
    assert await office.accounts.door.session(office.token) is not None
    office.clock.advance(minutes=14)
    assert await office.accounts.door.session(office.token) is not None
    office.clock.advance(minutes=15)
    assert await office.accounts.door.session(office.token) is None


async def test_a_session_ends_of_old_age_however_busy(office: Office) -> None:
    for _ in range(12 * 6 - 1):
        office.clock.advance(minutes=10)
        assert await office.accounts.door.session(office.token) is not None
    office.clock.advance(minutes=10)
    assert await office.accounts.door.session(office.token) is None


async def test_activity_is_written_at_most_once_in_a_minute(office: Office) -> None:
    async def touched_ms() -> int:
        async with office.database.session() as session:
            return (await session.exec(select(SessionRow))).one().touched_ms

    began_ms = await touched_ms()
    for _ in range(5):
        office.clock.advance(s=10)
        await office.accounts.door.session(office.token)
    assert await touched_ms() == began_ms
    office.clock.advance(s=10)
    await office.accounts.door.session(office.token)
    assert await touched_ms() == began_ms + 60_000


async def test_neither_token_nor_password_is_in_the_database(office: Office) -> None:
    async with office.database.session() as session:
        row, account = (await session.exec(select(SessionRow))).one(), (await session.exec(select(Account))).one()
    assert office.token not in str(row.model_dump())
    assert office.administrator.csrf not in str(row.model_dump())
    assert PASSWORD not in str(account.model_dump())
    assert account.password_hash.startswith("$argon2id$")


async def test_wrong_and_unknown_logins_are_the_same(office: Office) -> None:
    for login, password in (("quantri", "wrong"), ("nobody", PASSWORD), ("<script>", PASSWORD), ("", "")):
        with pytest.raises(WrongLogin):
            await office.accounts.door.sign_in(login, password, HERE)


async def test_a_login_is_taken_without_regard_to_case(office: Office) -> None:
    opened = await office.accounts.door.sign_in("QUANTRI", PASSWORD, HERE)
    assert opened.signed_in.person.account_id == office.administrator.person.account_id


async def test_attempts_at_once_count_like_attempts_in_turn(office: Office) -> None:
    door = office.accounts.door
    results = await asyncio.gather(
        *(door.sign_in("quantri", f"guess{n}", HERE) for n in range(20)), return_exceptions=True
    )
    assert sum(isinstance(result, WrongLogin) for result in results) == 5
    assert sum(isinstance(result, TooManyAttempts) for result in results) == 15
    await door.sign_in("quantri", PASSWORD, Visitor("10.0.0.2"))


async def _new_officer(office: Office) -> tuple[str, str]:
    roles = [HeldRole(Role.DUTY_OFFICER, office.root_id)]
    created = await office.accounts.directory.create(office.administrator.person, "trucban", "Trực ban", roles)
    return created.account.id, created.first_password


async def test_a_new_account_must_change_its_first_password(office: Office) -> None:
    _, first = await _new_officer(office)
    opened = await office.accounts.door.sign_in("trucban", first, HERE)
    assert opened.signed_in.must_change_password
    with pytest.raises(WeakPassword):
        await office.accounts.door.change_password(opened.signed_in, first, first, HERE)
    with pytest.raises(WrongLogin):
        await office.accounts.door.change_password(opened.signed_in, "wrong", PASSWORD, HERE)
    changed = await office.accounts.door.change_password(opened.signed_in, first, PASSWORD, HERE)
    assert not changed.signed_in.must_change_password
    assert await office.accounts.door.session(opened.token) is None
    assert await office.accounts.door.session(changed.token) is not None


async def test_locking_an_account_ends_its_sessions_at_once(office: Office) -> None:
    account_id, first = await _new_officer(office)
    opened = await office.accounts.door.sign_in("trucban", first, HERE)
    assert await office.accounts.door.still_signed_in(opened.signed_in.session_id)
    view = await office.accounts.directory.set_locked(office.administrator.person, account_id, locked=True)
    assert view.locked
    assert await office.accounts.door.session(opened.token) is None
    assert not await office.accounts.door.still_signed_in(opened.signed_in.session_id)
    with pytest.raises(AccountLocked):
        await office.accounts.door.sign_in("trucban", first, HERE)
    with pytest.raises(WrongLogin):
        await office.accounts.door.sign_in("trucban", "wrong", HERE)
    await office.accounts.directory.set_locked(office.administrator.person, account_id, locked=False)
    await office.accounts.door.sign_in("trucban", first, HERE)


async def test_a_reset_password_replaces_the_old_one_and_ends_sessions(office: Office) -> None:
    account_id, first = await _new_officer(office)
    opened = await office.accounts.door.sign_in("trucban", first, HERE)
    created = await office.accounts.directory.reset_password(office.administrator.person, account_id)
    assert await office.accounts.door.session(opened.token) is None
    with pytest.raises(WrongLogin):
        await office.accounts.door.sign_in("trucban", first, HERE)
    again = await office.accounts.door.sign_in("trucban", created.first_password, HERE)
    assert again.signed_in.must_change_password


async def test_signing_in_without_end_keeps_the_newest_sessions_only(office: Office) -> None:
    for _ in range(25):
        office.clock.advance(s=1)
        newest = await office.accounts.door.sign_in("quantri", PASSWORD, HERE)
    async with office.database.session() as session:
        assert len((await session.exec(select(SessionRow))).all()) == 20
    assert await office.accounts.door.session(newest.token) is not None
    assert await office.accounts.door.session(office.token) is None


async def test_dearer_hashing_is_taken_up_at_the_next_sign_in(office: Office) -> None:
    dearer = CHEAP.model_copy(update={"hash_rounds": 2})
    accounts = Accounts.create(
        office.database, dearer, office.clock, Organisation(office.database, office.clock), FakeVault()
    )
    await accounts.door.sign_in("quantri", PASSWORD, HERE)
    async with office.database.session() as session:
        assert "t=2" in (await session.exec(select(Account))).one().password_hash


async def test_no_secret_shows_in_a_repr(office: Office, tmp_path: Path) -> None:
    _, first = await _new_officer(office)
    opened = await office.accounts.door.sign_in("trucban", first, HERE)
    assert opened.token not in repr(opened)
    assert opened.signed_in.csrf not in repr(opened)
