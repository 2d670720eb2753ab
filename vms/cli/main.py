"""The command line. Every command says what is wrong in one sentence; a traceback is a bug.

What a command needs is imported when it runs: `vms health` is asked every few seconds and must cost next to nothing.
"""

import importlib.metadata
import sys
from pathlib import Path
from typing import Annotated

import typer

from vms.cli.options import SettingsFile

app = typer.Typer(
    name="vms",
    help="Vọng: camera của tỉnh và phiên tòa · the province's cameras and hearings.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
account = typer.Typer(help="Tài khoản · accounts.", no_args_is_help=True)
app.add_typer(account, name="account")


def _version(wanted: bool) -> None:  # noqa: FBT001 the shape of typer's callbacks
    if wanted:
        print(importlib.metadata.version("vong"))
        raise typer.Exit


@app.callback()
def vms(
    version: Annotated[  # noqa: FBT002 typer tells options by their default
        bool, typer.Option("--version", callback=_version, is_eager=True, help="In phiên bản · print the version.")
    ] = False,
) -> None:
    """Vọng."""


@app.command(help="Chạy hệ thống · run the system.")
def serve(settings: SettingsFile = None) -> None:
    from vms.cli.serve import serve as run  # noqa: PLC0415 see the module

    run(settings)


@app.command(help="Hệ thống có trả lời không (mã thoát 0 hoặc 1) · whether the system answers (exit code 0 or 1).")
def health(settings: SettingsFile = None) -> None:
    from vms.cli.health import check  # noqa: PLC0415 see the module

    problem = check(settings)
    if problem:
        print(problem, file=sys.stderr)
        raise typer.Exit(1)


@app.command("import-organisation", help="Nhập cơ cấu tổ chức từ thư mục CSV · import the organisation from CSV files.")
def import_organisation(folder: Path, settings: SettingsFile = None) -> None:
    from vms.cli.database import import_folder  # noqa: PLC0415 see the module

    import_folder(folder, settings)


@account.command("reset-password", help="Cấp mật khẩu mới, in ra một lần · give a new password, shown once.")
def reset_password(login: str, settings: SettingsFile = None) -> None:
    from vms.cli.database import reset_password as reset  # noqa: PLC0415 see the module

    reset(login, settings)


@account.command(
    "reset-second-factor",
    help="Bỏ xác thực lớp thứ hai (mất điện thoại) · take the second factor away (a lost telephone).",
)
def reset_second_factor(login: str, settings: SettingsFile = None) -> None:
    from vms.cli.database import reset_second_factor as reset  # noqa: PLC0415 see the module

    reset(login, settings)


# Whole command lines of their own: everything behind their names, --help too, is for them.
_BEHIND = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@app.command(
    help="Trình diễn: hệ thống cùng tỉnh mô phỏng · the system with a simulated province.", context_settings=_BEHIND
)
def demo(context: typer.Context) -> None:
    from vms.cli.rehearsal.commands import demo_app  # noqa: PLC0415 see the module

    _delegate(demo_app, context)


@app.command(help="Tỉnh mô phỏng · the simulated province.", context_settings=_BEHIND)
def simulate(context: typer.Context) -> None:
    from vms.cli.simulator.commands import simulate_app  # noqa: PLC0415 see the module

    _delegate(simulate_app, context)


@app.command(help="Lỗi trong tỉnh mô phỏng · faults in the simulated province.", context_settings=_BEHIND)
def fault(context: typer.Context) -> None:
    from vms.cli.simulator.commands import fault as faults  # noqa: PLC0415 see the module

    _delegate(faults, context)


@app.command(
    help="Ai đã đi qua trước camera mô phỏng · who crossed in the simulated province.", context_settings=_BEHIND
)
def truth(context: typer.Context) -> None:
    from vms.cli.simulator.commands import truth_app  # noqa: PLC0415 see the module

    _delegate(truth_app, context)


@app.command(help="Đo hiệu năng · measure.", context_settings=_BEHIND)
def bench(context: typer.Context) -> None:
    from vms.cli.bench import bench as measure  # noqa: PLC0415 see the module

    _delegate(measure, context)


@app.command(help="Kiểm tra, niêm phong nhật ký · check and seal the audit log.", context_settings=_BEHIND)
def audit(context: typer.Context) -> None:
    from vms.cli.audit import audit_app  # noqa: PLC0415 see the module

    _delegate(audit_app, context)


@app.command(help="Khóa mã hóa bí mật · the key of the secrets.", context_settings=_BEHIND)
def secrets(context: typer.Context) -> None:
    from vms.cli.secrets import secrets_app  # noqa: PLC0415 see the module

    _delegate(secrets_app, context)


@app.command(
    help="Bản ghi: dựng lại chỉ mục, niêm phong · recordings: rebuild the index, seal.", context_settings=_BEHIND
)
def recordings(context: typer.Context) -> None:
    from vms.cli.recordings import recordings_app  # noqa: PLC0415 see the module

    _delegate(recordings_app, context)


@app.command(help="Phiên tòa: bản sao bị lộ là của ai · hearings: whose a leaked copy is.", context_settings=_BEHIND)
def hearings(context: typer.Context) -> None:
    from vms.cli.hearings import hearings_app  # noqa: PLC0415 see the module

    _delegate(hearings_app, context)


@app.command(help="Kiểm tra bản ghi chỉ bằng chứng thư · check footage by the certificate alone.")
def verify(
    path: Path,
    certificate: Annotated[Path | None, typer.Option(help="Chứng thư (PEM) · certificate.")] = None,
    settings: SettingsFile = None,
) -> None:
    from vms.cli.recordings import verify as check  # noqa: PLC0415 see the module

    check(path, certificate, settings)


def _delegate(commands: typer.Typer, context: typer.Context) -> None:
    raise typer.Exit(commands(context.args, prog_name=f"vms {context.info_name}", standalone_mode=False) or 0)


def main() -> None:
    try:
        app()
    except Exception as error:
        from vms.cli.sentences import expected, sentence  # noqa: PLC0415 see the module

        known = expected(error)
        if known is None:
            raise
        print(sentence(known), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
