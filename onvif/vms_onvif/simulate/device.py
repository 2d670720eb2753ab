"""What a simulated device is: plain data, given from outside. Knows no protocol."""

import hashlib
import uuid
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import quote

from vms_onvif.simulate.quirks import Quirk


class Login(StrEnum):
    """Which logins a device takes. The quirk `DIGEST_ONLY` overrides it."""

    TOKEN = "token"  # noqa: S105 WS-UsernameToken, a kind of login
    DIGEST = "digest"  # HTTP digest, RFC 7616
    BOTH = "both"


class MotionShape(StrEnum):
    """How a maker words motion. The quirk `MOTION_ALARM_TOPIC` overrides it."""

    CELL = "cell"  # RuleEngine/CellMotionDetector/Motion, IsMotion; names the video source configuration
    ALARM = "alarm"  # VideoSource/MotionAlarm, State; names the video source
    REGION = "region"  # RuleEngine/MotionRegionDetector/Motion, State (Profile T)
    VMD = "vmd"  # a topic of the maker's own, active 1 or 0; names no channel, so only for one


@dataclass(frozen=True, slots=True)
class User:
    name: str
    password: str = field(repr=False)
    level: str = "Administrator"


FACTORY: Final = User("admin", "12345")
"""What a device with its factory password takes beside the users that it was given."""

ONVIF_ONLY: Final = User("onvif-only", "Onvif-2026")
"""Whom a device with the quirk `OTHER_RTSP_USER` takes, too; RTSP does not know it."""

ODD: Final = User("odd", 'p@ss:w/rd#50% &<"ố">+?')
"""Whom a device with the quirk `ODD_PASSWORD` takes, too: a password that needs quoting wherever it goes."""


@dataclass(frozen=True, slots=True)
class Video:
    """One encoder: `codec` is H264, H265 or JPEG; `path` is where RTSP serves it."""

    codec: str
    width_px: int
    height_px: int
    fps: int
    bitrate_bps: int
    path: str
    gop_s: float = 2.0


@dataclass(frozen=True, slots=True)
class OnvifChannel:
    """One picture of a device. `number` is the camera number that faults, motion and snapshots go by."""

    number: int
    main: Video
    sub: Video | None = None
    audio: str = ""
    """AAC, PCMA, PCMU, or empty for none"""


@dataclass(frozen=True, slots=True)
class OnvifDevice:
    """A camera (one channel) or an encoder (several) at its own IPv4 address."""

    number: int
    address: str
    name: str
    manufacturer: str
    model: str
    channels: tuple[OnvifChannel, ...]
    users: tuple[User, ...]
    firmware: str = "2.4.1 build 250611"
    serial: str = ""
    """made from the address when empty"""
    scopes: tuple[str, ...] = ()
    """beside those that are made from the other fields"""
    quirks: frozenset[Quirk] = frozenset()
    login: Login = Login.BOTH
    rtsp_port: int = 8554
    ptz: bool = False
    factory_password: bool = False
    motion: MotionShape = MotionShape.CELL
    card: bool = False
    """it records on a card of its own, and lets that be searched and played (Profile G)"""

    @property
    def all_users(self) -> tuple[User, ...]:
        """The given ones, and those that quirks and a factory password add."""
        extra = (
            (FACTORY, self.factory_password),
            (ONVIF_ONLY, Quirk.OTHER_RTSP_USER in self.quirks),
            (ODD, Quirk.ODD_PASSWORD in self.quirks),
        )
        return (*self.users, *(user for user, there in extra if there))

    @property
    def takes_token(self) -> bool:
        return self.login is not Login.DIGEST and Quirk.DIGEST_ONLY not in self.quirks

    @property
    def takes_digest(self) -> bool:
        return self.login is not Login.TOKEN or Quirk.DIGEST_ONLY in self.quirks

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys((self.number, *(channel.number for channel in self.channels))))

    @property
    def shown_name(self) -> str:
        return hostile(self.name) if Quirk.HOSTILE_NAMES in self.quirks else self.name

    @property
    def shown_serial(self) -> str:
        if Quirk.PLACEHOLDER_SERIAL in self.quirks:
            return "SerialNumber"
        if Quirk.DUPLICATE_SERIAL in self.quirks:
            return "00000000000001"
        return self.serial or f"VG{self._mark.hex()[:12].upper()}"

    @property
    def mac(self) -> str:
        """A locally administered one."""
        tail = bytes(5) if Quirk.DUPLICATE_SERIAL in self.quirks else self._mark[:5]
        return ":".join(f"{part:02x}" for part in (0x02, *tail))

    @property
    def endpoint(self) -> str:
        """The endpoint reference of WS-Discovery, made from the MAC address as many devices do."""
        return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, self.mac)}"

    @property
    def all_scopes(self) -> tuple[str, ...]:
        root = "onvif://www.onvif.org"
        channel = "video_encoder" if len(self.channels) == 1 else "Network_Video_Encoder"
        made = (
            f"{root}/type/{channel}",
            f"{root}/type/{'ptz' if self.ptz else 'audio_encoder'}",
            f"{root}/Profile/Streaming",
            f"{root}/Profile/T",
            *((f"{root}/Profile/G",) if self.card else ()),
            f"{root}/hardware/{quote(self.model, safe='')}",
            f"{root}/name/{quote(self.shown_name[:60], safe='')}",
            f"{root}/location/country/vietnam",
            f"{root}/MAC/{self.mac}",
            f"{root}/manufacturer/{quote(self.manufacturer, safe='')}",
        )
        return (*made, *self.scopes)

    @property
    def _mark(self) -> bytes:
        return hashlib.sha256(self.address.encode()).digest()


def hostile(name: str) -> str:
    """A name with what should never reach a page, a log line or a list unquoted. It is still valid in XML 1.0."""
    return f"<script>alert(1)</script>\"'&]]>\u202e{name}\u202c\n=1+1{{{{7*7}}}}'; DROP TABLE camera;--{'Ố' * 2000}"
