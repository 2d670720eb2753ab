"""`vms secrets …`: a new key for everything that is sealed in the database, whether the system runs or not."""

import asyncio
from collections.abc import Sequence

import typer

from vms.access import Actor, Deed
from vms.accounts import factors, stream_logins
from vms.cameras import logins
from vms.cli.compose import opened
from vms.cli.faults import CannotRun
from vms.cli.logs import set_up_logs
from vms.cli.options import SettingsFile
from vms.clock import system_clock
from vms.hearings import imprints
from vms.secrets import Key, key_file, load_keyring
from vms.secrets.rotation import KeyFile, Rotated, Rotation, Sealed
from vms.settings import Settings, load_settings

secrets_app = typer.Typer(help="Khóa mã hóa bí mật · the key of the secrets.", no_args_is_help=True)

SEALED: Sequence[Sealed] = (*logins.SEALED, *factors.SEALED, *stream_logins.SEALED, *imprints.SEALED)
"""Every sealed column; a test compares them with the tables."""


class OldKeysKept(CannotRun):
    """Some secrets could be opened by no key."""


@secrets_app.command(help="Đổi khóa, mã hóa lại mọi bí mật · new key, everything sealed anew.")
def rotate(settings: SettingsFile = None) -> None:
    """Works while the system runs. With keys of the environment or a credential: seals with the first line, names those to remove."""
    loaded = load_settings(settings)
    set_up_logs("warning", loaded.log.format, "console")
    done = asyncio.run(_rotate(loaded))
    print(f"Khóa mới {done.key_id}: {done.resealed} bí mật. · New key {done.key_id}: {done.resealed} secrets.")
    if key_file(loaded) is None:
        for key_id in done.idle:
            print(f"Hãy xóa dòng khóa {key_id}. · Remove the line of the key {key_id}.")
    if done.unreadable:
        where = ", ".join(sorted(set(done.unreadable)))
        raise OldKeysKept(f"{len(done.unreadable)} secrets ({where}) could be opened by no key and stay as they are.")


@secrets_app.command("new-key", help="In một dòng khóa mới · print the line of a new key.")
def new_key() -> None:
    """For `secrets.key` or a systemd credential: put it before the other lines, start the system anew, then rotate."""
    print(Key.create().line())


async def _rotate(settings: Settings) -> Rotated:
    file = key_file(settings)
    async with opened(settings) as base:
        rotation = Rotation(base.db, SEALED)
        if file is None:
            done = await rotation.reseal(load_keyring(settings))
        else:
            store = KeyFile(file)
            with store.held():
                done = await rotation.rotate(store)
        facts = {"key": done.key_id, "secrets": str(done.resealed)}
        await base.journal.did(Deed(Actor("", "console", "Console"), "secrets.rotated", system_clock(), facts=facts))
    return done
