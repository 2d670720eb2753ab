import sqlite3
from pathlib import Path

import pytest

from fakes.served import run_vms, write_settings
from vms.access import Actor, Deed
from vms.cli.compose import opened
from vms.clock import system_clock
from vms.settings import load_settings

DAY_MS = 86_400_000


@pytest.fixture
async def settings_file(tmp_path: Path) -> Path:
    file = write_settings(tmp_path)
    settings = load_settings(file)
    async with opened(settings) as base:
        for number in range(6):
            actor = Actor("10.0.0.1", "a", "Lò Thị Mai")
            await base.journal.did(
                Deed(actor, "x", system_clock() - (2 - number // 3) * DAY_MS, facts={"n": str(number)})
            )
    return file


def _change(settings_file: Path, *statements: str) -> None:
    database = sqlite3.connect(load_settings(settings_file).data_dir / "vong.sqlite")
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        ((), None),
        (("UPDATE audit SET name = 'Lò Thị Mao' WHERE seq = 4",), "Row 4 was changed."),
        (("DELETE FROM audit WHERE seq = 2",), "Row 2 is missing."),
        (
            (
                "UPDATE audit SET seq = 90 WHERE seq = 3",
                "UPDATE audit SET seq = 3 WHERE seq = 5",
                "UPDATE audit SET seq = 5 WHERE seq = 90",
            ),
            "Row 3 was changed.",
        ),
        (("DELETE FROM audit WHERE seq > 4",), "The log was cut off from row 5 on."),
    ],
    ids=["whole", "flipped", "deleted", "swapped", "cut off"],
)
async def test_the_first_bad_row_is_named(
    settings_file: Path, statements: tuple[str, ...], sentence: str | None
) -> None:
    _change(settings_file, *statements)
    done = run_vms("audit", "verify", "--settings", str(settings_file))
    if sentence is None:
        assert (done.returncode, done.stderr) == (0, "")
        assert "6 rows" in done.stdout
    else:
        assert (done.returncode, done.stdout) == (1, "")
        assert sentence in done.stderr
        assert "Traceback" not in done.stderr


async def test_sealed_files_are_checked_by_their_certificate_alone(settings_file: Path, tmp_path: Path) -> None:
    sealed = run_vms("audit", "seal", "--settings", str(settings_file))
    assert sealed.returncode == 0
    files = sorted((load_settings(settings_file).data_dir / "audit").glob("*.jsonl"))
    assert len(files) == 2
    certificate = load_settings(settings_file).data_dir / "signing.pem"
    arguments = ("audit", "verify", *map(str, files), "--certificate", str(certificate))
    assert "6 rows in 2 files" in run_vms(*arguments).stdout
    files[1].write_bytes(files[1].read_bytes().replace(b'\\"n\\":\\"4\\"', b'\\"n\\":\\"5\\"'))
    refused = run_vms(*arguments)
    assert refused.returncode == 1
    assert f"{files[1].name}: Dòng 5 đã bị sửa." in refused.stderr
