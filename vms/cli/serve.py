"""`vms serve`: the real thing, without simulation."""

import asyncio
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from streams.bus.session import BusAddress
from streams.types.bus import encode
from streams.worker.config import DelayConfig, VolumeConfig, WorkerConfig
from vms.cli.logs import set_up_logs
from vms.processes.system import ControlConfig, Plan, run_system, until_told_to_stop
from vms.settings import Settings, load_settings

_GB = 1_000_000_000
MOST_WORKERS = 8


def serve(settings_file: Path | None) -> None:
    """Run until SIGTERM or SIGINT. Raises what is wrong at the start, see `vms.cli.sentences`."""
    settings = load_settings(settings_file)
    set_up_logs(settings.log.level, settings.log.format, "serve")
    asyncio.run(_serve(plan(settings, settings_file)))


async def _serve(what: Plan) -> None:
    await until_told_to_stop(asyncio.create_task(run_system(what), name="system"))


def plan(settings: Settings, settings_file: Path | None) -> Plan:
    """What `vms serve` runs. Control reads the settings file itself, so that secrets of it pass through no other process."""

    def control(bus: BusAddress) -> bytes:
        return encode(ControlConfig(bus=bus, settings_file=str(settings_file) if settings_file else None))

    def worker(worker_id: str, number: int, bus: BusAddress) -> bytes:
        return encode(worker_config(settings, worker_id, number, bus))

    return Plan(settings.data_dir, workers(settings), control, worker, cluster(settings), settings.nats.server)


def workers(settings: Settings) -> int:
    """As set, else one for each core: two at least, so that one can take over from the other."""
    return settings.media.workers or min(max(2, os.cpu_count() or 2), MOST_WORKERS)


def worker_config(settings: Settings, worker_id: str, number: int, bus: BusAddress) -> WorkerConfig:
    return WorkerConfig(
        worker_id=worker_id,
        bus=bus,
        media_port=settings.media.udp_port + number if settings.media.udp_port else 0,
        volumes=volumes(settings),
        delay=delay(settings, worker_id),
        segment_s=settings.recording.segment_s,
        stall_timeout_s=settings.media.stall_timeout_s,
        transcodes=settings.media.transcodes,
        log_level=settings.log.level,
        log_json=settings.log.format == "json",
    )


def delay(settings: Settings, worker_id: str) -> DelayConfig:
    """Each worker has a folder of its own there, and empties it."""
    folder = settings.media.delay_path or settings.data_dir / "delay"
    return DelayConfig(
        path=str(folder.absolute() / worker_id),
        quota_bytes=int(settings.media.delay_quota_gb * _GB),
        keep_free_bytes=int(settings.media.delay_keep_free_gb * _GB),
    )


def volumes(settings: Settings) -> tuple[VolumeConfig, ...]:
    """As set; else one in our own data folder, which we may make ourselves: a folder there is no mount point that could be empty."""
    named = tuple(VolumeConfig(volume=one.id, path=str(one.path.absolute())) for one in settings.recording.volumes)
    own = VolumeConfig(volume="main", path=str(settings.data_dir.absolute() / "recordings"), make=True)
    return named or (own,)


def cluster(settings: Settings) -> BusAddress | None:
    """The cluster's address from `nats.url` (nats://user:password@host:port); None for a private bus."""

    url = settings.nats.url.get_secret_value()
    if not url:
        return None
    parts = urlsplit(url)
    return BusAddress(
        url=f"{parts.scheme}://{parts.hostname}:{parts.port or 4222}",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )
