"""`vms recordings …` and `vms verify`: the index made anew from the files, days sealed, footage checked by a certificate alone."""

import asyncio
from pathlib import Path

import typer

from vms.cli.compose import opened, volume_folders
from vms.cli.faults import CannotRun
from vms.cli.logs import set_up_logs
from vms.cli.options import SettingsFile
from vms.clock import system_clock
from vms.extraction.package_files import is_package
from vms.extraction.verifying import verify_package
from vms.recordings.files import Volumes
from vms.recordings.index import RecordingIndex
from vms.recordings.rebuilding import Rebuilt, read_volumes, write_index
from vms.recordings.sealing import DaySealer
from vms.recordings.timeline import Timeline
from vms.recordings.verifying import verify_path
from vms.secrets.signing import fingerprint, load_signer
from vms.settings import Settings, load_settings

recordings_app = typer.Typer(help="Bản ghi · recordings.", no_args_is_help=True)
_MOST_SHOWN = 1000


class Damaged(CannotRun):
    """The footage is not as it was written."""


@recordings_app.command(help="Dựng lại chỉ mục từ các tệp · make the index anew from the files.")
def rebuild(settings: SettingsFile = None) -> None:
    """Reads every volume of this machine; what is no whole segment of ours is named and left alone."""
    loaded = _settings(settings)
    rebuilt = asyncio.run(_rebuild(loaded))
    for volume, path, why in rebuilt.skipped:
        print(f"{volume}: {_shown(path)}: {why}")
    cameras = len({segment.camera_id for segment in rebuilt.segments})
    print(
        f"Đã lập chỉ mục {len(rebuilt.segments)} đoạn của {cameras} camera, bỏ qua {len(rebuilt.skipped)} tệp. · "
        f"{len(rebuilt.segments)} segments of {cameras} cameras indexed, {len(rebuilt.skipped)} files skipped."
    )


@recordings_app.command(help="Niêm phong các ngày đã qua · seal the days that are over.")
def seal(settings: SettingsFile = None) -> None:
    loaded = _settings(settings)
    days = asyncio.run(_seal(loaded))
    print(f"Đã niêm phong {days} ngày. · {days} days sealed.")
    print(f"SHA-256 của chứng thư · of the certificate: {fingerprint(load_signer(loaded.data_dir).certificate)}")


def verify(path: Path, certificate: Path | None, settings: Path | None) -> None:
    """Check a file, a day, a camera, a volume or the package of an extraction. Raises `Damaged`, after all that is wrong was printed."""
    pem = certificate or load_settings(settings).data_dir / "signing.pem"
    if is_package(path):
        _verify_package(path, pem.read_bytes())
        return
    report = verify_path(path, pem.read_bytes())
    for finding in report.findings[:_MOST_SHOWN]:
        print(_shown(finding.sentence()))
    if report.findings:
        count = len(report.findings)
        raise Damaged(f"{count} chỗ không đúng như đã ghi. · {count} things are not as they were written.")
    if not report.sealed and not report.unsealed:
        raise CannotRun(f"Không có đoạn ghi nào ở đây. · There is no recording here ({_shown(str(path))}).")
    print(
        f"Còn nguyên: {report.sealed} đoạn đã niêm phong, {report.unsealed} đoạn chưa niêm phong, "
        f"{report.gaps} khoảng trống đã ghi nhận. · "
        f"Whole: {report.sealed} sealed segments, {report.unsealed} not sealed yet, {report.gaps} gaps on record."
    )


def _verify_package(path: Path, certificate: bytes) -> None:
    report = verify_package(path, certificate)
    for finding in report.findings[:_MOST_SHOWN]:
        print(_shown(finding.sentence()))
    if report.findings or report.manifest is None:
        count = len(report.findings)
        raise Damaged(f"{count} chỗ không đúng như đã đóng gói. · {count} things are not as they were packed.")
    number, damaged = report.manifest.number, report.damaged_before
    print(
        f"Gói trích xuất {_shown(number)} còn nguyên: {report.segments} tệp gốc, {report.copies} bản sao, "
        f"{report.gaps} khoảng trống đã ghi nhận, {damaged} tệp đã hỏng từ trước khi trích xuất. · "
        f"Extraction {_shown(number)} is whole: {report.segments} original files, {report.copies} copies, "
        f"{report.gaps} gaps on record, {damaged} files that were damaged before they were extracted."
    )


async def _rebuild(settings: Settings) -> Rebuilt:
    async with opened(settings) as base:
        rebuilt = await asyncio.to_thread(read_volumes, _volumes(settings))
        await write_index(base.db, rebuilt)
        return rebuilt


async def _seal(settings: Settings) -> int:
    async with opened(settings) as base:
        index = RecordingIndex(base.db)
        sealer = DaySealer(
            base.db,
            index,
            Timeline(base.db, index, system_clock),
            _volumes(settings),
            signer=load_signer(settings.data_dir),
            clock=system_clock,
        )
        days = 0
        while sealed := await sealer.seal_due():
            days += sealed
        return days


def _volumes(settings: Settings) -> Volumes:
    """Those that are there."""
    return Volumes({volume: folder for volume, folder in volume_folders(settings).items() if folder.is_dir()})


def _settings(settings_file: Path | None) -> Settings:
    settings = load_settings(settings_file)
    set_up_logs("warning", settings.log.format, "console")
    return settings


def _shown(text: str) -> str:
    """Names on a disk can be anything: nothing of them reaches the terminal but what can be printed."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
