"""Finds imprints in a file, whatever it is: MP4, Matroska, AVI and raw streams keep a NAL unit in one piece, MPEG-TS is put together first.

Parses no container but MPEG-TS and believes no size: a hostile file costs time in proportion to its length, and nothing else.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from streams.types.imprint import BODY_BYTES, IMPRINT_UUID, TOKEN_BYTES
from vms.hearings.imprints import Imprints

_CHUNK_BYTES: Final = 1 << 20
_MOST_RAW_BYTES: Final = BODY_BYTES + BODY_BYTES // 2
"""A body with as many bytes of emulation prevention as there can be."""
_MOST_FOREIGN: Final = 10_000
_SYNC: Final = 0x47
_TS_SIZES: Final = ((188, 0), (192, 4), (204, 0))
"""Length of a packet and where its sync byte is: as broadcast, with the time of arrival (M2TS), with Reed-Solomon."""
_TS_PROBE_PACKETS: Final = 5


@dataclass(slots=True)
class Seen:
    """The imprints of one view: capture times of the keyframes that carry them, UTC in ms."""

    captured_ms: set[int] = field(default_factory=set)

    @property
    def first_ms(self) -> int:
        return min(self.captured_ms)

    @property
    def last_ms(self) -> int:
        return max(self.captured_ms)


@dataclass(slots=True)
class Found:
    """`views` by id. `foreign`: how many tokens no key of ours has sealed (another installation's, or forged), at most 10,000."""

    sha256: str = ""
    views: dict[str, Seen] = field(default_factory=dict)
    foreign: int = 0


def imprints_in(file: BinaryIO, imprints: Imprints) -> Found:
    """Read the file from where it stands to its end. Raises `OSError`."""
    found, digest, foreign = Found(), hashlib.sha256(), set[bytes]()
    plain, transport = Finder(), TransportStream()
    while chunk := file.read(_CHUNK_BYTES):
        digest.update(chunk)
        for body in (*plain.feed(chunk), *transport.feed(chunk)):
            reading = imprints.read(body)
            if reading is not None:
                found.views.setdefault(reading.view_id, Seen()).captured_ms.add(reading.capture_ms)
            elif len(foreign) < _MOST_FOREIGN:
                foreign.add(body[:TOKEN_BYTES])
    found.sha256, found.foreign = digest.hexdigest(), len(foreign)
    return found


class Finder:
    """Bodies of imprints in bytes that come in pieces. Keeps less than a hundred bytes."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        data, at = self._rest + data, 0
        while (at := data.find(IMPRINT_UUID, at)) >= 0:
            start = at + len(IMPRINT_UUID)
            raw = data[start : start + _MOST_RAW_BYTES]
            body = _unescaped(raw)[:BODY_BYTES]
            if len(body) < BODY_BYTES and len(raw) < _MOST_RAW_BYTES:
                break  # it goes on in the next piece
            if len(body) == BODY_BYTES:
                yield body
            at = start
        keep = at if at >= 0 else max(0, len(data) - len(IMPRINT_UUID) + 1)
        self._rest = data[keep:]


class TransportStream:
    """The same of MPEG-TS (ISO/IEC 13818-1 section 2.4.3): the payloads of each PID are one run of bytes. Silent for anything else."""

    def __init__(self) -> None:
        self._rest = b""
        self._shape: tuple[int, int] | None = None
        self._is_none = False
        self._finders: dict[int, Finder] = {}

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._is_none:
            return
        data = self._rest + data
        at = 0
        if self._shape is None:
            found = _shape_of(data)
            if found is None:
                self._is_none = len(data) >= max(size for size, _ in _TS_SIZES) * (_TS_PROBE_PACKETS + 1)
                self._rest = b"" if self._is_none else data
                return
            size, sync, at = found
            self._shape = size, sync
        size, sync = self._shape
        while at + size <= len(data):
            if data[at + sync] != _SYNC:
                again = data.find(_SYNC, at + sync + 1)
                at = len(data) if again < 0 else again - sync
                continue
            yield from self._packet(data[at + sync : at + sync + 188])
            at += size
        self._rest = data[at:]

    def _packet(self, packet: bytes) -> Iterator[bytes]:
        pid = (packet[1] & 0x1F) << 8 | packet[2]
        start = 4
        if packet[3] & 0x20:
            start = 5 + packet[4]
        if packet[3] & 0x10 and start < len(packet):
            yield from self._finders.setdefault(pid, Finder()).feed(packet[start:])


def _shape_of(data: bytes) -> tuple[int, int, int] | None:
    """Length of a packet, where its sync byte is in it, where the first one begins; None when this is no transport stream."""
    for size, sync in _TS_SIZES:
        for start in range(size):
            places = range(start + sync, start + sync + _TS_PROBE_PACKETS * size, size)
            if places[-1] < len(data) and all(data[place] == _SYNC for place in places):
                return size, sync, start
    return None


def _unescaped(raw: bytes) -> bytes:
    """Without emulation prevention (H.264 section 7.4.1)."""
    if b"\x00\x00\x03" not in raw:
        return raw
    out, zeros = bytearray(), 0
    for byte in raw:
        if zeros >= 2 and byte == 3:
            zeros = 0
            continue
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(out)
