"""The private bus: a nats-server child on loopback with a user for control and one for each worker."""

import json
import secrets
import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from streams.bus.session import BusAddress
from streams.types.bus import (
    KV_DESIRED,
    KV_LEASES,
    KV_WORKERS,
    SUBJECT_CREDENTIALS,
    SUBJECT_KEYFRAME,
    SUBJECT_VIEW_MOVED,
)
from streams.types.gate import KV_GATES
from vms.processes.child import Child

_WORKER_READS = (KV_DESIRED, KV_GATES, KV_LEASES, KV_WORKERS)
_WORKER_PUBLISH = (
    *(
        f"$JS.API.{call}"
        for bucket in _WORKER_READS
        for call in (
            f"STREAM.INFO.KV_{bucket}",
            f"CONSUMER.CREATE.KV_{bucket}.>",
            f"CONSUMER.CREATE.KV_{bucket}",
            f"CONSUMER.DELETE.KV_{bucket}.>",
            f"CONSUMER.INFO.KV_{bucket}.>",
            f"DIRECT.GET.KV_{bucket}.>",
            f"DIRECT.GET.KV_{bucket}",
            f"STREAM.MSG.GET.KV_{bucket}",
        )
    ),
    "$JS.FC.>",
    f"$KV.{KV_LEASES}.>",
    "event.alarm.>",
    "event.segment.>",
    "event.gap.>",
    "event.deleted.>",
)
_WORKER_SAYS = (SUBJECT_CREDENTIALS, SUBJECT_VIEW_MOVED, SUBJECT_KEYFRAME)
"""Each under its own name only."""


class NoNatsServer(Exception):
    """There is no nats-server program to run."""


@dataclass(frozen=True, slots=True)
class PrivateBus:
    """The child to run and the addresses to hand to its users."""

    child: Child
    control: BusAddress
    workers: dict[str, BusAddress]


def private_bus(folder: Path, worker_ids: list[str], wanted: str = "") -> PrivateBus:
    """Prepare a bus that keeps its data in `folder` and whose passwords are made anew at each start.

    `wanted` is the path of a nats-server, empty to find one. Raises `NoNatsServer` with one sentence.
    """
    program = _program(wanted)
    port = _free_port()
    url = f"nats://127.0.0.1:{port}"
    control = BusAddress(url=url, user="control", password=secrets.token_urlsafe(24))
    workers = {
        worker_id: BusAddress(url=url, user=worker_id, password=secrets.token_urlsafe(24), inbox=f"_INBOX_{worker_id}")
        for worker_id in worker_ids
    }
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    config = folder / "nats-server.conf"
    config.touch(mode=0o600)
    config.chmod(0o600)
    config.write_text(json.dumps(_config(port, folder, control, workers), indent=1))
    return PrivateBus(Child("bus", (program, "--config", str(config))), control, workers)


def _program(wanted: str) -> str:
    if wanted:
        if (found := shutil.which(wanted)) is None:
            raise NoNatsServer(f"There is no program {wanted} (setting nats.server).")
        return found
    found = shutil.which("nats-server") or shutil.which("nats-server", path=str(Path(sys.executable).parent))
    if found is None:
        raise NoNatsServer("nats-server is neither on PATH nor beside the Python that runs this; run `make setup`.")
    return found


def _config(port: int, folder: Path, control: BusAddress, workers: dict[str, BusAddress]) -> dict[str, object]:
    # A worker may read the buckets, claim leases, write its own heartbeat and answer requests sent to it: nothing else, and
    # never another user's replies (which may hold credentials of other cameras).
    users: list[dict[str, object]] = [{"user": control.user, "password": control.password}]
    users += [
        {
            "user": address.user,
            "password": address.password,
            "permissions": {
                "publish": [
                    *_WORKER_PUBLISH,
                    f"$KV.{KV_WORKERS}.{worker_id}",
                    *(subject.format(worker_id=worker_id) for subject in _WORKER_SAYS),
                ],
                "subscribe": [f"{address.inbox}.>", f"worker.{worker_id}.>"],
                "allow_responses": {"max": 1, "ttl": "60s"},
            },
        }
        for worker_id, address in workers.items()
    ]
    return {
        "host": "127.0.0.1",
        "port": port,
        "max_payload": 4 * 1024 * 1024,
        "jetstream": {"store_dir": str(folder / "jetstream"), "max_memory_store": 64 * 1024 * 1024},
        "authorization": {"users": users},
        # Its notices are for whoever looks for a fault, not for the terminal.
        "log_file": str(folder / "nats-server.log"),
        "logfile_size_limit": 1024 * 1024,
        "logfile_max_num": 3,
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
