import pytest

from fakes.clock import FakeClock
from fakes.control_ports import NO_PICTURE, FakeTaps
from fakes.province import AREA_A, ROOM, SITE_B, SITE_COURT, add_account, add_camera, build_province
from streams.types.media import StreamKind
from streams.types.tap import TapFormat
from vms.accounts.stages import DAY_MS
from vms.accounts.stream_logins import MOST_PER_ACCOUNT, StreamLogins, TooManyStreamLogins, logins_still_there
from vms.cameras.catalogue import Catalogue
from vms.cameras.rtsp_door import RtspDoor
from vms.cameras.viewing import People
from vms.db.engine import Database
from vms.db.tables import Account, GrantRow
from vms.organisation import Organisation
from vms.secrets import Key, Keyring, SecretBox
from vms.settings import Settings
from vms.settings.model import RtspSettings

BOX = SecretBox(Keyring((Key("k", b"k" * 32),)))


@pytest.fixture
async def officer(database: Database) -> str:
    await build_province(database)
    return await add_account(database, "truc-ban", "duty_officer", AREA_A)


@pytest.fixture
def logins(database: Database) -> StreamLogins:
    return StreamLogins(database, BOX, Settings(), FakeClock())


@pytest.fixture
def taps() -> FakeTaps:
    return FakeTaps()


@pytest.fixture
def door(database: Database, logins: StreamLogins, taps: FakeTaps) -> RtspDoor:
    organisation = Organisation(database, FakeClock())
    people = People(database, organisation, FakeClock())
    return RtspDoor(logins, people, Catalogue(database, organisation), taps, FakeClock())


async def still_there(database: Database, session_id: str, after_ms: int = 0) -> bool:
    async with database.session() as session:
        now_ms = FakeClock()() + after_ms
        return await logins_still_there(session, {session_id, "a-session-0000001"}, now_ms) == {session_id}


async def test_a_login_opens_what_its_owner_may_see(
    database: Database, officer: str, logins: StreamLogins, door: RtspDoor, taps: FakeTaps
) -> None:
    camera = await add_camera(database, 1)
    new = await logins.create(officer, "Đầu giải mã")
    assert await door.secret(new.login.username) == new.secret
    assert await door.open(new.login.username, camera, StreamKind.MAIN, "10.0.0.1") is not None
    (request,) = taps.requests
    assert (request.camera_id, request.format, request.account_id) == (camera, TapFormat.RTP, officer)
    assert request.address == "10.0.0.1", "a stream login has no session that says where it is"
    assert await still_there(database, request.session_id)
    (shown,) = await logins.all_of(officer)
    assert shown.used_ms is not None


async def test_foreign_absent_and_court_cameras_are_the_same_nothing(
    database: Database, officer: str, logins: StreamLogins, door: RtspDoor, taps: FakeTaps
) -> None:
    foreign = await add_camera(database, 2, SITE_B)
    court = await add_camera(database, 3, SITE_COURT, angle="accused")
    username = (await logins.create(officer, "VLC")).login.username
    for camera in (foreign, court, "absent-camera-000", ROOM):
        assert await door.open(username, camera, StreamKind.SUB, "") is None
    assert taps.requests == []


async def test_a_deleted_login_and_a_locked_account_open_nothing(
    database: Database, officer: str, logins: StreamLogins, door: RtspDoor
) -> None:
    camera = await add_camera(database, 1)
    first, second = await logins.create(officer, "a"), await logins.create(officer, "b")
    holder = await logins.holder(first.login.username)
    assert holder is not None
    assert await logins.delete(officer, first.login.id)
    assert await door.secret(first.login.username) is None
    assert not await still_there(database, holder.session_id)
    async with database.transaction() as session:
        account = await session.get_one(Account, officer)
        account.locked = True
        session.add(account)
    assert await door.secret(second.login.username) is None
    assert await door.open(second.login.username, camera, StreamKind.SUB, "") is None


async def test_a_login_expires_and_what_it_plays_ends(database: Database, officer: str) -> None:
    clock = FakeClock()
    logins = StreamLogins(database, BOX, Settings(rtsp=RtspSettings(login_days=30)), clock)
    new = await logins.create(officer, "VLC")
    holder = await logins.holder(new.login.username)
    assert holder is not None
    assert new.login.expires_ms == clock() + 30 * DAY_MS
    assert await still_there(database, holder.session_id, 30 * DAY_MS - 1)
    assert not await still_there(database, holder.session_id, 30 * DAY_MS)
    clock.advance(minutes=30 * 24 * 60)
    assert await logins.holder(new.login.username) is None


async def test_a_role_that_needs_a_second_factor_needs_it_for_its_players_too(database: Database, officer: str) -> None:
    logins = StreamLogins(database, BOX, Settings(), FakeClock())
    before = (await logins.create(officer, "made before the role came")).login.username
    assert await logins.holder(before) is not None
    async with database.transaction() as session:
        session.add(GrantRow(account_id=officer, role="duty_commander", unit_id=AREA_A, valid_from_ms=0))
    assert await logins.holder(before) is None
    anew = await logins.create(officer, "made after the code was given", second_factor=True)
    assert await logins.holder(anew.login.username) is not None


async def test_a_camera_without_a_picture_is_the_same_nothing(
    database: Database, officer: str, logins: StreamLogins, door: RtspDoor, taps: FakeTaps
) -> None:
    camera = await add_camera(database, 1)
    username = (await logins.create(officer, "VLC")).login.username
    taps.refusal = NO_PICTURE
    assert await door.open(username, camera, StreamKind.SUB, "") is None


async def test_nobody_deletes_the_login_of_another(database: Database, officer: str, logins: StreamLogins) -> None:
    other = await add_account(database, "other", "duty_officer", AREA_A)
    new = await logins.create(officer, "VLC")
    assert not await logins.delete(other, new.login.id)
    assert not await logins.delete(officer, "absent-login-00000")
    assert len(await logins.all_of(officer)) == 1


async def test_secrets_are_sealed_and_bound_to_their_login(
    database: Database, officer: str, logins: StreamLogins
) -> None:
    new = await logins.create(officer, "VLC")
    other_key = StreamLogins(database, SecretBox(Keyring((Key("other", b"o" * 32),))), Settings(), FakeClock())
    assert await other_key.holder(new.login.username) is None
    assert new.secret not in repr(new)


async def test_an_account_has_a_bounded_number_of_logins(officer: str, logins: StreamLogins) -> None:
    for _ in range(MOST_PER_ACCOUNT):
        await logins.create(officer, "VLC")
    with pytest.raises(TooManyStreamLogins):
        await logins.create(officer, "VLC")
