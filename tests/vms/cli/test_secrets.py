"""`vms secrets` as an administrator types it."""

from pathlib import Path

import pytest
from sqlmodel import select

from fakes.served import run_vms, write_settings
from vms.cli.compose import opened
from vms.cli.secrets import SEALED
from vms.db.tables import Device
from vms.secrets import Key, Keyring
from vms.settings import load_settings

pytestmark = pytest.mark.timeout(180)


async def with_device(file: Path) -> None:
    async with opened(load_settings(file)) as base, base.db.transaction() as session:
        device = Device(key="k", address="10.0.0.1:80", registered_ms=1)
        device.credentials = base.box.seal(b"hunter2", f"device {device.id}")
        session.add(device)


async def opens(file: Path) -> list[bytes]:
    async with opened(load_settings(file)) as base, base.db.session() as session:
        rows = [(place, row) for place in SEALED for row in await session.exec(select(place.table))]
        return [base.box.open(place.value(row), place.context(row)) for place, row in rows if place.value(row)]


async def test_a_key_file_gets_a_new_key_and_loses_the_old_one(tmp_path: Path) -> None:
    file = write_settings(tmp_path)
    await with_device(file)
    key_file = tmp_path / "data" / "device.key"
    before = key_file.read_text()
    done = run_vms("secrets", "rotate", "--settings", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 secrets" in done.stdout
    after = key_file.read_text()
    assert len(after.splitlines()) == 1
    assert after != before
    assert after.split()[1] not in done.stdout
    assert await opens(file) == [b"hunter2"]


async def test_keys_of_the_settings_are_named_for_removal_and_never_shown(tmp_path: Path) -> None:
    old = Keyring((Key("old", b"o" * 32),))
    file = write_settings(tmp_path, f'[secrets]\nkey = """{old.text()}"""\n')
    await with_device(file)
    printed = run_vms("secrets", "new-key")
    assert printed.returncode == 0
    new_line = printed.stdout.strip()
    file.write_text(file.read_text().replace(old.text(), f"{new_line}\n{old.text()}"))
    done = run_vms("secrets", "rotate", "--settings", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Remove the line of the key old." in done.stdout
    assert not any(line.split()[1] in done.stdout for line in (new_line, old.text()))
    file.write_text(file.read_text().replace(old.text(), ""))
    assert await opens(file) == [b"hunter2"]
    assert not (tmp_path / "data" / "device.key").exists()
