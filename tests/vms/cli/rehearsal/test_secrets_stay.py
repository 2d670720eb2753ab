"""A whole run at debug level: no secret of it is in a log, in the database, in a file that others read, or in an answer."""

import asyncio
import base64
import os
import re
import signal
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyotp
import pytest

from fakes.bus_parties import until
from fakes.served import free_port, run_vms
from streams.types.camera import Credentials
from vms.cli.bench.revoke_tiles import RtspTile, SocketTile, Tile, WebRtcTile
from vms.cli.bench.system import RunningSystem, Wanted, system
from vms.cli.bench.viewer import ClientIdentity
from vms.cli.client import Api, ApiError
from vms.cli.rehearsal.people import ADMINISTRATOR, DUTY_COMMANDER, DUTY_OFFICER, TECHNICIAN
from vms.cli.simulator.simulation import PASSWORD as CAMERA_PASSWORD
from web.routes import all_routes

pytestmark = [pytest.mark.xdist_group("system"), pytest.mark.timeout(300)]

WRONG_CAMERA_PASSWORD = "Sai-mat-khau-camera-7719"
PASSWORD_IN_ADDRESS = "Mat-khau-trong-dia-chi-5520"
WRONG_PASSWORD = "Sai-mat-khau-dang-nhap-3348"
PROVIDER_SECRET = "bi-mat-cua-nha-cung-cap-9042"
KEPT_FOR_US = {"device.key", "signing.key", "nats-server.conf"}
"""0600: where the secrets are that others are locked with."""


@dataclass
class Secrets:
    """By what they are: a failing test names that, and never the secret."""

    known: dict[str, str] = field(default_factory=dict)

    def add(self, what: str, *values: str) -> None:
        for number, value in enumerate(values):
            assert len(value) >= 8, what
            self.known[f"{what} {number}" if number else what] = value

    def found_in(self, text: bytes, but: tuple[str, ...] = ()) -> list[str]:
        """Which are there: as they are, in base64, in an address, or as the password of HTTP Basic."""
        return [
            what
            for what, value in self.known.items()
            if not what.startswith(but or ("\0",)) and any(shape in text for shape in _shapes(value))
        ]


def _shapes(value: str) -> set[bytes]:
    raw = value.encode()
    basic = base64.b64encode(b"vong:" + raw)
    return {raw, base64.b64encode(raw), base64.urlsafe_b64encode(raw), quote(value).encode(), basic}


async def test_no_secret_of_a_whole_run_is_in_a_log_an_answer_or_the_database(
    capfd: pytest.CaptureFixture[str],
) -> None:
    port, secrets = free_port(), Secrets()
    more = {
        "rtsp": f"enabled = true\nport = {port}",
        "media": "workers = 2",
        "oidc": 'issuer = "http://127.0.0.1:9"\nclient_id = "vong"\n'
        f'client_secret = "{PROVIDER_SECRET}"\npublic_url = "http://127.0.0.1:9"',
    }
    async with system(Wanted(cameras=2, log_level="debug", settings=more)) as running:
        assert running.settings.log.level == "debug"
        secrets.add("password of a camera", CAMERA_PASSWORD)
        secrets.add("wrong password", WRONG_CAMERA_PASSWORD, PASSWORD_IN_ADDRESS, WRONG_PASSWORD, PROVIDER_SECRET)
        secrets.add("password of a person", *running.passwords.values())
        ids = list((await running.register()).values())
        await _fail(running)
        async with Api(running.base_url) as officer:
            await _sign_in_with_two_factors(running, officer, secrets)
            await _watch(officer, ids, port, secrets)
        async with running.api(DUTY_COMMANDER) as commander:
            _keep_session(commander, secrets)
            await _use_a_console(running, commander, ids[0], secrets)
        _keep_keys(running, secrets, "before")
        await _rotate(running, ids)
        _keep_keys(running, secrets, "after")
        answers = await _all_answers(running, ids)
        files = _files(running.settings.data_dir)
        rows = _rows(running.settings.data_dir / "vong.sqlite")
    shown = capfd.readouterr()
    logs = (shown.out + shown.err).encode()
    assert len(logs.splitlines()) > 30
    assert b"Traceback" not in logs
    assert len(secrets.known) >= 25
    assert secrets.found_in(logs) == []
    assert secrets.found_in(answers) == []
    assert secrets.found_in(rows) == []
    assert {name: found for name, content in files.items() if (found := secrets.found_in(content))} == {}


async def _fail(running: RunningSystem) -> None:
    """What is wrong is logged, and holds a secret more often than what is right."""
    simulation = running.simulation
    address = simulation.camera_rows()[0].address
    async with running.api(TECHNICIAN) as technician:
        site_id = (await technician.call("GET", "/api/sites"))[0]["id"]
        wrong = {
            "xaddr": f"http://{address}:{simulation.onvif_port}/onvif/device_service",
            "username": "vong",
            "password": WRONG_CAMERA_PASSWORD,
            "name": "Sai",
            "site_id": site_id,
        }
        job = await technician.call("POST", "/api/registrations", {"items": [wrong]})
        (ended,) = (await technician.finished(f"/api/registrations/{job['id']}"))["items"]
        assert ended["step"] == "failed"
        with_password = f"rtsp://vong:{PASSWORD_IN_ADDRESS}@{address}:{simulation.rtsp_port}/nothing"
        item = {"rtsp_main": with_password, "name": "Sai", "site_id": site_id}
        with pytest.raises(ApiError, match="user_info"):
            await technician.call("POST", "/api/registrations", {"items": [item]})
    async with Api(running.base_url) as stranger:
        with pytest.raises(ApiError):
            await stranger.sign_in(DUTY_OFFICER, WRONG_PASSWORD)
        with pytest.raises(ApiError):
            await stranger.call("POST", "/api/oidc/start")


async def _sign_in_with_two_factors(running: RunningSystem, api: Api, secrets: Secrets) -> None:
    """Enrol, sign in anew with a recovery code."""
    await api.sign_in(DUTY_OFFICER, running.passwords[DUTY_OFFICER])
    _keep_session(api, secrets)
    begun = await api.call("POST", "/api/session/totp/enrolment", {"code": ""})
    seed = begun["secret"]
    secrets.add("seed", seed, base64.b32decode(seed).hex())
    confirmed = await api.call("POST", "/api/session/totp/enrolment/confirm", {"code": pyotp.TOTP(seed).now()})
    codes = confirmed["recovery_codes"]
    secrets.add("recovery code", *codes, *(code.replace("-", "") for code in codes))
    await api.call("DELETE", "/api/session")
    await api.sign_in(DUTY_OFFICER, running.passwords[DUTY_OFFICER])
    await api.call("POST", "/api/session/totp", {"code": codes[0]})
    _keep_session(api, secrets)


def _keep_session(api: Api, secrets: Secrets) -> None:
    for cookie in api._http.cookie_jar:
        secrets.add(f"cookie {len(secrets.known)}", cookie.value)
    secrets.add(f"csrf {len(secrets.known)}", api._csrf)


async def _watch(api: Api, ids: list[str], port: int, secrets: Secrets) -> None:
    made = await api.call("POST", "/api/session/stream-logins", {"label": "VLC"})
    secrets.add("stream login", made["secret"])
    login = Credentials(username=made["login"]["username"], password=made["secret"])
    wrong = RtspTile(port, ids[0], Credentials(username=login.username, password=WRONG_PASSWORD))
    tiles: list[Tile] = [
        WebRtcTile(api, ids[0], ClientIdentity()),
        SocketTile(api, ids[1]),
        RtspTile(port, ids[0], login),
    ]
    await wrong.run()
    assert wrong.packets == 0
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(tile.run()) for tile in tiles]
        await until(lambda: all(tile.packets for tile in tiles), within_s=60)
        for task in tasks:
            task.cancel()


async def _use_a_console(running: RunningSystem, commander: Api, camera_id: str, secrets: Secrets) -> None:
    async with running.api(ADMINISTRATOR) as administrator:
        accounts = await administrator.call("GET", "/api/accounts")
    (unit_id,) = {one["grants"][0]["unit_id"] for one in accounts if one["login"] == DUTY_COMMANDER}
    wanted = {"name": "Tường", "unit_id": unit_id, "address": "127.0.0.1", "wall": {"size": 1, "tiles": [camera_id]}}
    created = await commander.call("POST", "/api/consoles", wanted)
    secrets.add("console token", created["token"])
    async with Api(running.base_url) as workstation:
        await workstation.call("POST", "/api/console", {"token": created["token"]})
        (cookie,) = list(workstation._http.cookie_jar)
        secrets.add("console cookie", cookie.value)
        await workstation.call("GET", "/api/console/wall")


def _keep_keys(running: RunningSystem, secrets: Secrets, when: str) -> None:
    folder = running.settings.data_dir
    secrets.add(f"key {when}", *(line.split()[1] for line in (folder / "device.key").read_text().splitlines()))
    pem = (folder / "signing.key").read_text().splitlines()
    secrets.add("signing key", "".join(pem[1:-1]))
    passwords = re.findall(r'"password": "([^"]+)"', (folder / "bus" / "nats-server.conf").read_text())
    assert len(passwords) == 3
    secrets.add("password of the bus", *passwords)


async def _rotate(running: RunningSystem, ids: list[str]) -> None:
    """While it runs; then a dead worker's cameras need their logins again, which only the new key opens."""
    file = str(running.settings.data_dir.parent / "vong.toml")
    done = await asyncio.to_thread(run_vms, "secrets", "rotate", "--settings", file)
    assert (done.returncode, done.stderr) == (0, "")
    async with running.api(DUTY_COMMANDER) as api, api.websocket("/api/events") as socket:
        killed_ms = 0
        waiting = set(ids)
        async with asyncio.timeout(60):
            while waiting:
                message = await socket.receive_json()
                if message["type"] == "tick" and not killed_ms:
                    killed_ms = int(message["now_ms"])
                    for worker in running.workers:
                        os.kill(running.pids[worker], signal.SIGKILL)
                for camera in message.get("cameras", []):
                    if killed_ms and camera["newest_capture_ms"] > killed_ms + 1000:
                        waiting.discard(camera["camera_id"])


async def _all_answers(running: RunningSystem, ids: list[str]) -> bytes:
    """What everybody gets from every page that needs no more than a camera's id."""
    bodies = []
    for login in running.passwords:
        async with running.api(login) as api:
            paths = {path.replace("{camera_id}", camera_id) for path in _pages() for camera_id in ids}
            bodies += [await _body(api, path) for path in sorted(paths)]
    assert sum(len(body) > 2 for body in bodies) > 30
    return b"\n".join(bodies)


def _pages() -> list[str]:
    """Those that need no more than a camera's id, and end."""
    endless = ("/live", "/events")
    return [
        route.path
        for route in all_routes()
        if route.method == "GET" and set(route.parameters) <= {"camera_id"} and not route.path.endswith(endless)
    ]


async def _body(api: Api, path: str) -> bytes:
    async with api._http.get(path, allow_redirects=False) as response:
        assert response.status < 500 or path.startswith("/api/oidc"), path
        body = await response.read()
    # One's own token against forged requests is in one's own session, and nowhere else.
    return re.sub(rb'"csrf":"[^"]*"', b"", body) if path == "/api/session" else body


def _files(folder: Path) -> dict[str, bytes]:
    files = [file for file in folder.rglob("*") if file.is_file() and file.name not in KEPT_FOR_US]
    for name in KEPT_FOR_US:
        (kept,) = list(folder.rglob(name))
        assert kept.stat().st_mode & 0o077 == 0
    assert {"vong.sqlite", "nats-server.log"} <= {file.name for file in files}
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def _rows(file: Path) -> bytes:
    """Every value of the database, whole: pages of the file may cut one in two."""
    with sqlite3.connect(file) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        values: list[Any] = [
            value for name in tables for row in database.execute(f'SELECT * FROM "{name}"') for value in row
        ]
    assert len(values) > 100
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in values)


async def test_what_is_looked_for_would_be_found() -> None:
    secrets = Secrets()
    secrets.add("password", "hunter2-hunter2")
    for text in ("url=rtsp://vong:hunter2-hunter2@h", "Basic dm9uZzpodW50ZXIyLWh1bnRlcjI=", "aHVudGVyMi1odW50ZXIy"):
        assert secrets.found_in(text.encode()) == ["password"]
    assert secrets.found_in(b"nothing") == []
