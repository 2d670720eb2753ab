"""What nobody told is told: the gates on the bus are what the rows say."""

from sqlmodel import col, select

from fakes.control_ports import FakeGates
from fakes.province import COURT, ROOM, SITE_COURT, add_account, add_camera, build_province
from streams.types.gate import Audience
from vms.access import Role
from vms.cameras.gated import gated_cameras
from vms.db.engine import Database
from vms.db.tables import Angle, Camera, Device, HearingRow
from vms.hearings.keeper import GateKeeper
from vms.hearings.states import State


async def _hearing(db: Database, state: str) -> HearingRow:
    judge = await add_account(db, f"judge-{state}", Role.PRESIDING_JUDGE, COURT)
    row = HearingRow(
        court_id=COURT,
        courtroom_id=ROOM,
        case_number="1",
        procedure="criminal_first",
        title="Vụ án",
        judge_id=judge,
        begins_ms=1,
        ends_ms=2,
        state=state,
        since_ms=5,
        created_ms=1,
        created_by=judge,
    )
    async with db.transaction() as session:
        session.add(row)
    return row


async def _set(db: Database, row: HearingRow, state: str) -> None:
    async with db.transaction() as session:
        kept = await session.get_one(HearingRow, row.id)
        kept.state = state
        session.add(kept)


async def test_a_change_that_control_died_over_is_told_when_it_is_back(any_database: Database) -> None:
    await build_province(any_database)
    camera = await add_camera(any_database, 1, SITE_COURT, angle="accused")
    gates = FakeGates()
    keeper = GateKeeper(any_database, gates)
    row = await _hearing(any_database, State.OPEN)
    assert await keeper.look()
    assert gates.standing[camera].audiences == (Audience.COURT, Audience.OBSERVERS)
    assert not await keeper.look()
    # Written, and then the process was gone before it told anybody.
    await _set(any_database, row, State.DELIBERATION)
    assert await GateKeeper(any_database, gates).look()
    assert gates.standing[camera].audiences == ()


async def test_a_state_that_nobody_knows_shows_nothing(any_database: Database) -> None:
    await build_province(any_database)
    camera = await add_camera(any_database, 1, SITE_COURT, angle="accused")
    gates = FakeGates()
    row = await _hearing(any_database, State.OPEN)
    await _set(any_database, row, "turned_to_stone")
    await GateKeeper(any_database, gates).look()
    assert gates.standing[camera].audiences == ()


async def test_a_camera_that_is_attached_while_a_hearing_runs_gets_its_gate(any_database: Database) -> None:
    await build_province(any_database)
    gates = FakeGates()
    keeper = GateKeeper(any_database, gates)
    await _hearing(any_database, State.OPEN)
    await keeper.look()
    assert gates.standing == {}
    camera = await add_camera(any_database, 1, SITE_COURT, angle="accused")
    assert await keeper.look()
    assert Audience.OBSERVERS in gates.standing[camera].audiences


async def test_a_camera_that_is_taken_out_of_its_courtroom_is_closed(any_database: Database) -> None:
    await build_province(any_database)
    camera = await add_camera(any_database, 1, SITE_COURT, angle="accused")
    gates = FakeGates()
    keeper = GateKeeper(any_database, gates)
    await _hearing(any_database, State.OPEN)
    await keeper.look()
    async with any_database.transaction() as session:
        angle = (await session.exec(select(Angle).where(col(Angle.camera_id) == camera))).one()
        angle.camera_id = None
        session.add(angle)
    assert await keeper.look()
    assert gates.standing[camera].audiences == ()


async def test_every_camera_of_a_box_that_shows_a_courtroom_is_gated_whoever_registered_it(
    any_database: Database,
) -> None:
    await build_province(any_database)
    court = await add_camera(any_database, 1, SITE_COURT, angle="accused")
    twin, street = await add_camera(any_database, 2), await add_camera(any_database, 3)
    async with any_database.transaction() as session:
        device = await session.get_one(Device, (await session.get_one(Camera, twin)).device_id)
        device.address = "10.0.0.1:8554"  # the court's encoder, by another port
        session.add(device)
    async with any_database.session() as session:
        assert await gated_cameras(session) == {court, twin}
    assert street
