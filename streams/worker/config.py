"""What a media worker is told at its start, on its standard input."""

from pydantic import Field

from streams.bus.session import BusAddress
from streams.types.camera import VolumeId, Wire


class VolumeConfig(Wire):
    """A place for recordings. `make`: its folder and marker are made when they are missing, as in our own data folder."""

    volume: VolumeId
    path: str
    make: bool = False


class DelayConfig(Wire):
    """Where pictures of hearings wait that are shown with a delay: a folder of this worker alone. So much of its disk stays free."""

    path: str
    quota_bytes: int = Field(ge=0)
    keep_free_bytes: int = Field(default=0, ge=0)


class WorkerConfig(Wire):
    """`media_port` 0 lets the kernel choose; a firewall wants a fixed one."""

    worker_id: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    bus: BusAddress
    media_host: str = "0.0.0.0"  # noqa: S104 browsers reach us from other machines; the port speaks nothing without a view
    media_port: int = Field(default=0, ge=0, le=65535)
    tap_host: str = "127.0.0.1"  # where control fetches views from; another machine's worker has its own address here
    transcodes: int = Field(
        default=1, ge=0
    )  # streams made into H.264 at the same time: each costs a good part of a core
    max_views: int = Field(default=2000, ge=1)
    volumes: tuple[VolumeConfig, ...] = ()
    delay: DelayConfig | None = None
    segment_s: float = Field(default=60, ge=1, le=3600)
    stall_timeout_s: float = Field(default=5.0, ge=1, le=60)
    log_level: str = "info"
    log_json: bool = False
