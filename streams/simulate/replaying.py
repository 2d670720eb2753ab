"""What a card has, sent to one client over its RTSP connection with the header extension of replays."""

import asyncio
import time
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from streams.simulate import rtp
from streams.simulate.card import Card, Piece, extension, pieces
from streams.simulate.sender import RtpSender
from streams.simulate.stream import PictureStream, SoundStream

log = structlog.get_logger(__name__)

_FULL_BYTES: Final = 256 << 10
_LOOK_S: Final = 0.02
_AT_ONCE: Final = 8
_MARKER: Final = 0x80
_EXTENDED: Final = 0x90


class Wire(Protocol):
    def write(self, data: bytes) -> None: ...

    def backlog(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Replay:
    """`span_ns` in true time; `tracks`: sender and interleaved channel by number. `paced`: as it was recorded, else as it is read."""

    card: Card
    pictures: PictureStream
    sound: SoundStream | None
    span_ns: tuple[int, int]
    tracks: dict[int, tuple[RtpSender, int]]
    wire: Wire
    paced: bool

    async def run(self) -> None:
        """Until everything is sent. What fails here fails alone: the task group is that of the whole province."""
        try:
            await self._send()
        except Exception:
            log.exception("replay failed")

    async def _send(self) -> None:
        began_s = time.monotonic()
        for count, piece in enumerate(pieces(self.card, self.pictures, self.sound, self.span_ns)):
            while self.wire.backlog() > _FULL_BYTES:  # noqa: ASYNC110 a transport tells its protocol, not us
                await asyncio.sleep(_LOOK_S)
            if self.paced:
                due_s = began_s + (piece.unit.now_ns - self.span_ns[0]) / 1e9
                await asyncio.sleep(max(0.0, due_s - time.monotonic()))
            elif count % _AT_ONCE == 0:
                await asyncio.sleep(0)
            self.wire.write(self._packets(piece))

    def _packets(self, piece: Piece) -> bytes:
        """The extension stands in the first packet of an access unit."""
        sender, channel = self.tracks[piece.track]
        last, timestamp = len(piece.unit.payloads) - 1, piece.unit.timestamp & 0xFFFFFFFF
        parts: list[bytes] = []
        for index, payload in enumerate(piece.unit.payloads):
            more = extension(piece) if index == 0 else b""
            kind = sender.payload_type | (_MARKER if index == last else 0)
            size = 12 + len(more) + len(payload)
            first = _EXTENDED if more else 0x80
            number = sender.sequence & 0xFFFF
            parts += (rtp.FRAMED.pack(b"$", channel, size, first, kind, number, timestamp, sender.ssrc), more, payload)
            sender.sequence += 1
        return b"".join(parts)
