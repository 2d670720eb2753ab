"""`vms serve` as a person meets it: real processes, a real bus."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from fakes.served import LOGIN, PASSWORD, Served, run_vms, serving, wait_until_gone, write_settings
from vms.cli.client import Api, signed_in

ENDS_WITHIN_S = 15.0

pytestmark = pytest.mark.xdist_group("serve")


async def _set_up(served: Served) -> None:
    body = {"token": served.token(), "login": LOGIN, "name": "Quản trị", "password": PASSWORD}
    async with Api(served.address) as api:
        await api.call("POST", "/api/setup", body)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One system for all tests that leave it running."""
    with serving(write_settings(tmp_path_factory.mktemp("serve"))) as served:
        served.token()
        yield served


def test_a_system_that_answers_is_healthy(running: Served) -> None:
    healthy = run_vms("health", "--settings", str(running.settings))
    assert (healthy.returncode, healthy.stdout, healthy.stderr) == (0, "", "")


def test_a_second_start_with_the_same_data_is_refused_and_harms_nothing(running: Served) -> None:
    before = running.pids()
    second = run_vms("serve", "--settings", str(running.settings))
    assert second.returncode == 1
    assert second.stderr.strip().startswith("vms: Another Vọng already runs with the data in")
    assert running.pids() == before


async def test_control_that_dies_is_started_again_while_bus_and_workers_stay(running: Served) -> None:
    before = running.pids()
    control = before.pop("vms.cli.control")
    os.kill(control, signal.SIGKILL)
    wait_until_gone([control], ENDS_WITHIN_S)
    async with Api(running.address) as api:
        await api.reachable()
    after = running.pids()
    assert after.pop("vms.cli.control") != control
    assert after == before
    assert sum(name.startswith("streams.worker") for name in after) >= 2


async def test_what_was_stored_is_there_after_ctrl_c_and_a_second_start(tmp_path: Path) -> None:
    settings = write_settings(tmp_path)
    with serving(settings) as served:
        await _set_up(served)
        left = list(served.pids().values())
        assert len(left) >= 4
        assert served.interrupt() == 0
        wait_until_gone(left, 0)
    with serving(settings) as served:
        async with signed_in(served.address, LOGIN, PASSWORD) as api:
            assert "account.manage" in (await api.call("GET", "/api/session"))["may"]
        left = list(served.pids().values())
        served.process.kill()
        wait_until_gone(left, ENDS_WITHIN_S)
        assert served.process.stdout is not None
        assert "token" not in served.process.stdout.read()


async def test_with_a_self_made_certificate_pages_come_by_tls_alone_and_cookies_are_bound_to_it(tmp_path: Path) -> None:
    file = write_settings(tmp_path)
    file.write_text(file.read_text().replace("[web]\n", "[web]\ntls_self_made = true\n"))
    with serving(file) as served:
        await _set_up(served)
        async with signed_in(served.address, LOGIN, PASSWORD) as api:
            (cookie,) = [cookie for cookie in api._http.cookie_jar if cookie.key == "__Host-vong"]
            assert (cookie["secure"], cookie["samesite"]) == (True, "Strict")
        with closing(socket.create_connection(("127.0.0.1", int(served.address.rpartition(":")[2])))) as plain:
            plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"200" not in plain.recv(1000)
        assert run_vms("health", "--settings", str(file)).returncode == 0
        assert served.interrupt() == 0
    certificate = tmp_path / "data" / "tls" / "certificate.pem"
    made = certificate.read_bytes()
    with serving(file) as served:
        async with signed_in(served.address, LOGIN, PASSWORD):
            assert certificate.read_bytes() == made, "browsers that trust it once go on"


def test_the_token_is_in_no_log(tmp_path: Path) -> None:
    with serving(write_settings(tmp_path)) as served:
        token = served.token()
        served.interrupt()
        assert token not in served.log.read_text()


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ("[web2]\nport = 1\n", "Unknown setting web2"),
        ("[medai]\nworkers = 1\n", "Unknown setting medai"),
        ("[media]\nworkers = -1\n", "The setting media.workers"),
        ("[database]\nurl = 'mysql://x'\n", "database.url must begin with"),
        ("nonsense\n", "is not TOML"),
        ("[nats]\nserver = '/nowhere/nats-server'\n", "There is no program /nowhere/nats-server"),
    ],
)
def test_a_setting_that_cannot_be_is_one_sentence(tmp_path: Path, more: str, sentence: str) -> None:
    refused = run_vms("serve", "--settings", str(write_settings(tmp_path, more)))
    assert refused.returncode == 1
    assert sentence in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "data" / "vong.sqlite").exists()


def test_a_port_that_is_taken_is_one_sentence_and_ends_everything(running: Served, tmp_path: Path) -> None:
    taken = int(running.address.rpartition(":")[2])
    refused = run_vms("serve", "--settings", str(write_settings(tmp_path, port=taken)))
    assert refused.returncode == 1
    assert f"'127.0.0.1', {taken}" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    settings = write_settings(tmp_path)
    assert run_vms("import-organisation", "config/province", "--settings", str(settings)).returncode == 0
    database = tmp_path / "data" / "vong.sqlite"
    _sql(database, "UPDATE alembic_version SET version_num = 'v9999_later'")
    refused = run_vms("serve", "--settings", str(settings))
    assert refused.returncode == 1
    assert "belongs to a newer version" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert _sql(database, "SELECT version_num FROM alembic_version") == [("v9999_later",)]


def _sql(database: Path, statement: str) -> list[tuple[str]]:
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(statement).fetchall()
        connection.commit()
        return rows


def test_an_unknown_command_is_a_usage_error() -> None:
    assert run_vms("sevre").returncode == 2
    assert run_vms("bench", "sevre").returncode == 2


def test_the_version_is_that_of_the_package() -> None:
    done = run_vms("--version")
    assert (done.returncode, done.stdout) == (0, "0.1.0\n")


def test_control_loads_neither_media_nor_simulator() -> None:
    code = "import sys, vms.cli.control; print([m for m in ('av', 'cv2', 'aiortc', 'streams.simulate') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
