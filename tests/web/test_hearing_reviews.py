from typing import Any

import pytest

from fakes.clock import FakeClock
from fakes.hearings import CHECKLIST, COUNCIL, PROCURACY, Courtroom, account_id, court
from fakes.pdf import pages
from fakes.reviews import ended, minutes, sheet
from fakes.signed_in import SignInAs
from vms.access import Role
from web.services import Services


@pytest.fixture
async def room(control: Services, people: SignInAs) -> Courtroom:
    return await court(control, people)


async def test_a_sheet_is_filled_step_by_step_and_handed_in_once(room: Courtroom, clock: FakeClock) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    path = f"/api/hearings/{hearing}/evaluation"
    first = await room.prosecutor.send("PUT", path, {"version": 0, "scores": {"manner": {"points": 8}}})
    assert (first.status, first.body["version"], first.body["points"], first.body["level"]) == (200, 1, 8, "")
    assert (await room.prosecutor.send("PUT", path, {"version": 0})).body["detail"] == "changed:1"
    whole = await sheet(room, hearing, 1, final=True)
    assert (await room.prosecutor.send("PUT", path, whole)).body["detail"] == "not_now"  # the hearing is not over
    assert (await room.act(hearing, "end")).status == 200
    part = {**whole, "scores": {"manner": {"points": 8}}}
    refused = await room.prosecutor.send("PUT", path, part)
    assert (refused.status, refused.body["detail"]) == (400, "unanswered")
    handed_in = await room.prosecutor.send("PUT", path, whole)
    assert (handed_in.status, handed_in.body["points"], handed_in.body["level"]) == (200, 100, "Xuất sắc")
    again = await room.prosecutor.send("PUT", path, {**whole, "version": 2})
    assert (again.status, again.body["detail"]) == (409, "not_now")


@pytest.mark.parametrize(
    ("scores", "detail"),
    [({"manner": {"points": 11}}, "points"), ({"unknown": {"points": 1}}, "unknown_criterion")],
)
async def test_points_stay_within_the_template(room: Courtroom, scores: dict[str, Any], detail: str) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    answer = await room.prosecutor.send("PUT", f"/api/hearings/{hearing}/evaluation", {"version": 0, "scores": scores})
    assert (answer.status, answer.body["detail"]) == (400, detail)


async def test_colleagues_of_the_body_read_what_was_handed_in_and_nobody_else_does(
    room: Courtroom, clock: FakeClock, people: SignInAs
) -> None:
    colleague = await people(Role.PROSECUTORS_LEADER, PROCURACY)
    hearing = await room.schedule()
    assert (await room.order(hearing, COUNCIL)).status == 200
    await room.begun(hearing)
    assert (await room.act(hearing, "end")).status == 200
    path = f"/api/hearings/{hearing}/evaluation"
    draft = await sheet(room, hearing)
    await room.prosecutor.send("PUT", path, draft)
    assert (await colleague.get(f"{path}s")).body == []
    await room.prosecutor.send("PUT", path, {**draft, "version": 1, "final": True})
    assert [one["points"] for one in (await colleague.get(f"{path}s")).body] == [100]
    assert (await room.councillor.get(f"{path}s")).body == []
    for who in (room.clerk, room.judge, room.chair):
        assert (await who.get(f"{path}s")).status == 404


async def test_a_sheet_that_is_not_begun_is_printed_to_be_filled_by_hand(room: Courtroom) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    answer = await room.prosecutor.get(f"/api/hearings/{hearing}/papers/evaluation.pdf")
    text = " ".join(" ".join(pages(answer.body)).split())
    for words in ("PHIẾU NHẬN XÉT", "Kỹ năng xét hỏi", "TỔNG CỘNG", f"ĐƠN VỊ {PROCURACY.upper()}"):
        assert words in text


async def test_minutes_are_written_together_closed_once_and_printed(
    room: Courtroom, clock: FakeClock, people: SignInAs
) -> None:
    colleague = await people(Role.PROSECUTORS_LEADER, PROCURACY)
    hearing = await ended(room, clock)
    await room.prosecutor.send(
        "PUT", f"/api/hearings/{hearing}/evaluation", await sheet(room, hearing, less=1, final=True)
    )
    path = f"/api/hearings/{hearing}/review"
    assert (await room.prosecutor.get(path)).status == 404
    assert (await room.prosecutor.send("PUT", path, minutes(clock))).status == 200
    assert (await colleague.send("PUT", path, minutes(clock))).body["detail"] == "changed:1"
    stranger = await account_id(room.judge)
    assert (await colleague.send("PUT", path, minutes(clock, version=1, prosecutor_id=stranger))).status == 404
    empty = await colleague.send("PUT", path, minutes(clock, version=1, final=True, conclusion=" "))
    assert (empty.status, empty.body["detail"]) == (400, "unanswered")
    opinions = [{"name": "Lò Văn Ưởng", "text": "Cần rút gọn."}]
    final = await colleague.send("PUT", path, minutes(clock, version=1, final=True, opinions=opinions))
    assert (final.status, final.body["sheets"], final.body["average_tenths"]) == (200, 1, 900)
    assert (await room.prosecutor.send("PUT", path, minutes(clock, version=2))).body["detail"] == "not_now"
    answer = await room.prosecutor.get(f"/api/hearings/{hearing}/papers/review.pdf")
    text = " ".join(" ".join(pages(answer.body)).split())
    for words in (
        "Họp rút kinh nghiệm phiên tòa",
        "Đỗ Thị Ỷ",
        "Cần rút gọn.",
        "trung bình 90,0/100 điểm",
        "Đạt yêu cầu.",
    ):
        assert words in text


async def test_minutes_wait_until_the_hearing_is_over(room: Courtroom, clock: FakeClock) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    answer = await room.prosecutor.send("PUT", f"/api/hearings/{hearing}/review", minutes(clock))
    assert (answer.status, answer.body["detail"]) == (409, "not_now")


async def test_papers_of_a_closed_hearing_name_neither_title_nor_parties(room: Courtroom, clock: FakeClock) -> None:
    officers = [{"office": "prosecutor", "name": "Quàng Thị Ngữ"}]
    hearing = await room.schedule(checklist={**CHECKLIST, "juvenile": True}, officers=officers)
    assert (await room.order(hearing)).status == 200
    for act in ("check_room", "await_bench", "begin", "end"):
        assert (await room.act(hearing, act)).status == 200
    await room.prosecutor.send("PUT", f"/api/hearings/{hearing}/review", minutes(clock))
    assert (await room.prosecutor.get(f"/api/hearings/{hearing}/reviewed")).body["prosecutor"] == ""
    for kind in ("evaluation", "review"):
        answer = await room.prosecutor.get(f"/api/hearings/{hearing}/papers/{kind}.pdf")
        text = " ".join(" ".join(pages(answer.body)).split())
        assert "Phiên kín" in text
        for secret in ("Quàng Thị Ngữ", "Vụ án", "Lò Văn", "L.V.N.", "12/2026"):
            assert secret not in text


async def test_a_hearing_stays_on_the_list_of_those_who_may_write_about_it_after_its_order_has_ended(
    room: Courtroom, clock: FakeClock
) -> None:
    hearing = await ended(room, clock, officers=[{"office": "prosecutor", "name": "Quàng Thị Ngữ"}])
    path = f"/api/hearings/{hearing}"
    await room.prosecutor.send("PUT", f"{path}/review", minutes(clock))
    detail = await room.read(hearing)
    order = detail["orders"][0]["id"]
    revoked = await room.clerk.send("DELETE", f"{path}/orders/{order}?version={detail['version']}")
    assert revoked.status == 200
    clock.now_ms += 1
    assert (await room.prosecutor.get(path)).status == 404
    (one,) = (await room.prosecutor.get("/api/hearing-reviews")).body
    assert (one["hearing"]["id"], one["sheet"], one["sheets"], one["minutes"]) == (hearing, "none", 0, "draft")
    whole = await sheet(room, hearing, final=True)
    assert (await room.prosecutor.send("PUT", f"{path}/evaluation", whole)).status == 200
    again = (await room.prosecutor.get(f"{path}/reviewed")).body
    assert (again["sheet"], again["sheets"], again["body"]) == ("final", 1, f"Đơn vị {PROCURACY}")
    assert again["prosecutor"] == "Quàng Thị Ngữ"
    assert [person["id"] for person in again["people"]] == [await account_id(room.prosecutor)]
    assert (await room.councillor.get("/api/hearing-reviews")).body == []
    assert (await room.councillor.get(f"{path}/reviewed")).status == 404
    assert (await room.clerk.get("/api/hearing-reviews")).status == 403
