"""Commands that work on the database alone, whether the system runs or not."""

import asyncio
from pathlib import Path

from vms.accounts.faults import BadLogin, NoSuchAccount
from vms.accounts.service import Accounts
from vms.cli.compose import opened
from vms.cli.faults import CannotRun
from vms.cli.logs import set_up_logs
from vms.organisation.store import ImportSummary
from vms.settings import Settings, load_settings


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


def reset_second_factor(login: str, settings_file: Path | None) -> None:
    """Take the second factor away; the person sets up another at the next sign-in. Raises `NoSuchLogin`."""
    asyncio.run(_reset_totp(login, _settings(settings_file)))
    print(f"{login}: đã bỏ xác thực lớp thứ hai / the second factor is taken away.")


def _settings(settings_file: Path | None) -> Settings:
    settings = load_settings(settings_file)
    set_up_logs("warning", settings.log.format, "console")
    return settings


async def _import(folder: Path, settings: Settings) -> ImportSummary:
    async with opened(settings) as base:
        return await base.organisation.import_folder(folder)


async def _reset(login: str, settings: Settings) -> str:
    async with opened(settings) as base:
        accounts = base.accounts
        account_id = await _found(accounts, login)
        return (await accounts.directory.reset_password(await accounts.operator(), account_id)).first_password


async def _reset_totp(login: str, settings: Settings) -> None:
    async with opened(settings) as base:
        accounts = base.accounts
        await accounts.directory.reset_totp(await accounts.operator(), await _found(accounts, login))


async def _found(accounts: Accounts, login: str) -> str:
    try:
        return await accounts.directory.find(login)
    except (NoSuchAccount, BadLogin):
        raise NoSuchLogin(f"There is no account {login}.") from None
