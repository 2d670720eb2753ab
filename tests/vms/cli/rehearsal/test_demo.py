"""`vms demo` as a newcomer meets it."""

import re
import signal
import subprocess
from pathlib import Path

import pytest

from fakes.served import environment, free_port, run_vms, vms, wait_until_gone
from vms.cli.client import signed_in
from vms.cli.rehearsal.demo import Demo as Wanted
from vms.cli.rehearsal.demo import settings_file
from vms.cli.usage import children
from vms.settings import load_settings

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.timeout(180)]

CACHE = Path("var/loops")
"""Kept between test runs: drawing is tested where it is done."""


class Demo:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.web = free_port()
        self.ports = {name: str(free_port()) for name in ("--rtsp-port", "--onvif-port", "--discovery-port")}

    def start(self) -> subprocess.Popen[str]:
        words = (
            *("demo", "--cameras", "2", "--courtrooms", "0", "--folder", str(self.folder / "demo")),
            *("--port", str(self.web), "--socket", str(self.folder / "s"), "--cache", str(CACHE)),
            *(word for pair in self.ports.items() for word in pair),
        )
        return subprocess.Popen(
            vms(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
        )


def until_ready(process: subprocess.Popen[str]) -> str:
    """What standard error said until the demo was ready."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if "ready:" in line:
            return said
    raise AssertionError(said)


def stop(process: subprocess.Popen[str]) -> str:
    """Ctrl-C; what standard output held. Nothing is left running."""
    pids = children(process.pid)
    assert len(pids) >= 5
    process.send_signal(signal.SIGINT)
    shown, errors = process.communicate(timeout=30)
    wait_until_gone(pids, 0)
    assert process.returncode == 0
    assert "Traceback" not in errors
    return shown


async def test_a_demo_shows_its_passwords_once_and_keeps_its_data(tmp_path: Path) -> None:
    demo = Demo(tmp_path)
    first = demo.start()
    try:
        said = until_ready(first)
        shown = stop(first)
    finally:
        first.kill()
    passwords = dict(re.findall(r"^    (\w+) +(\S{20,})", shown, re.MULTILINE))
    assert {"quantri", "kythuat", "trucban", "thuky"} <= set(passwords)
    assert not [password for password in passwords.values() if password in said]
    second = demo.start()
    try:
        until_ready(second)
        async with signed_in(f"http://127.0.0.1:{demo.web}", "trucban", passwords["trucban"]) as api:
            assert len((await api.call("GET", "/api/tree"))["cameras"]) == 2
            (wall,) = await api.call("GET", "/api/layouts")
            assert (wall["size"], sum(tile is not None for tile in wall["tiles"])) == (16, 2)
        shown = stop(second)
    finally:
        second.kill()
    assert "vms account reset-password" in shown
    assert not [password for password in passwords.values() if password in shown]
    settings = str(tmp_path / "demo" / "vong.toml")
    assert run_vms("account", "reset-password", "trucban", "--settings", settings).returncode == 0


def test_a_demo_with_tls_has_its_own_certificate_and_one_without_has_none(tmp_path: Path) -> None:
    plain = load_settings(settings_file(Wanted(folder=tmp_path / "plain", port=8081))).web
    tls = load_settings(settings_file(Wanted(folder=tmp_path / "tls", port=8082, tls=True))).web
    assert (plain.port, plain.tls_certificate) == (8081, None)
    assert (tls.port, tls.tls_certificate) == (8082, (tmp_path / "tls" / "data" / "tls" / "certificate.pem").absolute())
