"""Commands that work on the database alone, whether the system runs or not."""

import asyncio
from pathlib import Path

from sqlmodel import select

from vms.access import Person
from vms.accounts.policy import login_key
from vms.cli.compose import opened
from vms.cli.faults import CannotRun
from vms.cli.logs import set_up_logs
from vms.db.tables import Account
from vms.organisation.store import ImportSummary
from vms.settings import Settings, load_settings

CONSOLE = Person("console", "console", "Console")
"""Whoever may write the database: holds no role, and is named in the log as who did it."""


class NoSuchLogin(CannotRun):
    """There is no account with this login."""


def import_folder(folder: Path, settings_file: Path | None) -> None:
    """Raises `ImportRefused` and what opening the database raises."""
    settings = _settings(settings_file)
    done = asyncio.run(_import(folder, settings))
    print(f"Thêm / added {done.added}, đổi / changed {done.changed}, bỏ / removed {done.removed}.")


def reset_password(login: str, settings_file: Path | None) -> None:
    """Print a new password, which must be changed at the next sign-in. Raises `NoSuchLogin`."""
    settings = _settings(settings_file)
    password = asyncio.run(_reset(login, settings))
    print(f"{login}: {password}")
    print("Hiện một lần; phải đổi khi đăng nhập. / Shown once; must be changed at the next sign-in.")


def _settings(settings_file: Path | None) -> Settings:
    settings = load_settings(settings_file)
    set_up_logs("warning", settings.log.format, "console")
    return settings


async def _import(folder: Path, settings: Settings) -> ImportSummary:
    async with opened(settings) as base:
        return await base.organisation.import_folder(folder)


async def _reset(login: str, settings: Settings) -> str:
    async with opened(settings) as base:
        db, accounts = base.db, base.accounts
        async with db.session() as session:
            found = await session.exec(select(Account.id).where(Account.login_key == login_key(login)))
            account_id = found.first()
        if account_id is None:
            raise NoSuchLogin(f"There is no account {login}.")
        return (await accounts.directory.reset_password(CONSOLE, account_id)).first_password
