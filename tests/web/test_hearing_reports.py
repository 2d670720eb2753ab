import csv
import io
from typing import Any

import pytest

from fakes.clock import FakeClock
from fakes.hearings import PROCURACY, Courtroom, account_id, court
from fakes.pdf import pages
from fakes.province import COURT
from fakes.reviews import ended, minutes, sheet
from fakes.signed_in import SignInAs
from vms.access import Role
from vms.db.engine import Database
from vms.db.tables import AttendanceRow
from web.services import Services


@pytest.fixture
def database(any_database: Database) -> Database:
    """SQLite and PostgreSQL: figures are counted on both."""
    return any_database


@pytest.fixture
async def room(control: Services, people: SignInAs) -> Courtroom:
    return await court(control, people)


async def _report(who: Any, path: str) -> list[list[str]]:
    answer = await who.get(f"/api/hearing-reports/{path}")
    assert answer.status == 200, answer.body
    return list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline=""), delimiter=";"))[1:]


async def _watch(room: Courtroom, hearing: str, view: str, angle: str, began_ms: int, ended_ms: int) -> None:
    watcher = await account_id(room.prosecutor)
    async with room.control.db.transaction() as session:
        session.add(
            AttendanceRow(
                id=view,
                hearing_id=hearing,
                account_id=watcher,
                name="Quàng Thị Ngữ",
                unit_id=PROCURACY,
                unit="VKS",
                address="10.20.1.15",
                angle=angle,
                camera_id="c",
                observer=True,
                began_ms=began_ms,
                ended_ms=ended_ms,
            )
        )


async def test_a_month_has_figures_for_each_body_and_two_angles_at_once_count_once(
    room: Courtroom, clock: FakeClock
) -> None:
    hearing = await ended(room, clock)
    hour = 3_600_000
    await _watch(room, hearing, "view-1", "bench", clock(), clock() + hour)
    await _watch(room, hearing, "view-2", "accused", clock(), clock() + hour)
    await room.prosecutor.send("PUT", f"/api/hearings/{hearing}/evaluation", await sheet(room, hearing, final=True))
    await room.prosecutor.send("PUT", f"/api/hearings/{hearing}/review", minutes(clock, final=True))
    court_row = [f"Đơn vị {COURT}", "1", "1", "0,0", "0", "0", "0,0", "0", "0"]
    body_row = [f"Đơn vị {PROCURACY}", "0", "0", "0,0", "1", "1", "1,0", "1", "1"]
    assert [row[1:] for row in await _report(room.chair, "monthly.csv?year=2026&month=11")] == [court_row, body_row]
    assert [row[1:] for row in await _report(room.prosecutor, "monthly.csv?year=2026&month=11")] == [body_row]
    assert await _report(room.councillor, "monthly.csv?year=2026&month=11") == []
    for month in (10, 12):
        assert await _report(room.chair, f"monthly.csv?year=2026&month={month}") == []


async def test_the_quota_counts_final_minutes_for_the_judge_and_the_named_prosecutor(
    room: Courtroom, clock: FakeClock
) -> None:
    hearing = await ended(room, clock)
    judges = await _report(room.chair, "quota.csv?year=2026")
    assert [(row[2], *row[4:]) for row in judges] == [("Thẩm phán", "1", "0", "1", "Chưa đạt")]
    mine = await account_id(room.prosecutor)
    path = f"/api/hearings/{hearing}/review"
    await room.prosecutor.send("PUT", path, minutes(clock, prosecutor_id=mine))
    assert [row[5] for row in await _report(room.prosecutor, "quota.csv?year=2026")] == ["0"]
    await room.prosecutor.send("PUT", path, minutes(clock, version=1, prosecutor_id=mine, final=True))
    for who, office in ((room.chair, "Thẩm phán"), (room.prosecutor, "Kiểm sát viên")):
        assert [(row[2], *row[4:]) for row in await _report(who, "quota.csv?year=2026")] == [
            (office, "1", "1", "0", "Đạt")
        ]
    assert [row[5] for row in await _report(room.chair, "quota.csv?year=2025")] == ["0"]


async def test_reports_are_printed_under_the_readers_own_body(room: Courtroom, people: SignInAs) -> None:
    for path in ("monthly.pdf?year=2026&month=11", "quota.pdf?year=2026"):
        text = " ".join(pages((await room.chair.get(f"/api/hearing-reports/{path}")).body)[0].split())
        assert f"ĐƠN VỊ {COURT.upper()}" in text
    officer = await people(Role.DUTY_OFFICER, COURT)
    assert (await officer.get("/api/hearing-reports/quota.pdf?year=2026")).status == 403
    assert (await room.chair.get("/api/hearing-reports/monthly.pdf?year=2026&month=13")).status == 400
