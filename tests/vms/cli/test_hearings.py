"""`vms hearings whose` as somebody types it who holds a leaked copy."""

import asyncio
import json
from pathlib import Path

import pytest
from sqlmodel import col, select

from fakes.imprints import stamp, view_id
from fakes.province import COURT, ROOM, add_account, build_province
from fakes.served import write_settings
from streams.imprinting import imprint_nal
from streams.types.imprint import Stamp
from streams.types.media import Codec
from vms.cli import hearings as command
from vms.cli.compose import Opened, opened
from vms.clock import system_clock
from vms.db.tables import AttendanceRow, AuditRow, HearingRow
from vms.hearings.imprints import load_imprints
from vms.settings import load_settings

BEGAN_MS = 1_760_000_000_000  # 09/10/2025 15:53:20 in Vietnam
MINUTE_MS = 60_000


async def observed(base: Opened, view: str) -> str:
    """A hearing that somebody watched; their account's id."""
    await build_province(base.db)
    judge = await add_account(base.db, "judge", "presiding_judge", COURT)
    observer = await add_account(base.db, "lo.mai", "prosecutor", COURT)
    async with base.db.transaction() as session:
        hearing = HearingRow(
            court_id=COURT,
            courtroom_id=ROOM,
            case_number="17/2026/TLPT-DS",
            procedure="civil_appeal",
            title="Tranh chấp quyền sử dụng đất",
            judge_id=judge,
            begins_ms=BEGAN_MS,
            ends_ms=BEGAN_MS + 60 * MINUTE_MS,
            since_ms=1,
            created_ms=1,
            created_by=judge,
        )
        session.add(hearing)
        await session.flush()
        watched = AttendanceRow(
            id=view,
            hearing_id=hearing.id,
            account_id=observer,
            name="Lò Thị Mai",
            unit_id=COURT,
            unit="Viện kiểm sát nhân dân tỉnh",
            address="10.1.2.3",
            angle="witness",
            camera_id="camera-1",
            observer=True,
            began_ms=BEGAN_MS,
            ended_ms=BEGAN_MS + 30 * MINUTE_MS,
        )
        session.add(watched)
    return observer


def copy(own: Stamp) -> bytes:
    """Three minutes of the view from its fifth on, and two views that the register does not know."""
    own_parts = [imprint_nal(own, Codec.H264, (BEGAN_MS + minute * MINUTE_MS) * 1_000_000) for minute in (5, 6, 7)]
    return b"\0\0\0\1".join([b"", *own_parts, imprint_nal(stamp(2), Codec.H265, 1)])


@pytest.fixture(autouse=True)
def logs_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "set_up_logs", lambda *_: None)


async def asked(capsys: pytest.CaptureFixture[str], file: Path, settings: Path, *, as_json: bool = False) -> str:
    """What the command prints: it has a loop of its own."""
    capsys.readouterr()
    await asyncio.to_thread(command.whose, file, settings, as_json=as_json)
    return capsys.readouterr().out


async def test_a_copy_names_person_hearing_and_angle_and_that_it_was_asked_stands_in_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = write_settings(tmp_path)
    async with opened(load_settings(settings)) as base:
        account = await observed(base, view_id(1))
        imprints = await load_imprints(base.db, base.box, system_clock)
    leaked, other = tmp_path / "leaked.h264", tmp_path / "other.mp4"
    leaked.write_bytes(copy(Stamp(imprints.of(view_id(1)))))
    other.write_bytes(b"\0\0\0\x18ftypisom" * 99)

    printed = await asked(capsys, leaked, settings)
    for said in (
        "17/2026/TLPT-DS Tranh chấp quyền sử dụng đất",
        "Lò Thị Mai (lo.mai), Viện kiểm sát nhân dân tỉnh, 10.1.2.3",
        "angle: witness",
        "09/10/2025 15:53:20 – 16:23:20",
        "09/10/2025 15:58:20 – 09/10/2025 16:00:20 (3)",
        "1 imprints that this system did not make",
    ):
        assert said in printed
    (view,) = json.loads(await asked(capsys, leaked, settings, as_json=True))["views"]
    assert (view["login"], view["angle"], view["keyframes"]) == ("lo.mai", "witness", 3)
    with pytest.raises(command.NothingFound, match="No imprint of this system"):
        await asked(capsys, other, settings)
    with pytest.raises(FileNotFoundError):
        await asked(capsys, tmp_path / "none.mp4", settings)

    async with opened(load_settings(settings)) as base, base.db.session() as session:
        query = select(AuditRow).where(col(AuditRow.action) == "hearing.imprint_read").order_by(col(AuditRow.seq))
        rows = (await session.exec(query)).all()
    facts = [json.loads(row.facts) for row in rows]
    assert [(fact.get("account"), fact.get("copied_view")) for fact in facts] == [
        (account, view_id(1)),
        (account, view_id(1)),
        (None, None),
    ]
