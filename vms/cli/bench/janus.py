"""Janus beside us, when it is installed: its streaming plugin with RTP mount points, its Unix-socket API, its CPU from /proc."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

_STARTS_WITHIN_S: Final = 5.0
_TICK_S: Final = 1 / os.sysconf("SC_CLK_TCK")
_BUFFER_BYTES: Final = 1 << 17


def installed() -> str | None:
    """The path of the program, or None."""
    return shutil.which("janus")


class Janus:
    """A running Janus with one mount point for each RTP port, numbered from 1."""

    def __init__(self, process: subprocess.Popen[bytes], api: socket.socket) -> None:
        self._process = process
        self._api = api
        self._number = 0
        self._session = self._request({"janus": "create"})["data"]["id"]

    def cpu_s(self) -> float:
        """Of all its threads up to now."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * _TICK_S

    def watch(self, mount: int) -> tuple[int, str]:
        """(handle, offer) for one viewer of a mount point."""
        attach = {"janus": "attach", "session_id": self._session, "plugin": "janus.plugin.streaming"}
        handle: int = self._request(attach)["data"]["id"]
        said = self._request(self._message(handle, {"request": "watch", "id": mount}), until="event")
        return handle, said["jsep"]["sdp"]

    def start(self, handle: int, answer: str) -> None:
        message = self._message(handle, {"request": "start"}) | {"jsep": {"type": "answer", "sdp": answer}}
        self._request(message, until="event")

    def keepalive(self) -> None:
        self._request({"janus": "keepalive", "session_id": self._session})

    def _message(self, handle: int, body: dict[str, object]) -> dict[str, object]:
        return {"janus": "message", "session_id": self._session, "handle_id": handle, "body": body}

    def _request(self, message: dict[str, object], until: str = "") -> dict[str, Any]:
        """The answer: the first that is not a mere acknowledgement when `until` names what is waited for."""
        self._number += 1
        transaction = f"t{self._number}"
        self._api.send(json.dumps(message | {"transaction": transaction}).encode())
        while True:
            said: dict[str, Any] = json.loads(self._api.recv(_BUFFER_BYTES))
            if said.get("transaction") != transaction:
                continue
            if said["janus"] == "error":
                raise RuntimeError(f"Janus refused: {said['error'].get('reason', '')}")
            if not until or said["janus"] == until:
                return said


_STARTS_TRIED: Final = 5
"""Its Unix-socket transport now and then loses a race with itself at the start (1.1.2): then it says so and ends."""


@contextmanager
def running(program: str, ports: tuple[int, ...]) -> Iterator[Janus]:
    with tempfile.TemporaryDirectory(prefix="janus-") as name:
        folder = Path(name)
        _configure(folder, ports)
        process, api = _started(program, folder)
        try:
            with api:
                yield Janus(process, api)
        finally:
            process.terminate()
            process.wait(10)


def _started(program: str, folder: Path) -> tuple[subprocess.Popen[bytes], socket.socket]:
    command = [program, "-F", str(folder), "-C", str(folder / "janus.jcfg")]
    for _ in range(_STARTS_TRIED):
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)  # noqa: S603 our own paths
        api = _connected(folder, process)
        if api is not None:
            return process, api
        process.kill()
        process.wait(10)
    raise RuntimeError("Janus does not start")


def _connected(folder: Path, process: subprocess.Popen[bytes]) -> socket.socket | None:
    """None when it ended, or does not listen in time."""
    api = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    api.settimeout(10)
    deadline_s = time.monotonic() + _STARTS_WITHIN_S
    while process.poll() is None and time.monotonic() < deadline_s:
        try:
            api.connect(str(folder / "api"))
        except OSError:
            time.sleep(0.1)
        else:
            return api
    api.close()
    return None


def _configure(folder: Path, ports: tuple[int, ...]) -> None:
    """Everything but the streaming plugin and the Unix socket is left out; ICE lite."""
    library = next(Path("/usr/lib").glob("*/janus"))
    (folder / "janus.jcfg").write_text(
        f"""general: {{ configs_folder = "{folder}" plugins_folder = "{library}/plugins"
            transports_folder = "{library}/transports" events_folder = "{folder}" loggers_folder = "{folder}" debug_level = 2 }}
        certificates: {{ }}
        media: {{ rtp_port_range = "40000-60000" }}
        nat: {{ ice_lite = true  nice_debug = false }}
        plugins: {{ disable = "{_all_but(library / "plugins", "libjanus_streaming.so")}" }}
        transports: {{ disable = "{_all_but(library / "transports", "libjanus_pfunix.so")}" }}
        """,
        encoding="utf-8",
    )
    (folder / "janus.transport.pfunix.jcfg").write_text(
        f'general: {{ enabled = true json = "compact" path = "{folder}/api" type = "SOCK_SEQPACKET" }}\n',
        encoding="utf-8",
    )
    mounts = [
        f"""camera{number}: {{ type = "rtp" id = {number} audio = false video = true videoport = {port}
            videopt = 102 videocodec = "h264" videofmtp = "profile-level-id=42e01f;packetization-mode=1" iface = "127.0.0.1" }}"""
        for number, port in enumerate(ports, start=1)
    ]
    (folder / "janus.plugin.streaming.jcfg").write_text("\n".join(mounts) + "\n", encoding="utf-8")


def _all_but(folder: Path, wanted: str) -> str:
    return ",".join(sorted(path.name for path in folder.glob("*.so") if path.name != wanted))
