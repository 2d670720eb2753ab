"""What the camera domain asks of devices: find them, and let one describe itself.

Every field that comes from a device is hostile text; `vms.cameras.words` makes it showable. Implemented by
`vms.cameras.onvif_devices`; this module knows no SOAP.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from streams.types.camera import Credentials
from streams.types.media import Codec


class DeviceFaultKind(StrEnum):
    UNREACHABLE = "unreachable"
    AUTHENTICATION = "authentication"
    LOCKED = "locked"  # the device itself says: too many wrong logins
    NOT_ONVIF = "not_onvif"
    NO_VIDEO = "no_video"  # it answers, and offers no stream that we can use


class DeviceFault(Exception):
    """A device did not do what was asked. `detail` never holds a password."""

    def __init__(self, kind: DeviceFaultKind, detail: str = "") -> None:
        super().__init__(f"{kind.value}: {detail}")
        self.kind = kind
        self.detail = detail


@dataclass(frozen=True, slots=True)
class DeviceTarget:
    """One device to ask: its ONVIF address (http or https, no user information) and the login to try once."""

    xaddr: str
    credentials: Credentials = field(default_factory=Credentials, repr=False)


@dataclass(frozen=True, slots=True)
class DeviceStream:
    """One stream as the device describes it; 0 and None stand for what it does not say."""

    url: str
    codec: Codec | None = None
    width_px: int = 0
    height_px: int = 0
    fps: float = 0.0
    gop_s: float = 0.0
    audio: Codec | None = None
    profile: str = ""
    """The token of its ONVIF profile, by which the device is asked for a keyframe; empty for none."""


@dataclass(frozen=True, slots=True)
class DeviceChannel:
    """One video source. `key` tells it from the device's other sources, and stays the same over a reboot."""

    key: str
    name: str = ""
    main: DeviceStream | None = None
    sub: DeviceStream | None = None


@dataclass(frozen=True, slots=True)
class DeviceReport:
    name: str = ""
    manufacturer: str = ""
    model: str = ""
    firmware: str = ""
    serial: str = ""
    clock_offset_ms: int | None = None
    """Device clock minus ours."""
    warnings: tuple[str, ...] = ()
    channels: tuple[DeviceChannel, ...] = ()


@dataclass(frozen=True, slots=True)
class DiscoveryPlan:
    """`addresses` is the finished list of (host, port) to probe one by one; ranges were unrolled before."""

    multicast: bool = True
    addresses: Sequence[tuple[str, int | None]] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class FoundDevice:
    address: str
    """host:port that answered; an IPv6 host in brackets"""
    xaddr: str
    name: str = ""
    hardware: str = ""
    location: str = ""
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class DiscoveryProgress:
    probed: int
    to_probe: int
    found: tuple[FoundDevice, ...]


class DeviceClient(Protocol):
    async def discover(
        self, plan: DiscoveryPlan, on_progress: Callable[[DiscoveryProgress], None]
    ) -> list[FoundDevice]:
        """Find devices. Raises `DeviceFault(unreachable)` when no socket can be opened at all."""

    async def interrogate(self, target: DeviceTarget) -> DeviceReport:
        """Log in once and let the device describe itself. Raises `DeviceFault`; never tries a refused login again."""

    async def synchronize(self, target: DeviceTarget, profile: str) -> None:
        """Ask the encoder of a profile for a keyframe now (ONVIF SetSynchronizationPoint). Raises `DeviceFault`."""

    async def replay_url(self, target: DeviceTarget, channel: str, span_ms: tuple[int, int]) -> str:
        """Where it plays what it stored itself of a channel between two moments of our clock (ONVIF Profile G), without user information;
        empty when it stored nothing of it. Raises `DeviceFault`.
        """
