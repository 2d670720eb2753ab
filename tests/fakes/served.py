"""`vms serve` as a process of its own, with everything that it starts."""

import os
import re
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vms.cli.usage import children

LOGIN, PASSWORD = "quantri", "Đêm nay trực ban 24"
_TOKEN = re.compile(r"one-time token\s+(\S+)")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def vms(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "vms.cli.main", *words)


def environment() -> dict[str, str]:
    """Ours, without settings of whoever runs the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("VMS_")}


def run_vms(*words: str, timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
    """One command to its end."""
    return subprocess.run(
        vms(*words), capture_output=True, text=True, timeout=timeout_s, check=False, env=environment()
    )


def write_settings(folder: Path, more: str = "", port: int | None = None) -> Path:
    """A settings file for a system in `folder`, with cheap password hashes."""
    file = folder / "vong.toml"
    file.write_text(
        f'data_dir = "{folder / "data"}"\n'
        f"[web]\nport = {free_port() if port is None else port}\n"
        f"[accounts]\ntotp_roles = []\nhash_memory_kib = 64\nhash_rounds = 1\nhash_threads = 1\n{more}",
        encoding="utf-8",
    )
    return file


@dataclass
class Served:
    process: subprocess.Popen[str]
    settings: Path
    log: Path

    @property
    def address(self) -> str:
        text = self.settings.read_text()
        port = re.search(r"port = (\d+)", text)
        assert port is not None
        return f"{'https' if 'tls_self_made = true' in text else 'http'}://127.0.0.1:{port[1]}"

    def token(self) -> str:
        """The one-time token, as soon as it is printed. AssertionError when the program ends before."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := _TOKEN.search(line):
                return found[1]
        raise AssertionError(self.log.read_text())

    def pids(self) -> dict[str, int]:
        """Its children: `control`, `bus`, `worker-…` by process id."""
        named = {}
        for pid in children(self.process.pid):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
            kind = next((word for word in ("vms.cli.control", "streams.worker", "nats-server") if word in command), "")
            named[f"{kind}-{pid}" if kind == "streams.worker" else kind] = pid
        return named

    def interrupt(self) -> int:
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(20)


def wait_until_gone(pids: list[int], timeout_s: float) -> None:
    """Until all of these processes have ended. AssertionError when one has not."""
    for pid in pids:
        try:
            watched = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            assert select.select([watched], [], [], timeout_s)[0], f"process {pid} still runs"
        finally:
            os.close(watched)


@contextmanager
def serving(settings: Path) -> Iterator[Served]:
    """Start it; kill what is left of it at the end."""
    log = settings.with_suffix(".log")
    with log.open("a") as errors:
        process = subprocess.Popen(
            vms("serve", "--settings", str(settings)),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment(),
        )
    served = Served(process, settings, log)
    left: list[int] = []
    try:
        yield served
        left = list(served.pids().values())
    finally:
        process.kill()
        wait_until_gone([process.pid, *left], 20)
        process.communicate()
