"""The sample province of `config/province` as devices to simulate: who is at which address and shows which scene."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from streams.simulate.catalogue import LoopSpec, pair
from streams.simulate.device import MediaChannel, MediaDevice, with_clip
from streams.simulate.province import RtspAccess
from streams.types.media import Codec, StreamKind
from vms_onvif.simulate.device import Login, MotionShape, OnvifChannel, OnvifDevice, User, Video
from vms_onvif.simulate.quirks import Quirk

CONFIG = Path(__file__).resolve().parent.parent.parent / "config" / "province"
"""In a clone; an installed package is told where with `--province`."""

_STREETS = (
    "junction-0",
    "road-0",
    "market-0",
    "square-0",
    "yard-0",
    "gate-0",
    "parking-0",
    "corridor-0",
    "junction-1",
    "road-1",
    "market-1",
    "square-1",
    "yard-1",
    "gate-1",
    "parking-1",
    "corridor-1",
)
_SOUNDS = (Codec.AAC, Codec.PCMA)
_TOKEN_ONLY = frozenset({"Generic"})
"""Makers whose devices know no HTTP digest but for snapshots (and quirks)."""

_WITH_CARD = frozenset({"Hoa Ban", "Đà Giang"})
"""Makers whose cameras are bought here with a card (Profile G)."""
_MOTION = {"Norvane": MotionShape.VMD, "Đà Giang": MotionShape.REGION}


@dataclass(frozen=True, slots=True)
class CameraRow:
    """One line of cameras.csv."""

    number: int
    name: str
    site: str
    manufacturer: str
    model: str
    codec: Codec
    quirks: tuple[str, ...]
    factory_password: bool

    @property
    def address(self) -> str:
        return f"127.20.{self.number // 250}.{self.number % 250 + 1}"

    @property
    def media(self) -> MediaDevice:
        main, sub = pair(_STREETS[(self.number - 1) % len(_STREETS)], self.codec)
        return MediaDevice(self.address, (MediaChannel(self.number, main, sub),), card=self.card)

    @property
    def card(self) -> bool:
        """It records on a card of its own."""
        return self.manufacturer in _WITH_CARD

    def onvif(self, access: RtspAccess) -> OnvifDevice:
        """The same camera to ONVIF, with the login of RTSP. Raises ValueError for an unknown quirk."""
        return OnvifDevice(
            number=self.number,
            address=self.address,
            name=self.name,
            manufacturer=self.manufacturer,
            model=self.model,
            channels=_onvif_channels(self.media),
            users=(User(access.username, access.password),),
            scopes=(f"onvif://www.onvif.org/location/site/{self.site}",),
            quirks=frozenset(Quirk(quirk) for quirk in self.quirks),
            login=Login.TOKEN if self.manufacturer in _TOKEN_ONLY else Login.BOTH,
            rtsp_port=access.port,
            ptz="PTZ" in self.model,
            factory_password=self.factory_password,
            motion=_MOTION.get(self.manufacturer, MotionShape.CELL),
            card=self.card,
        )


@dataclass(frozen=True, slots=True)
class AngleRow:
    """One line of angles.csv."""

    courtroom: str
    angle: Literal["accused", "bench", "witness", "evidence"]
    name: str
    number: int
    audio: bool


@dataclass(frozen=True, slots=True)
class EncoderRow:
    """The one encoder of a courtroom, a channel for each angle. `place` counts courtrooms from 1."""

    courtroom: str
    place: int
    angles: tuple[AngleRow, ...]
    name: str = ""

    @property
    def address(self) -> str:
        return f"127.21.{self.place}.1"

    @property
    def sound(self) -> Codec:
        return _SOUNDS[self.place % 2]

    @property
    def media(self) -> MediaDevice:
        channels = []
        for angle in self.angles:
            main, sub = pair(f"{angle.angle}-{self.place % 2}")
            channels.append(MediaChannel(angle.number, main, sub, self.sound if angle.audio else None))
        return MediaDevice(self.address, tuple(channels))

    def onvif(self, access: RtspAccess) -> OnvifDevice:
        """The same encoder to ONVIF, with the login of RTSP. Its number is that of its first picture."""
        return OnvifDevice(
            number=self.angles[0].number,
            address=self.address,
            name=self.name or self.courtroom,
            manufacturer="Norvane",
            model="NV-CE4 Court Encoder",
            channels=_onvif_channels(self.media),
            users=(User(access.username, access.password),),
            scopes=(f"onvif://www.onvif.org/location/courtroom/{self.courtroom}",),
            rtsp_port=access.port,
        )


def cameras(folder: Path, count: int | None = None) -> list[CameraRow]:
    """The first `count` cameras (all by default)."""
    rows = _read(folder / "cameras.csv")[:count]
    return [
        CameraRow(
            number=int(row["number"]),
            name=row["name"],
            site=row["site"],
            manufacturer=row["manufacturer"],
            model=row["model"],
            codec=Codec(row["main_codec"].upper()),
            quirks=tuple(filter(None, row["quirks"].split(";"))),
            factory_password=row["factory_password"] == "true",  # noqa: S105 a column, not a password
        )
        for row in rows
    ]


def encoders(folder: Path, count: int | None = None) -> list[EncoderRow]:
    """The encoders of the first `count` courtrooms (all by default)."""
    angles = _read(folder / "angles.csv")
    rooms = [(row["key"], row["name"]) for row in _read(folder / "courtrooms.csv")][:count]
    return [
        EncoderRow(
            room,
            place,
            tuple(
                AngleRow(room, _angle(row["angle"]), row["name"], int(row["number"]), row["audio"] == "true")
                for row in angles
                if row["courtroom"] == room
            ),
            name,
        )
        for place, (room, name) in enumerate(rooms, start=1)
    ]


def with_footage(devices: list[MediaDevice], clip: Path, every: int) -> list[MediaDevice]:
    """Every so many-th device plays real footage instead of its drawing."""
    changed = []
    for place, device in enumerate(devices):
        if place % every:
            changed.append(device)
            continue
        channels = tuple(
            MediaChannel(
                channel.number,
                with_clip(channel.main, clip),
                with_clip(channel.sub, clip) if channel.sub else None,
                channel.audio,
            )
            for channel in device.channels
        )
        changed.append(MediaDevice(device.address, channels, device.activity_percent))
    return changed


def _onvif_channels(media: MediaDevice) -> tuple[OnvifChannel, ...]:
    """The same paths as `MediaDevice` serves."""
    many = len(media.channels) > 1
    return tuple(
        OnvifChannel(
            channel.number,
            _video(channel.main, f"ch{place}/{StreamKind.MAIN}" if many else StreamKind.MAIN),
            _video(channel.sub, f"ch{place}/{StreamKind.SUB}" if many else StreamKind.SUB) if channel.sub else None,
            str(channel.audio or ""),
        )
        for place, channel in enumerate(media.channels, start=1)
    )


def _video(spec: LoopSpec, path: str) -> Video:
    return Video(
        str(spec.codec), spec.width_px, spec.height_px, spec.fps, spec.bitrate_bps, f"/{path}", spec.gop / spec.fps
    )


def _angle(text: str) -> Literal["accused", "bench", "witness", "evidence"]:
    for known in ("accused", "bench", "witness", "evidence"):
        if text == known:
            return known
    raise ValueError(f"unknown angle {text}")


def _read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))
