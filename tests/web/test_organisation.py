from fakes.clock import START_MS
from fakes.province import AREA_A, AREA_B, COURT, POLICE, SITE_A, SITE_A2, SITE_COURT
from fakes.signed_in import SignInAs
from vms.access import Role
from vms.db.tables import Placement, Site, Unit
from web.services import Services

YEAR_MS = 365 * 86_400_000
OLD = "unit-district-000"


async def _abolished(control: Services) -> None:
    """A district of the police that area A took over a year ago."""
    end_ms = START_MS - YEAR_MS
    async with control.db.transaction() as session:
        unit = Unit(
            id=OLD,
            key=OLD,
            kind="police",
            name="Công an huyện",
            valid_from_ms=0,
            valid_to_ms=end_ms,
            successor_id=AREA_A,
        )
        session.add(unit)
        await session.flush()
        session.add(Placement(child_id=OLD, parent_id=POLICE, valid_from_ms=0, valid_to_ms=end_ms))


async def test_the_organisation_is_what_it_is_now_and_what_it_was(control: Services, people: SignInAs) -> None:
    commander = await people(Role.DUTY_COMMANDER, POLICE)
    await _abolished(control)
    now = (await commander.get("/api/organisation")).body
    assert {unit["id"] for unit in now["units"]} == {POLICE, AREA_A, AREA_B}
    assert [site["id"] for site in now["sites"] if site["unit_id"] == AREA_A] == [SITE_A, SITE_A2]
    assert (now["now"], now["may_reorganise"]) == (True, False)
    then = (await commander.get(f"/api/organisation?at_ms={START_MS - 2 * YEAR_MS}")).body
    (old,) = [unit for unit in then["units"] if unit["id"] == OLD]
    assert (old["successor"], old["valid_to_ms"], old["parent_id"]) == (
        f"Đơn vị {AREA_A}",
        START_MS - YEAR_MS,
        POLICE,
    )
    assert (then["sites"], then["now"]) == ([], False)


async def test_a_site_whose_unit_is_gone_is_in_the_care_of_its_successor(control: Services, people: SignInAs) -> None:
    auditor = await people(Role.AUDITOR, AREA_A)
    await _abolished(control)
    async with control.db.transaction() as session:
        session.add(Site(id="site-old-000000", key="old", name="A", unit_id=OLD))
    sites = (await auditor.get("/api/organisation")).body["sites"]
    assert (sites[0]["id"], sites[0]["unit_id"]) == ("site-old-000000", AREA_A)


async def test_everybody_sees_their_own_part_only(control: Services, people: SignInAs) -> None:
    courts = (await (await people(Role.AUDITOR, COURT)).get("/api/organisation")).body
    assert [unit["id"] for unit in courts["units"]] == [COURT]
    assert [(site["id"], site["courtrooms"]) for site in courts["sites"]] == [(SITE_COURT, ["Phòng xử 1"])]
    officer = await people(Role.DUTY_OFFICER, POLICE)
    assert (await officer.get("/api/organisation")).status == 403


async def test_there_is_nothing_before_the_beginning(people: SignInAs) -> None:
    auditor = await people(Role.AUDITOR, POLICE)
    assert (await auditor.get("/api/organisation?at_ms=-1")).status == 400


async def test_who_may_export_and_reorganise_the_whole_is_told(control: Services, people: SignInAs) -> None:
    root = await control.organisation.ensure_root()
    for role, unit, may in (
        (Role.SECURITY_ADMINISTRATOR, root, (True, True)),
        (Role.AUDITOR, root, (True, False)),
        (Role.SECURITY_ADMINISTRATOR, AREA_A, (False, False)),
    ):
        seen = (await (await people(role, unit)).get("/api/organisation")).body
        assert (seen["may_export"], seen["may_reorganise"]) == may
