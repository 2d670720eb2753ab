"""`vms audit …`: check the audit log without the system that wrote it, and make its sealed files when they are due."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from vms.audit.chain import BadRow
from vms.audit.sealing import BadSeal, Sealer
from vms.audit.verifying import verify_database, verify_files
from vms.cli.compose import HEAD, audit_folder, opened
from vms.cli.faults import CannotRun
from vms.cli.logs import set_up_logs
from vms.cli.options import SettingsFile
from vms.clock import system_clock
from vms.db.engine import Database
from vms.secrets.signing import fingerprint, load_signer
from vms.settings import Settings, load_settings

audit_app = typer.Typer(help="Nhật ký truy cập · the audit log.", no_args_is_help=True)


class Damaged(CannotRun):
    """The log is not as it was written."""


@audit_app.command(help="Kiểm tra nhật ký, hoặc các tệp đã niêm phong · check the log, or sealed files.")
def verify(
    files: Annotated[list[Path] | None, typer.Argument(help="Tệp niêm phong · sealed files.")] = None,
    certificate: Annotated[Path | None, typer.Option(help="Chứng thư (PEM) · certificate.")] = None,
    settings: SettingsFile = None,
) -> None:
    """Without files: the database. With files: those, by the certificate alone."""
    if files:
        _files(files, certificate or load_settings(settings).data_dir / "signing.pem")
        return
    loaded = _settings(settings)
    found = asyncio.run(_database(loaded))
    if isinstance(found, BadRow):
        raise Damaged(found.sentence())
    print(f"Nhật ký còn nguyên: {found} dòng. · The log is whole: {found} rows.")


@audit_app.command(help="Niêm phong các ngày đã qua · seal the days that are over.")
def seal(settings: SettingsFile = None) -> None:
    loaded = _settings(settings)
    written = asyncio.run(_seal(loaded))
    for file in written:
        print(file)
    certificate = load_signer(loaded.data_dir).certificate
    print(f"SHA-256 của chứng thư · of the certificate: {fingerprint(certificate)}")


def _files(files: list[Path], certificate: Path) -> None:
    try:
        rows = verify_files(files, certificate.read_bytes())
    except BadSeal as error:
        raise Damaged(str(error)) from error
    print(f"Còn nguyên: {rows} dòng trong {len(files)} tệp. · Whole: {rows} rows in {len(files)} files.")


def _settings(settings_file: Path | None) -> Settings:
    settings = load_settings(settings_file)
    set_up_logs("warning", settings.log.format, "console")
    return settings


async def _database(settings: Settings) -> BadRow | int:
    # Opened as it is: what is to be checked is not migrated first.
    db = Database(settings.database_url)
    try:
        return await verify_database(db, audit_folder(settings) / HEAD)
    finally:
        await db.close()


async def _seal(settings: Settings) -> list[Path]:
    async with opened(settings) as base:
        return await Sealer(base.db, load_signer(settings.data_dir), audit_folder(settings)).seal_due(system_clock())
