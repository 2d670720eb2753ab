"""Whether a courtroom is heard: its sound is fetched for a moment, on the very way that observers will hear it."""

import asyncio
from typing import Protocol

from streams.types.gate import Audience
from streams.types.media import StreamKind
from streams.types.tap import TapFormat, TapFrame
from vms.cameras.ports import BusRefused, BusUnavailable, Tap, TapRequest, Taps

WITHIN_S = 8.0
"""A main stream runs on demand: it connects, waits for a keyframe, and then sound must come."""
_SOUND_CHANNEL = 2
_HEADER_BYTES = 4


class Ear(Protocol):
    async def hears(self, camera_id: str, account_id: str, session_id: str) -> bool:
        """Whether sound of this camera arrives, for whoever asks."""


class Listening:
    """Implements `Ear`. Only while the gate lets the court's people through: else there is nothing to be heard."""

    def __init__(self, taps: Taps, within_s: float = WITHIN_S) -> None:
        self._taps = taps
        self._within_s = within_s

    async def hears(self, camera_id: str, account_id: str, session_id: str) -> bool:
        request = TapRequest(
            camera_id=camera_id,
            kind=StreamKind.MAIN,
            format=TapFormat.RTP,
            h265=True,
            account_id=account_id,
            session_id=session_id,
            audience=Audience.COURT,
        )
        try:
            async with asyncio.timeout(self._within_s):
                tap = await self._taps.open(request)
                try:
                    return await _sounds(tap)
                finally:
                    await tap.close()
        except (BusRefused, BusUnavailable, TimeoutError):
            return False


async def _sounds(tap: Tap) -> bool:
    if tap.info.sound is None:
        return False
    tap.start(sound=True)
    async for kind, body in tap.frames():
        if kind is TapFrame.DATA and _SOUND_CHANNEL in _channels(body):
            return True
    return False


def _channels(interleaved: bytes) -> set[int]:
    """The channels of a run of interleaved packets (RFC 2326 section 10.12)."""
    found, at = set(), 0
    while at + _HEADER_BYTES <= len(interleaved):
        found.add(interleaved[at + 1])
        at += _HEADER_BYTES + int.from_bytes(interleaved[at + 2 : at + _HEADER_BYTES], "big")
    return found
