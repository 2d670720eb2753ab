"""`vms hearings whose FILE`: of whose view a leaked copy was made. Every such question stands in the audit log."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from vms.access import Actor, Deed, Journal
from vms.cli.compose import Opened, opened
from vms.cli.faults import CannotRun
from vms.cli.logs import set_up_logs
from vms.cli.options import SettingsFile
from vms.clock import system_clock
from vms.hearings.imprint_reading import Found, imprints_in
from vms.hearings.imprints import load_imprints
from vms.hearings.leaks import Leak, leaks_of
from vms.papers.wording import moment, span
from vms.settings import load_settings

hearings_app = typer.Typer(help="Phiên tòa · hearings.", no_args_is_help=True)


class NothingFound(CannotRun):
    """The file has no imprint of ours."""


@hearings_app.callback()
def hearings() -> None:
    """A group, even with one command."""


@hearings_app.command(help="Bản sao bị lộ này là của lượt xem nào · of whose view a leaked copy was made.")
def whose(
    file: Annotated[Path, typer.Argument(help="MP4, MKV, TS, H.264, H.265…")],
    settings: SettingsFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="In JSON · print JSON.")] = False,  # noqa: FBT002 typer
) -> None:
    """Reads the imprints that survive copying and remuxing. Raises `NothingFound`: no copy of ours, or coded anew, or filmed."""
    loaded = load_settings(settings)
    set_up_logs("warning", loaded.log.format, "console")

    async def ask() -> tuple[Found, list[Leak]]:
        async with opened(loaded) as base:
            return await _ask(base, file)

    found, leaks = asyncio.run(ask())
    if as_json:
        print(json.dumps({"sha256": found.sha256, "foreign": found.foreign, "views": [_facts(leak) for leak in leaks]}))
    elif leaks:
        _tell(found, leaks)
    if not leaks:
        raise NothingFound(_nothing(found))


async def _ask(base: Opened, file: Path) -> tuple[Found, list[Leak]]:
    imprints = await load_imprints(base.db, base.box, system_clock)
    with file.open("rb") as copy:
        found = await asyncio.to_thread(imprints_in, copy, imprints)
    leaks = await leaks_of(base.db, found.views)
    await _journal(base.journal, found, leaks)
    return found, leaks


async def _journal(journal: Journal, found: Found, leaks: Sequence[Leak]) -> None:
    """One line for each view that was named; one as well when there was none."""
    actor, now_ms = Actor("", "console", "Console"), system_clock()
    facts = {"sha256": found.sha256}
    for leak in leaks:
        hearing_id = leak.hearing.id if leak.hearing else ""
        named = {**facts, "copied_view": leak.view_id, "account": leak.row.account_id if leak.row else ""}
        await journal.looked(Deed(actor, "hearing.imprint_read", now_ms, "hearing", hearing_id, named))
    if not leaks:
        await journal.looked(Deed(actor, "hearing.imprint_read", now_ms, facts=facts))


def _tell(found: Found, leaks: Sequence[Leak]) -> None:
    for leak in leaks:
        row, hearing = leak.row, leak.hearing
        if row is None or hearing is None:
            print(
                f"Lượt xem {leak.view_id}: không còn trong sổ tham dự. · The register does not know this view (any more)."
            )
        else:
            print(f"Phiên tòa · hearing: {hearing.case_number} {hearing.title}")
            print(f"Người xem · person: {row.name} ({leak.login}), {row.unit}, {row.address or '—'}")
            print(f"Góc hình · angle: {row.angle}")
            print(f"Lượt xem · view: {leak.view_id}, {span(row.began_ms, row.ended_ms)}")
        seen = f"{moment(leak.first_ms)} – {moment(leak.last_ms)}"
        print(f"Hình trong tệp · pictures in the file: {seen} ({leak.keyframes})\n")
    print(f"SHA-256: {found.sha256}")
    if found.foreign:
        print(_foreign(found))


def _nothing(found: Found) -> str:
    none = (
        "Không có dấu chìm nào của hệ thống này: không phải bản sao luồng của người quan sát, hoặc đã mã hóa lại, hoặc quay màn hình. · "
        "No imprint of this system: no copy of an observer's stream, or coded anew, or filmed from a screen."
    )
    return f"{none} {_foreign(found)}" if found.foreign else none


def _foreign(found: Found) -> str:
    return f"{found.foreign} dấu chìm không phải do hệ thống này đóng. · {found.foreign} imprints that this system did not make."


def _facts(leak: Leak) -> dict[str, object]:
    row, hearing = leak.row, leak.hearing
    return {
        "view": leak.view_id,
        "first_ms": leak.first_ms,
        "last_ms": leak.last_ms,
        "keyframes": leak.keyframes,
        "hearing": hearing.id if hearing else None,
        "case_number": hearing.case_number if hearing else None,
        "account": row.account_id if row else None,
        "login": leak.login,
        "name": row.name if row else None,
        "unit": row.unit if row else None,
        "address": row.address if row else None,
        "angle": row.angle if row else None,
        "began_ms": row.began_ms if row else None,
        "ended_ms": row.ended_ms if row else None,
    }
