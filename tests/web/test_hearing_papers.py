import csv
import io

import pytest

from fakes.clock import FakeClock
from fakes.control import KeptJournal
from fakes.hearings import CHECKLIST, PROCURACY, Courtroom, account_id, court
from fakes.pdf import pages
from fakes.signed_in import SignInAs
from vms.db.tables import AttendanceRow
from vms.hearings.words import ACTS, MARKS
from web.services import Services

KINDS = ("timeline", "attendance", "room-check")


@pytest.fixture
async def room(control: Services, people: SignInAs) -> Courtroom:
    return await court(control, people)


async def _held(room: Courtroom, clock: FakeClock, **plan: object) -> str:
    hearing = await room.schedule(**plan)
    await room.begun(hearing)
    assert (await room.clerk.post(f"/api/hearings/{hearing}/room-checks")).status == 201
    for act in ("suspend_technical", "resume", "deliberate", "pronounce", "end"):
        clock.now_ms += 65_000
        answer = await room.act(hearing, act, room.judge, reason="mất điện" if act == "suspend_technical" else "")
        assert answer.status == 200, answer.body
    watcher = await account_id(room.prosecutor)
    async with room.control.db.transaction() as session:
        session.add(
            AttendanceRow(
                id="view-1",
                hearing_id=hearing,
                account_id=watcher,
                name="=Quàng Thị Ngữ",
                unit_id=PROCURACY,
                unit="VKSND tỉnh Sơn La",
                address="10.20.1.15",
                angle="bench",
                camera_id="c",
                observer=True,
                began_ms=clock(),
                ended_ms=clock() + 5_000,
            )
        )
    return hearing


async def _text(room: Courtroom, hearing: str, kind: str) -> str:
    answer = await room.clerk.get(f"/api/hearings/{hearing}/papers/{kind}.pdf")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
    return " ".join(" ".join(pages(answer.body)).split())


async def _rows(room: Courtroom, hearing: str, kind: str) -> list[list[str]]:
    answer = await room.clerk.get(f"/api/hearings/{hearing}/papers/{kind}.csv")
    assert answer.status == 200
    return list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline=""), delimiter=";"))


async def test_a_hearing_is_printed_with_its_course_and_its_interruptions(room: Courtroom, clock: FakeClock) -> None:
    hearing = await _held(room, clock)
    text = await _text(room, hearing, "timeline")
    for words in (
        "DIỄN BIẾN PHIÊN TÒA",
        "12/2026/TLST-HS",
        "Lò Văn Nam",
        "Khai mạc phiên tòa",
        "mất điện",
        "1 phút 05 giây",
        "1 lần",
        "đã tuyên án",
    ):
        assert words in text
    rows = await _rows(room, hearing, "timeline")
    assert [row[2] for row in rows if row and row[2].startswith("Tạm ngừng")] == [
        "Tạm ngừng do sự cố kỹ thuật: mất điện"
    ]


async def test_no_act_is_printed_as_its_code(room: Courtroom, clock: FakeClock) -> None:
    hearing = await _held(room, clock)
    known = {*ACTS.values(), *MARKS.values()}
    rows = await _rows(room, hearing, "timeline")
    acts = [row[2].split(":")[0] for row in rows[1 : rows.index([])]]
    assert acts
    assert set(acts) <= known


async def test_the_register_names_who_watched_and_takes_no_name_for_a_formula(
    room: Courtroom, clock: FakeClock
) -> None:
    hearing = await _held(room, clock)
    text = await _text(room, hearing, "attendance")
    for words in ("=Quàng Thị Ngữ", "VKSND tỉnh Sơn La", "10.20.1.15", "Hội đồng xét xử", "1 người của 1 đơn vị"):
        assert words in text
    assert "'=Quàng Thị Ngữ" in (await _rows(room, hearing, "attendance"))[1]


async def test_the_check_of_the_room_says_what_is_not_well(room: Courtroom, clock: FakeClock) -> None:
    hearing = await room.schedule()
    assert (await room.clerk.get(f"/api/hearings/{hearing}/papers/room-check.pdf")).status == 404
    assert (await room.clerk.post(f"/api/hearings/{hearing}/room-checks")).status == 201
    text = await _text(room, hearing, "room-check")
    assert "không có camera" in text
    assert "KHÔNG ĐẠT" in text


@pytest.mark.parametrize("kind", KINDS)
async def test_of_a_closed_hearing_with_a_minor_no_name_and_no_title_is_printed(
    kind: str, room: Courtroom, clock: FakeClock
) -> None:
    hearing = await _held(room, clock, checklist={**CHECKLIST, "juvenile": True})
    text = await _text(room, hearing, kind)
    assert "Phiên kín" in text
    assert "L.V.N." in text
    for row in await _rows(room, hearing, kind):
        assert "Lò Văn" not in " ".join(row)
    for secret in ("Lò Văn", "Vụ án", "đồng phạm"):
        assert secret not in text


async def test_an_observer_prints_what_an_observer_reads(room: Courtroom, clock: FakeClock) -> None:
    hearing = await _held(room, clock)
    answer = await room.prosecutor.get(f"/api/hearings/{hearing}/papers/timeline.pdf")
    text = " ".join(" ".join(pages(answer.body)).split())
    assert "Khai mạc phiên tòa" in text
    assert "Cho phép quan sát" not in text
    for kind in ("attendance", "room-check"):
        assert (await room.prosecutor.get(f"/api/hearings/{hearing}/papers/{kind}.pdf")).status == 404
    assert (await room.councillor.get(f"/api/hearings/{hearing}/papers/timeline.pdf")).status == 404


async def test_every_print_is_journalled(room: Courtroom, clock: FakeClock) -> None:
    hearing = await _held(room, clock)
    await _text(room, hearing, "attendance")
    journal = room.control.journal
    assert isinstance(journal, KeptJournal)
    deed = journal.looks[-1]
    assert (deed.action, deed.kind, deed.object_id) == ("hearing.manage", "hearing", hearing)
    assert (deed.facts["paper"], deed.facts["signed"]) == ("attendance", "false")


async def test_a_papers_names_are_those_of_the_plan(room: Courtroom, clock: FakeClock) -> None:
    officers = [
        {"office": "juror", "name": "Cà Văn Ánh"},
        {"office": "juror", "name": "Lường Thị Ỏn"},
        {"office": "clerk", "name": "Bạc Cầm Khuyên"},
        {"office": "prosecutor", "name": "Quàng Thị Ngữ"},
    ]
    hearing = await _held(room, clock, officers=officers)
    for kind in KINDS:
        text = await _text(room, hearing, kind)
        for line in (
            "Hội thẩm nhân dân: Cà Văn Ánh, Lường Thị Ỏn",
            "Thư ký phiên tòa: Bạc Cầm Khuyên",
            "Kiểm sát viên: Quàng Thị Ngữ",
        ):
            assert line in text
    signed = (await _text(room, hearing, "timeline")).split("Gián đoạn kỹ thuật")[1]
    assert "Bạc Cầm Khuyên" in signed, "the clerk's name stands where the clerk signs"


async def test_an_appeal_has_no_jurors(room: Courtroom) -> None:
    plan = await room.plan(procedure="criminal_appeal", officers=[{"office": "juror", "name": "Cà Văn Ánh"}])
    answer = await room.clerk.post("/api/hearings", plan)
    assert (answer.status, answer.body["detail"]) == (400, "juror")


async def test_a_time_line_names_bodies_in_words(room: Courtroom, clock: FakeClock) -> None:
    rows = await _rows(room, await _held(room, clock), "timeline")
    said = next(row[2] for row in rows if len(row) > 2 and row[2].startswith(MARKS["order"]))
    assert said == f"{MARKS['order']}: 01/QĐ; Đơn vị {PROCURACY}"
