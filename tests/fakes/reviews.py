"""Hearings that are over, sheets that are filled, minutes that are written."""

from typing import Any

from fakes.clock import FakeClock
from fakes.hearings import Courtroom


async def ended(room: Courtroom, clock: FakeClock, **plan: object) -> str:
    hearing = await room.schedule(**plan)
    await room.begun(hearing)
    for act in ("suspend_technical", "resume", "end"):
        clock.now_ms += 60_000
        assert (await room.act(hearing, act)).status == 200
    return hearing


async def sheet(room: Courtroom, hearing: str, version: int = 0, less: int = 0, **more: object) -> dict[str, Any]:
    empty = (await room.prosecutor.get(f"/api/hearings/{hearing}/evaluation")).body
    criteria = [one for group in empty["groups"] for one in group["criteria"]]
    scores = {one["key"]: {"points": one["most"] - less, "remark": "tốt"} for one in criteria}
    return {"version": version, "evaluated": "Quàng Thị Ngữ", "scores": scores, **more}


def minutes(clock: FakeClock, **more: object) -> dict[str, Any]:
    return {
        "version": 0,
        "began_ms": clock(),
        "place": "Phòng họp số 1",
        "chair": "Đỗ Thị Ỷ",
        "secretary": "Bạc Cầm Khuyên",
        "participants": [{"name": "Đỗ Thị Ỷ", "office": "Viện trưởng"}],
        "strengths": "Xét hỏi có trọng tâm.",
        "weaknesses": "Trình chiếu chậm.",
        "conclusion": "Đạt yêu cầu.",
        **more,
    }
