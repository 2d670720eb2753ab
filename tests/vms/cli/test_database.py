import re
from pathlib import Path

from sqlmodel import select

from fakes.databases import opened
from fakes.served import run_vms, write_settings
from vms.access import NoJournal
from vms.accounts.door import Door
from vms.accounts.hashing import Hasher
from vms.accounts.sessions import Visitor
from vms.cli.compose import opened as composed
from vms.clock import system_clock
from vms.db.tables import Account, TotpRow
from vms.settings import Settings, load_settings

PROVINCE = Path(__file__).parents[3] / "config" / "province"
OLD = "Đêm nay trực ban 24"


async def _with_account(settings: Settings) -> None:
    async with composed(settings) as base:
        accounts = base.accounts
        await base.organisation.ensure_root()
        token = await accounts.first_start.new_token()
        assert token is not None
        await accounts.first_start.create_administrator(token, "quantri", "Quản trị", OLD, Visitor("127.0.0.1"))


async def test_a_password_that_was_reset_opens_the_door_and_must_be_changed(tmp_path: Path) -> None:
    file = write_settings(tmp_path)
    settings = load_settings(file)
    await _with_account(settings)
    done = run_vms("account", "reset-password", "QuanTri", "--settings", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    password = re.findall(r"QuanTri: (\S+)", done.stdout)[0]
    async with opened(settings.database_url) as database:
        door = Door(database, settings.accounts, system_clock, Hasher(settings.accounts), NoJournal())
        found = await door.sign_in("quantri", password, Visitor("127.0.0.1"))
    assert found.signed_in.must_change_password


async def test_the_operator_takes_a_second_factor_away_that_was_lost(tmp_path: Path) -> None:
    file = write_settings(tmp_path)
    settings = load_settings(file)
    await _with_account(settings)
    async with opened(settings.database_url) as database:
        async with database.transaction() as session:
            account_id = (await session.exec(select(Account.id))).one()
            session.add(TotpRow(account_id=account_id, sealed=b"x", confirmed_ms=1))
        done = run_vms("account", "reset-second-factor", "QuanTri", "--settings", str(file))
        assert (done.returncode, done.stderr) == (0, "")
        async with database.session() as session:
            assert (await session.exec(select(TotpRow))).all() == []
    refused = run_vms("account", "reset-second-factor", "no body", "--settings", str(file))
    assert refused.stderr == "vms: There is no account no body.\n"


def test_a_login_that_does_not_exist_is_one_sentence(tmp_path: Path) -> None:
    refused = run_vms("account", "reset-password", "nobody", "--settings", str(write_settings(tmp_path)))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "vms: There is no account nobody.\n"


def test_the_province_is_imported_once_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    settings = str(write_settings(tmp_path))
    first = run_vms("import-organisation", str(PROVINCE), "--settings", settings)
    again = run_vms("import-organisation", str(PROVINCE), "--settings", settings)
    assert (first.returncode, again.returncode) == (0, 0)
    assert "added 0, đổi / changed 0" not in first.stdout
    assert "added 0, đổi / changed 0" in again.stdout


def test_a_folder_that_is_no_organisation_is_one_sentence_and_stores_nothing(tmp_path: Path) -> None:
    settings = str(write_settings(tmp_path))
    refused = run_vms("import-organisation", str(tmp_path), "--settings", settings)
    assert refused.returncode == 1
    assert refused.stderr == "vms: units.csv line 0: there are no units\n"
