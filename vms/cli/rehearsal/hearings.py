"""Hearings of today for a rehearsal: put on the list through the API as the clerk does, with orders for the bodies that observe."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from vms.cli.client import Api

HOUR_MS = 3_600_000
_LOCAL = timedelta(hours=7)
_PUBLIC = {"juvenile": False, "secret": False, "sexual_offence": False, "privacy": False}
BODIES = ("procuracy", "peoples-council", "internal-affairs")
"""Units by key that observe in a rehearsal."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is heard. `courtroom` is its name, `begins_h` an hour of the day; `excluded`: what the checklist answers with yes."""

    court: str
    courtroom: str
    number: str
    title: str
    begins_h: float
    procedure: str = "criminal_first"
    parties: tuple[tuple[str, str], ...] = ()
    excluded: frozenset[str] = frozenset()
    begun: bool = False
    officers: tuple[tuple[str, str], ...] = ()


_PROVINCE = "Tòa án nhân dân tỉnh Sơn La"
_FIRST = "Tòa án nhân dân khu vực 1 – Sơn La"
CASES = (
    Case(
        _PROVINCE,
        "Phòng xử án lớn tầng 1",
        "41/{year}/TLST-HS",
        "Vụ án mua bán trái phép chất ma túy",
        8,
        parties=(("bị cáo", "Lò Văn Panh"), ("bị cáo", "Vàng A Dế"), ("người bào chữa", "Hà Thị Inh")),
        officers=(
            ("juror", "Cà Văn Ánh"),
            ("juror", "Lường Thị Ỏn"),
            ("clerk", "Bạc Cầm Khuyên"),
            ("prosecutor", "Quàng Thị Ngữ"),
        ),
    ),
    Case(
        _PROVINCE,
        "Phòng xử án số 2",
        "17/{year}/TLPT-DS",
        "Tranh chấp quyền sử dụng đất",
        8.5,
        procedure="civil_appeal",
        parties=(("nguyên đơn", "Quàng Văn Hặc"), ("bị đơn", "Cầm Thị Pâng")),
        begun=True,
    ),
    Case(
        _PROVINCE,
        "Phòng xử án thân thiện",
        "44/{year}/TLST-HS",
        "Vụ án có người dưới 18 tuổi",
        13.5,
        parties=(("bị cáo", "Sồng A Tủa"), ("bị hại", "Giàng Thị Mỷ")),
        excluded=frozenset({"juvenile"}),
    ),
    Case(
        _FIRST,
        "Phòng xử án số 1",
        "102/{year}/TLST-HS",
        "Vụ án trộm cắp tài sản",
        14,
        parties=(("bị cáo", "Tòng Văn Ọi"), ("bị hại", "Nguyễn Thị Lụa")),
    ),
)


@dataclass(slots=True)
class Court:
    """A clerk at work, and the judge who presides."""

    clerk: Api
    judge: Api
    observed_by: list[dict[str, Any]] = field(default_factory=list)

    async def today(self, now_ms: int) -> list[dict[str, Any]]:
        """Those that begin today."""
        listed = await self.clerk.call("GET", "/api/hearings")
        return [hearing for hearing in listed if hearing["begins_ms"] >= _today_ms(now_ms, 0)]

    async def schedule(self, case: Case, now_ms: int, delay_s: int = 0) -> str | None:
        """The id of the new hearing, which observers see so much later; None when its courtroom has no pictures here."""
        choices = await self.clerk.call("GET", "/api/hearing-choices")
        found = [
            (room, court["judges"])
            for court in choices["courts"]
            for room in court["courtrooms"]
            if court["court"] == case.court and room["name"] == case.courtroom and room["angles"]
        ]
        judge_id = (await self.judge.call("GET", "/api/session"))["account_id"]
        if not found or all(judge["id"] != judge_id for judge in found[0][1]):
            return None
        room = found[0][0]
        begins_ms = _today_ms(now_ms, case.begins_h)
        hearing = await self.clerk.call(
            "POST",
            "/api/hearings",
            {
                "courtroom_id": room["id"],
                "case_number": case.number.format(year=datetime.fromtimestamp(now_ms / 1000, UTC).year),
                "procedure": case.procedure,
                "title": case.title,
                "parties": [{"role": role, "name": name} for role, name in case.parties],
                "officers": [{"office": office, "name": name} for office, name in case.officers],
                "judge_id": judge_id,
                "begins_ms": begins_ms,
                "ends_ms": begins_ms + 3 * HOUR_MS,
                "checklist": {**_PUBLIC, **dict.fromkeys(case.excluded, True)},
                "delay_s": delay_s,
            },
        )
        await self.order(hearing["id"], hearing["version"], room["angles"], now_ms)
        if case.begun and not await self._busy(room["id"]):
            await self.begin(hearing["id"])
        return str(hearing["id"])

    async def _busy(self, courtroom_id: str) -> bool:
        listed = await self.clerk.call("GET", "/api/hearings")
        idle = ("scheduled", "adjourned", "ended")
        return any(one["courtroom_id"] == courtroom_id and one["state"] not in idle for one in listed)

    async def order(self, hearing_id: str, version: int, angles: list[str], now_ms: int) -> None:
        """Let every body of `observed_by` in, for a day."""
        if not self.observed_by:
            return
        body = {
            "version": version,
            "number": "05/QĐ-TA",
            "signer": "Chánh án Tòa án nhân dân tỉnh Sơn La",
            "angles": angles,
            "valid_from_ms": _today_ms(now_ms, 0),
            "valid_to_ms": _today_ms(now_ms, 48),
            "bodies": [{"unit_id": one["unit_id"]} for one in self.observed_by],
        }
        await self.clerk.call("POST", f"/api/hearings/{hearing_id}/orders", body)

    async def begin(self, hearing_id: str) -> None:
        for act in ("check_room", "await_bench", "begin"):
            await self.act(hearing_id, act)

    async def act(self, hearing_id: str, act: str, by: Api | None = None) -> dict[str, Any]:
        """Do it as the clerk, or as somebody else, with the version that stands."""
        version = (await self.clerk.call("GET", f"/api/hearings/{hearing_id}"))["version"]
        body = {"version": version, "act": act}
        done: dict[str, Any] = await (by or self.clerk).call("POST", f"/api/hearings/{hearing_id}/acts", body)
        return done

    async def learn_bodies(self, names: list[str]) -> None:
        """The bodies with these names that have people who may observe."""
        choices = await self.clerk.call("GET", "/api/hearing-choices")
        self.observed_by = [body for body in choices["bodies"] if body["unit"] in names]


def _today_ms(now_ms: int, hour: float) -> int:
    """An hour of the day in Vietnam."""
    local = datetime.fromtimestamp(now_ms / 1000, UTC) + _LOCAL
    midnight = datetime(local.year, local.month, local.day, tzinfo=UTC) - _LOCAL
    return round(midnight.timestamp() * 1000 + hour * HOUR_MS)
