"""A court with its people, a procuracy that observes, and a hearing between them."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from fakes.api_browser import Answer, Browser
from fakes.province import COURT, ROOM, ROOT, SITE_COURT, add_camera
from fakes.signed_in import SignInAs
from vms.access import Role
from vms.db.tables import Angle, Placement, Unit
from web.services import Services

PROCURACY = "unit-procuracy-0"
COUNCIL = "unit-council-000"
CHECKLIST = {"juvenile": False, "secret": False, "sexual_offence": False, "privacy": False}


@dataclass
class Courtroom:
    """Everybody signed in; `bench` and `accused` are the cameras of the one courtroom."""

    control: Services
    clerk: Browser
    judge: Browser
    chair: Browser
    prosecutor: Browser
    councillor: Browser
    bench: str
    accused: str

    async def plan(self, **more: object) -> dict[str, object]:
        now_ms = self.control.clock()
        return {
            "courtroom_id": ROOM,
            "case_number": "12/2026/TLST-HS",
            "procedure": "criminal_first",
            "title": "Vụ án Lò Văn Nam và đồng phạm",
            "parties": [{"role": "bị cáo", "name": "Lò Văn Nam"}],
            "judge_id": await account_id(self.judge),
            "begins_ms": now_ms,
            "ends_ms": now_ms + 3 * 3_600_000,
            "checklist": CHECKLIST,
            **more,
        }

    async def schedule(self, **more: object) -> str:
        answer = await self.clerk.post("/api/hearings", await self.plan(**more))
        assert answer.status == 201, answer.body
        return str(answer.body["id"])

    async def order(self, hearing: str, unit: str = PROCURACY, **more: object) -> Answer:
        now_ms = self.control.clock()
        body = {
            "version": await self.version(hearing),
            "number": "01/QĐ",
            "signer": "Chánh án",
            "angles": ["bench", "accused"],
            "valid_from_ms": now_ms,
            "valid_to_ms": now_ms + 8 * 3_600_000,
            "bodies": [{"unit_id": unit}],
            **more,
        }
        return await self.clerk.post(f"/api/hearings/{hearing}/orders", body)

    async def read(self, hearing: str, who: Browser | None = None) -> Any:
        return (await (who or self.clerk).get(f"/api/hearings/{hearing}")).body

    async def version(self, hearing: str) -> int:
        return int((await self.read(hearing))["version"])

    async def act(self, hearing: str, act: str, who: Browser | None = None, **more: object) -> Answer:
        body = {"version": await self.version(hearing), "act": act, **more}
        return await (who or self.clerk).post(f"/api/hearings/{hearing}/acts", body)

    async def begun(self, hearing: str) -> None:
        """Open, with the prosecutor let in and the warning accepted."""
        assert (await self.order(hearing)).status == 200
        assert (await self.accept(hearing, self.prosecutor)).status == 204
        for act in ("check_room", "await_bench", "begin"):
            answer = await self.act(hearing, act)
            assert answer.status == 200, answer.body

    async def accept(self, hearing: str, who: Browser) -> Answer:
        return await who.post(f"/api/hearings/{hearing}/acceptance", {"warning": "2026-1"})

    async def watch(self, who: Browser, camera: str | None = None) -> int:
        headers = {"Content-Type": "application/sdp"}
        path = f"/api/cameras/{camera or self.bench}/whep"
        return (await who.send("POST", path, data="v=0\r\n", headers=headers)).status


async def account_id(who: Browser) -> str:
    return str((await who.get("/api/session")).body["account_id"])


async def court(control: Services, people: SignInAs) -> Courtroom:
    async with control.db.transaction() as session:
        for unit, kind in ((PROCURACY, "procuracy"), (COUNCIL, "peoples_council")):
            session.add(Unit(id=unit, key=unit, kind=kind, name=f"Đơn vị {unit}", valid_from_ms=0))
        await session.flush()
        for unit in (PROCURACY, COUNCIL):
            session.add(Placement(child_id=unit, parent_id=ROOT, valid_from_ms=0))
    bench = await add_camera(control.db, 301, SITE_COURT)
    accused = await add_camera(control.db, 302, SITE_COURT, angle="accused")
    async with control.db.transaction() as session:
        # The small province has planned this angle, and no camera for it.
        planned = (await session.exec(select(Angle).where(col(Angle.kind) == "bench"))).one()
        planned.camera_id, planned.audio = bench, True
        session.add(planned)
    return Courtroom(
        control,
        clerk=await people(Role.COURT_CLERK, COURT),
        judge=await people(Role.PRESIDING_JUDGE, COURT),
        chair=await people(Role.COURT_CHAIR, COURT),
        prosecutor=await people(Role.PROSECUTOR, PROCURACY),
        councillor=await people(Role.OVERSIGHT_OBSERVER, COUNCIL),
        bench=bench,
        accused=accused,
    )
