"""A camera's own card: which of its pictures are on it. Pure but for the clock that it is given.

The card records whatever happens on the network, and nothing without power.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from heapq import merge
from typing import Final

from streams.simulate.sender import Unit
from streams.simulate.stream import PictureStream, SoundStream

KEEPS_NS: Final = 86_400 * 1_000_000_000
"""A card that is there from the start holds the day before, too."""
_NTP_OFFSET_S: Final = 2_208_988_800
_CLOCK: Final = re.compile(r"clock=(\d{8}T\d{6}(?:\.\d{1,9})?Z)-(\d{8}T\d{6}(?:\.\d{1,9})?Z)?")
CLEAN, END, BEGIN, TERMINAL = 0x80, 0x40, 0x20, 0x10
"""Of a replay's header extension: a keyframe, the last before a hole, the first behind one, the last of its track."""


class Card:
    """What was recorded when. Times are true ones (our clock), UTC in ns."""

    def __init__(self, clock_ns: Callable[[], int]) -> None:
        self._clock_ns = clock_ns
        self._from_ns = clock_ns() - KEEPS_NS
        self._off: list[tuple[int, int]] = []
        self._off_since_ns: int | None = None

    def power(self, *, off: bool) -> None:
        now_ns = self._clock_ns()
        if off and self._off_since_ns is None:
            self._off_since_ns = now_ns
        elif not off and self._off_since_ns is not None:
            self._off.append((self._off_since_ns, now_ns))
            self._off_since_ns = None

    @property
    def now_ns(self) -> int:
        """How far it has come."""
        return self._clock_ns()

    def has(self, at_ns: int) -> bool:
        if not self._from_ns <= at_ns <= self._clock_ns():
            return False
        if self._off_since_ns is not None and at_ns >= self._off_since_ns:
            return False
        return not any(from_ns <= at_ns < to_ns for from_ns, to_ns in self._off)


@dataclass(frozen=True, slots=True)
class Piece:
    """One picture or packet of sound as it is on the card, `flags` as the header extension has them."""

    track: int
    unit: Unit
    flags: int


def asked_range(header: str) -> tuple[int, int | None] | None:
    """From when to when by the camera's clock, in ns (RFC 2326 §3.7); None for anything else."""
    matched = _CLOCK.fullmatch(header.strip())
    if matched is None:
        return None
    try:
        return _ns(matched[1]), _ns(matched[2]) if matched[2] else None
    except ValueError:
        return None


def _ns(text: str) -> int:
    whole, _, part = text.removesuffix("Z").partition(".")
    at = datetime.strptime(whole, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    return int(at.timestamp()) * 1_000_000_000 + int(part.ljust(9, "0") or 0)


def extension(piece: Piece) -> bytes:
    """The header extension of a replayed access unit (ONVIF Streaming Specification §6.3): NTP time of the camera's clock, flags, CSeq."""
    seconds, nanos = divmod(piece.unit.clock_ns, 1_000_000_000)
    ntp = (seconds + _NTP_OFFSET_S) << 32 | (nanos << 32) // 1_000_000_000
    return b"\xab\xac\x00\x03" + (ntp & (1 << 64) - 1).to_bytes(8, "big") + bytes((piece.flags, 0, 0, 0))


def pieces(card: Card, pictures: PictureStream, sound: SoundStream | None, span_ns: tuple[int, int]) -> Iterator[Piece]:
    """What the card has of a stretch of true time, from the keyframe at or before its beginning on; each track's last is TERMINAL."""
    first = pictures.content.live_key(pictures.grid.newest(span_ns[0]))
    lines = [_ended(_line(card, 0, pictures, first, span_ns[1]))]
    if sound is not None:
        lines.append(_ended(_line(card, 1, sound, sound.grid.newest(span_ns[0]), span_ns[1])))
    return merge(*lines, key=lambda piece: piece.unit.now_ns)


def _ended(line: Iterator[Piece]) -> Iterator[Piece]:
    held = next(line, None)
    for piece in line:
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield replace(held, flags=held.flags | END | TERMINAL)


def _line(card: Card, track: int, stream: PictureStream | SoundStream, first: int, until_ns: int) -> Iterator[Piece]:
    """Behind a hole it goes on with a keyframe."""
    number, begins = first, True
    while (at_ns := stream.grid.time_ns(number)) < until_ns:
        if not card.has(at_ns):
            if at_ns > card.now_ns:
                return
            begins = True
        else:
            unit = stream.recorded(number)
            if unit.keyframe or not begins:
                flags = (CLEAN if unit.keyframe else 0) | (BEGIN if begins else 0)
                flags |= 0 if card.has(stream.grid.time_ns(number + 1)) else END
                begins = False
                yield Piece(track, unit, flags)
        number += 1
