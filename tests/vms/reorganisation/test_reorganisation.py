from pathlib import Path

import pytest
from sqlmodel import col, select

from fakes.clock import FakeClock
from fakes.province import AREA_A, AREA_B, POLICE, SITE_A, SITE_B, add_account, add_camera, build_province
from vms.db.engine import Database
from vms.db.tables import Site, Unit
from vms.organisation import Organisation
from vms.organisation.files import ImportRefused, read_texts
from vms.reorganisation import NotProposed, OwnProposal, Reorganisations, StaleProposal

PROVINCE = Path(__file__).parents[3] / "config" / "province"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def reorganisations(database: Database, clock: FakeClock) -> Reorganisations:
    return Reorganisations(database, clock)


@pytest.fixture
async def people(database: Database) -> dict[str, str]:
    await build_province(database)
    return {
        "first": await add_account(database, "admin-1", "security_administrator", POLICE),
        "second": await add_account(database, "admin-2", "security_administrator", POLICE),
        "officer": await add_account(database, "truc-a", "duty_officer", AREA_A),
        "neighbour": await add_account(database, "truc-b", "duty_officer", AREA_B),
    }


async def moved(reorganisations: Reorganisations) -> dict[str, str]:
    """The files of now, with site A given to area B."""
    files = await reorganisations.files()
    files["sites.csv"] = "\n".join(
        line.replace(AREA_A, AREA_B) if line.startswith(SITE_A) else line for line in files["sites.csv"].splitlines()
    )
    return files


async def test_the_shipped_province_written_and_read_again_is_the_same(
    database: Database, clock: FakeClock, reorganisations: Reorganisations
) -> None:
    organisation = Organisation(database, clock)
    await organisation.import_folder(PROVINCE)
    files = await reorganisations.files()
    first = read_texts(files)
    shipped = read_texts(
        {file.name: file.read_text(encoding="utf-8") for file in PROVINCE.glob("*.csv") if file.name in files}
    )
    assert {unit.key for unit in first.units} == {unit.key for unit in shipped.units}
    assert len(first.sites) == len(shipped.sites)
    assert len(first.placements) >= len(shipped.placements)
    administrator = await add_account(database, "a", "security_administrator", (await organisation.ensure_root()))
    proposal = await reorganisations.propose(administrator, "same", files)
    assert (proposal.report["added"], proposal.report["changed"], proposal.report["removed"]) == (0, 0, 0)


async def test_the_dry_run_says_who_gains_and_loses_what_and_changes_nothing(
    database: Database, people: dict[str, str], reorganisations: Reorganisations
) -> None:
    await add_camera(database, 1, SITE_A)
    await add_camera(database, 2, SITE_B)
    proposal = await reorganisations.propose(people["first"], "Sáp nhập", await moved(reorganisations))
    effects = {effect["login"]: effect for effect in proposal.report["effects"]}
    assert set(effects) == {"truc-a", "truc-b"}
    assert effects["truc-a"]["loses"] == [f"1 Camera 1 (Đơn vị {AREA_A})"]
    assert effects["truc-b"]["gains"] == [f"1 Camera 1 (Đơn vị {AREA_B})"]
    assert (effects["truc-a"]["gained"], effects["truc-b"]["lost"]) == (0, 0)
    async with database.session() as session:
        assert (await session.get_one(Site, SITE_A)).unit_id == AREA_A


async def test_a_second_person_applies_it_and_old_units_stay(
    database: Database, people: dict[str, str], reorganisations: Reorganisations
) -> None:
    proposal = await reorganisations.propose(people["first"], "", await moved(reorganisations))
    with pytest.raises(OwnProposal):
        await reorganisations.apply(proposal.id, people["first"])
    applied = await reorganisations.apply(proposal.id, people["second"])
    assert (applied.state, applied.decided_by_name) == ("applied", "Họ tên admin-2")
    async with database.session() as session:
        assert (await session.get_one(Site, SITE_A)).unit_id == AREA_B
        assert (await session.exec(select(Unit).where(col(Unit.key) == AREA_A))).one().name
    with pytest.raises(NotProposed):
        await reorganisations.apply(proposal.id, people["second"])


async def test_what_was_looked_at_before_another_change_must_be_looked_at_again(
    people: dict[str, str], reorganisations: Reorganisations
) -> None:
    stale = await reorganisations.propose(people["first"], "", await moved(reorganisations))
    other = await reorganisations.propose(people["first"], "", await moved(reorganisations))
    await reorganisations.apply(other.id, people["second"])
    with pytest.raises(StaleProposal):
        await reorganisations.apply(stale.id, people["second"])


async def test_a_rejected_proposal_is_never_applied(people: dict[str, str], reorganisations: Reorganisations) -> None:
    proposal = await reorganisations.propose(people["first"], "", await moved(reorganisations))
    rejected = await reorganisations.reject(proposal.id, people["first"])
    assert rejected.state == "rejected"
    for decide in (reorganisations.apply, reorganisations.reject):
        with pytest.raises(NotProposed):
            await decide(proposal.id, people["second"])
    assert [row.id for row in await reorganisations.all()] == [proposal.id]
    with pytest.raises(NotProposed):
        await reorganisations.get("absent")


async def test_effects_are_those_of_the_day_on_which_it_takes_effect(
    database: Database, people: dict[str, str], clock: FakeClock, reorganisations: Reorganisations
) -> None:
    await add_camera(database, 1, SITE_A)
    files = await reorganisations.files()
    lines = files["placements.csv"].splitlines()
    until, since = "2999-07-01", "2999-07-01"
    changed = [f"{AREA_A},{POLICE},,{until}" if line.startswith(f"{AREA_A},") else line for line in lines]
    files["placements.csv"] = "\n".join([*changed, f"{AREA_A},{AREA_B},{since},"])
    proposal = await reorganisations.propose(people["first"], "", files)
    assert proposal.report["effective_ms"] > clock()
    (effect,) = proposal.report["effects"]
    assert (effect["login"], effect["gained"], effect["lost"]) == ("truc-b", 1, 0)


async def test_a_file_that_is_not_given_stays_as_it_is(
    database: Database, people: dict[str, str], reorganisations: Reorganisations
) -> None:
    units = (await reorganisations.files())["units.csv"].replace(f"Đơn vị {AREA_A}", "Khu vực A")
    proposal = await reorganisations.propose(people["first"], "", {"units.csv": units})
    report = proposal.report
    assert (report["changed"], report["removed"]) == (1, 0)
    assert [change["what"] for change in report["changes"]] == ["unit_renamed"]
    await reorganisations.apply(proposal.id, people["second"])
    assert AREA_A in (await reorganisations.files())["placements.csv"]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"../units.csv": "key\n"},
        {"units.csv": "key\nx"},
        {"units.csv": "key,kind,name,name_en,valid_from,valid_to,successor\na,police,,,,,\n"},
    ],
)
async def test_files_that_do_not_fit_propose_nothing(
    people: dict[str, str], reorganisations: Reorganisations, files: dict[str, str]
) -> None:
    with pytest.raises(ImportRefused):
        await reorganisations.propose(people["first"], "", files)
    assert await reorganisations.all() == []
