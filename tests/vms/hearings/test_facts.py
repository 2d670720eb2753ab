"""Which hearings somebody knows of: the same in SQL and in `may`, on SQLite and PostgreSQL."""

import random

from fakes.province import AREA_A, COURT, ROOM, ROOT, SITE_COURT, add_account, add_camera, build_province
from vms.access import Action, Grant, Person, Role, may, reach
from vms.cameras.catalogue import Catalogue
from vms.db.engine import Database
from vms.db.tables import AdmissionRow, BodyOffRow, HearingRow, ObservationOrderRow
from vms.hearings.reading import HearingReader
from vms.hearings.states import State
from vms.organisation import Organisation

NOW = 1_000_000
UNITS = (ROOT, COURT, AREA_A)
ROLES = (
    Role.COURT_CLERK,
    Role.PRESIDING_JUDGE,
    Role.PROSECUTOR,
    Role.OVERSIGHT_OBSERVER,
    Role.AUDITOR,
    Role.DUTY_OFFICER,
)


async def _hearings(db: Database, dice: random.Random, accounts: list[str]) -> list[str]:
    ids = []
    async with db.transaction() as session:
        for number in range(12):
            row = HearingRow(
                court_id=dice.choice((COURT, AREA_A)),
                courtroom_id=ROOM,
                case_number=str(number),
                procedure="criminal_first",
                title="Vụ án",
                judge_id=accounts[0],
                begins_ms=NOW + number,
                ends_ms=NOW + 3_600_000,
                state=dice.choice([State.SCHEDULED, State.OPEN, State.ENDED]),
                since_ms=1,
                created_ms=1,
                created_by=accounts[0],
            )
            session.add(row)
            await session.flush()
            ids.append(row.id)
            for _ in range(dice.randrange(3)):
                order = ObservationOrderRow(
                    hearing_id=row.id,
                    number="1",
                    signer="Chánh án",
                    angles=["bench"],
                    valid_from_ms=NOW + dice.randrange(-5, 5),
                    valid_to_ms=NOW + dice.randrange(-5, 5),
                    created_ms=1,
                    created_by=accounts[0],
                    revoked_ms=dice.choice([None, NOW - 1, NOW + 1]),
                )
                session.add(order)
                await session.flush()
                named = dice.choice([None, *accounts])
                session.add(AdmissionRow(order_id=order.id, unit_id=dice.choice(UNITS), account_id=named))
            if dice.random() < 0.4:
                unit = dice.choice(UNITS)
                session.add(BodyOffRow(hearing_id=row.id, unit_id=unit, at_ms=1, account_id=accounts[0]))
    return ids


async def test_lists_and_decisions_agree_about_hearings(any_database: Database) -> None:
    dice = random.Random(7)
    await build_province(any_database)
    accounts = [await add_account(any_database, f"person{n}", Role.PROSECUTOR, AREA_A) for n in range(3)]
    ids = await _hearings(any_database, dice, accounts)
    reader = HearingReader(any_database, Organisation(any_database, lambda: NOW), lambda: NOW)
    objects = {hearing_id: await reader.object(hearing_id) for hearing_id in ids}
    seen = noted = 0
    for _ in range(60):
        grants = tuple(Grant(dice.choice(ROLES), dice.choice(UNITS), 0) for _ in range(dice.randrange(1, 3)))
        person = Person(dice.choice(accounts), "x", "X", grants)
        where = reach(person, Action.HEARING_LIST, NOW)
        listed = {view.row.id for view in await reader.listed(where, person.account_id, NOW, NOW + 100)}
        allowed = {key for key, obj in objects.items() if obj and may(person, Action.HEARING_LIST, obj, NOW)}
        assert listed == allowed
        seen += len(listed)
        where = reach(person, Action.HEARING_NOTE, NOW)
        written = {view.row.id for view in await reader.reviewed(where, person.account_id, NOW, NOW + 100)}
        allowed = {key for key, obj in objects.items() if obj and may(person, Action.HEARING_NOTE, obj, NOW)}
        assert written == allowed
        noted += len(written)
    assert seen > 50
    assert noted > 20


async def test_two_hearings_that_run_in_one_courtroom_show_nothing(any_database: Database) -> None:

    await build_province(any_database)
    judge = await add_account(any_database, "judge", Role.PRESIDING_JUDGE, COURT)
    camera = await add_camera(any_database, 1, SITE_COURT, angle="accused")
    catalogue = Catalogue(any_database, Organisation(any_database, lambda: NOW))
    shown = []
    for number in range(2):
        async with any_database.transaction() as session:
            session.add(
                HearingRow(
                    court_id=COURT,
                    courtroom_id=ROOM,
                    case_number=str(number),
                    procedure="criminal_first",
                    title="Vụ án",
                    judge_id=judge,
                    begins_ms=NOW,
                    ends_ms=NOW + 1,
                    state=State.OPEN,
                    since_ms=1,
                    created_ms=1,
                    created_by=judge,
                )
            )
        found = await catalogue.object(camera)
        assert found is not None
        shown.append(found.hearing is not None)
    assert shown == [True, False]
