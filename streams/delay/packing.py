"""A run of access units as bytes, and back. Pure. Knows nothing of disks or of time."""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from streams.types.media import AccessUnit, Codec, Track

_CODECS = tuple(Codec)
_COUNT = struct.Struct("!I")
_UNIT = struct.Struct("!BBqqqI")
"""Codec, flags (1 keyframe, 2 discontinuity), RTP timestamp, capture and arrival in ns, number of parts."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Units in the order in which they arrived, and the tracks that they belong to."""

    tracks: tuple[Track, ...]
    units: tuple[AccessUnit, ...]


def pack(tracks: Sequence[Track], units: Sequence[AccessUnit]) -> bytes:
    """Big endian: length and JSON of the tracks, then each unit: `_UNIT`, the length of each part, the parts."""
    said = json.dumps([_track(track) for track in tracks]).encode()
    pieces = [_COUNT.pack(len(said)), said]
    for unit in units:
        flags = unit.keyframe | unit.discontinuity << 1
        head = _CODECS.index(unit.codec), flags, unit.timestamp, unit.capture_ns, unit.arrival_ns, len(unit.parts)
        pieces.append(_UNIT.pack(*head))
        pieces.append(struct.pack(f"!{len(unit.parts)}I", *map(len, unit.parts)))
        pieces.extend(unit.parts)
    return b"".join(pieces)


def unpack(data: bytes) -> Packed:
    """What `pack` made. Only ever given bytes that were authenticated: anything else is a bug, and raises whatever it raises."""
    (length,) = _COUNT.unpack_from(data)
    at = _COUNT.size + length
    tracks = tuple(_of_track(said) for said in json.loads(data[_COUNT.size : at]))
    units = []
    while at < len(data):
        codec, flags, timestamp, capture_ns, arrival_ns, count = _UNIT.unpack_from(data, at)
        at += _UNIT.size
        lengths = struct.unpack_from(f"!{count}I", data, at)
        at += 4 * count
        parts = []
        for size in lengths:
            parts.append(data[at : at + size])
            at += size
        units.append(
            AccessUnit(
                _CODECS[codec], tuple(parts), timestamp, capture_ns, arrival_ns, bool(flags & 1), bool(flags & 2)
            )
        )
    return Packed(tracks, tuple(units))


def _track(track: Track) -> list[object]:
    return [track.codec, track.clock_rate_hz, track.channels, track.config.hex(), track.width_px, track.height_px]


def _of_track(said: list[object]) -> Track:
    codec, clock_rate_hz, channels, config, width_px, height_px = said
    return Track(
        Codec(str(codec)),
        int(str(clock_rate_hz)),
        int(str(channels)),
        bytes.fromhex(str(config)),
        int(str(width_px)),
        int(str(height_px)),
    )
