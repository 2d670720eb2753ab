"""Rotation on the real tables, ended at each of its steps."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from fakes.databases import opened, sqlite_url
from fakes.province import AREA_A, add_account, add_camera, build_province
from vms.cli.secrets import SEALED
from vms.db.engine import Database
from vms.db.tables import Device, ImprintKeyRow, StreamLoginRow, TotpRow
from vms.db.tables.row import METADATA
from vms.secrets import Key, Keyring, KeyringError, SecretBox, WatchedKeyring
from vms.secrets.keys import write_keyring
from vms.secrets.rotation import KeyFile, Rotation

NO_SECRETS = {"alarm_snapshot.jpeg", "incident_picture.jpeg", "recording_segment.sha256", "recording_segment.previous"}
OLD = Keyring((Key("old", b"o" * 32),))
SECRET = b"hunter2"


class Killed(BaseException):
    """As a process ends: nothing catches it."""


class Steps:
    """Raises `Killed` at the step number `last`."""

    def __init__(self, last: int) -> None:
        self.left = last

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed


class StoppingDatabase(Database):
    def __init__(self, url: str, steps: Steps) -> None:
        super().__init__(url)
        self.steps = steps

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        self.steps.step()
        async with super().transaction() as session:
            yield session
            await session.flush()
            self.steps.step()
        self.steps.step()


class StoppingFile(KeyFile):
    def __init__(self, path: Path, steps: Steps) -> None:
        super().__init__(path)
        self.steps = steps

    def write(self, keyring: Keyring) -> None:
        self.steps.step()
        super().write(keyring)
        self.steps.step()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_keyring(tmp_path / "device.key", OLD)
    return tmp_path / "device.key"


async def filled(db: Database, box: SecretBox) -> None:
    """A secret of each kind, and a row without any."""
    await build_province(db)
    account = await add_account(db, "mai", "technician", AREA_A)
    for number in (1, 2):
        await add_camera(db, number)
    async with db.transaction() as session:
        device = (await session.exec(select(Device))).first()
        assert device is not None
        device.credentials = box.seal(SECRET, f"device {device.id}")
        session.add(device)
        sealed, pending = (box.seal(SECRET, f"totp {account}") for _ in range(2))
        session.add(TotpRow(account_id=account, sealed=sealed, pending=pending))
        login = box.seal(SECRET, "stream login vong-1")
        session.add(StreamLoginRow(account_id=account, username="vong-1", sealed=login, label="VLC", created_ms=1))
        session.add(ImprintKeyRow(id="k", sealed=box.seal(SECRET, "imprint key k"), created_ms=1))


async def opened_secrets(db: Database, keyring: Keyring) -> tuple[int, set[str]]:
    """How many secrets there are, all of which open; the ids of the keys that sealed them."""
    box, count, keys = SecretBox(keyring), 0, set()
    async with db.session() as session:
        for place in SEALED:
            for row in await session.exec(select(place.table)):
                if value := place.value(row):
                    assert box.open(value, place.context(row)) == SECRET
                    count += 1
                    keys.add(value.split(b".")[1].decode())
    return count, keys


def test_every_column_of_bytes_is_known_as_sealed_or_as_no_secret() -> None:
    columns = {
        f"{table.name}.{column.name}"
        for table in METADATA.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert {str(place) for place in SEALED} == columns - NO_SECRETS


async def test_everything_is_sealed_anew_and_the_old_key_goes(any_database: Database, file: Path) -> None:
    await filled(any_database, SecretBox(OLD))
    done = await Rotation(any_database, SEALED, settle_s=0).rotate(KeyFile(file))
    keyring = KeyFile(file).read()
    assert [key.id for key in keyring.keys] == [done.key_id]
    assert await opened_secrets(any_database, keyring) == (5, {done.key_id})
    assert (done.resealed, done.idle, done.unreadable) == (5, ("old",), ())


async def test_ended_at_any_step_nothing_is_lost_and_the_next_rotation_does_the_rest(tmp_path: Path) -> None:

    last, ended = 1, 0
    while True:
        folder = tmp_path / str(last)
        folder.mkdir()
        path = folder / "device.key"
        write_keyring(path, OLD)
        async with opened(sqlite_url(folder)) as db:
            await filled(db, SecretBox(OLD))
            steps = Steps(last)
            stopping = StoppingDatabase(sqlite_url(folder), steps)
            try:
                await Rotation(stopping, SEALED, settle_s=0).rotate(StoppingFile(path, steps))
            except Killed:
                ended += 1
            finally:
                await stopping.close()
            assert (await opened_secrets(db, KeyFile(path).read()))[0] == 5, f"step {last}"
            await Rotation(db, SEALED, settle_s=0).rotate(KeyFile(path))
            keyring = KeyFile(path).read()
            assert len(keyring.keys) == 1, f"step {last}"
            assert await opened_secrets(db, keyring) == (5, {keyring.current.id}), f"step {last}"
        if steps.left > 0:
            break
        last += 1
    assert ended >= 15, "each secret, the last look and both writings of the file have steps"


async def test_writers_that_go_on_meanwhile_lose_nothing(any_database: Database, file: Path) -> None:
    box = SecretBox(WatchedKeyring(file))
    await filled(any_database, box)
    stop = asyncio.Event()

    async def go_on() -> None:
        while not stop.is_set():
            async with any_database.transaction() as session:
                for device in await session.exec(select(Device)):
                    device.credentials = box.seal(SECRET, f"device {device.id}")
                    session.add(device)
            await asyncio.sleep(0)

    writing = asyncio.create_task(go_on())
    for _ in range(5):
        done = await Rotation(any_database, SEALED, settle_s=0).rotate(KeyFile(file))
        _, keys = await opened_secrets(any_database, KeyFile(file).read())
        assert keys == {done.key_id}
    stop.set()
    await writing
    assert (await opened_secrets(any_database, KeyFile(file).read()))[0] == 6


async def test_a_process_that_goes_on_with_the_old_key_keeps_it_in_the_file(database: Database, file: Path) -> None:
    """One that knows nothing of the new key, as with keys from its environment."""
    stubborn = SecretBox(OLD)
    await filled(database, stubborn)

    class Stubborn(Rotation):
        async def _round(self, box: SecretBox, hopeless: set) -> int:
            done = await super()._round(box, hopeless)
            async with database.transaction() as session:
                row = (await session.exec(select(StreamLoginRow))).one()
                row.sealed = stubborn.seal(SECRET, "stream login vong-1")
                session.add(row)
            return done

    with pytest.raises(KeyringError, match="start the system anew"):
        await Stubborn(database, SEALED, settle_s=0).rotate(KeyFile(file))
    assert "old" in [key.id for key in KeyFile(file).read().keys]
    assert (await opened_secrets(database, KeyFile(file).read()))[0] == 5


async def test_a_secret_that_no_key_opens_is_named_and_its_key_stays(database: Database, file: Path) -> None:
    await filled(database, SecretBox(OLD))
    async with database.transaction() as session:
        row = (await session.exec(select(StreamLoginRow))).one()
        row.sealed = SecretBox(OLD).seal(SECRET, "stream login of another")
        session.add(row)
    done = await Rotation(database, SEALED, settle_s=0).rotate(KeyFile(file))
    assert done.unreadable == ("stream_login.sealed",)
    assert [key.id for key in KeyFile(file).read().keys] == [done.key_id, "old"]


async def test_keys_that_are_not_ours_to_write_are_named_when_they_seal_nothing(database: Database) -> None:
    await filled(database, SecretBox(OLD))
    done = await Rotation(database, SEALED, settle_s=0).reseal(Keyring((Key("new", b"n" * 32), *OLD.keys)))
    assert (done.key_id, done.resealed, done.idle) == ("new", 5, ("old",))


def test_two_rotations_at_once_are_refused(file: Path) -> None:
    with KeyFile(file).held(), pytest.raises(KeyringError, match="under way"), KeyFile(file).held():
        pass
