"""The sample province of `config/province` as devices to simulate: who is at which address and shows which scene."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from streams.simulate.catalogue import pair
from streams.simulate.device import MediaChannel, MediaDevice, with_clip
from streams.types.media import Codec

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
        return MediaDevice(self.address, (MediaChannel(self.number, main, sub),))


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
    rooms = [row["key"] for row in _read(folder / "courtrooms.csv")][:count]
    return [
        EncoderRow(
            room,
            place,
            tuple(
                AngleRow(room, _angle(row["angle"]), row["name"], int(row["number"]), row["audio"] == "true")
                for row in angles
                if row["courtroom"] == room
            ),
        )
        for place, room in enumerate(rooms, start=1)
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


def _angle(text: str) -> Literal["accused", "bench", "witness", "evidence"]:
    for known in ("accused", "bench", "witness", "evidence"):
        if text == known:
            return known
    raise ValueError(f"unknown angle {text}")


def _read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))
