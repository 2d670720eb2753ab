"""Listening for those who check a room: the sound goes the way of every view, through the camera's gate, and leaves as numbers."""

import asyncio
import secrets

from av.error import FFmpegError

from streams.bus.serve import serve
from streams.bus.session import Bus
from streams.sound.hearing import DECODERS, heard, units_of
from streams.types.bus import RefusalCode, Refused
from streams.types.media import StreamKind
from streams.types.sound import SUBJECT_SOUND_HEAR, HearSound, SoundHeard
from streams.worker.desk import Find, check_shows

_AT_ONCE = 8


class SoundDesk:
    def __init__(self, find: Find) -> None:
        self._find = find

    async def answer(self, bus: Bus, worker_id: str) -> None:
        """Serve until cancelled."""
        await serve(bus, SUBJECT_SOUND_HEAR.format(worker_id=worker_id), HearSound, self.hear, at_once=_AT_ONCE)

    async def hear(self, request: HearSound) -> SoundHeard:
        """Raises `Refused`: not_owner, no_stream (it has no microphone), closed, and what starting the stream raises."""
        pictures = self._find(request.camera_id)
        if pictures is None:
            raise Refused(RefusalCode.NOT_OWNER)
        hold = f"sound-{secrets.token_hex(8)}"
        fanout = await pictures.stream(StreamKind.MAIN, hold, request.audience)
        try:
            check_shows(pictures, request.audience)
            track = next((track for track in fanout.tracks if track.codec in DECODERS), None)
            if track is None:
                raise Refused(RefusalCode.NO_STREAM, "it has no sound that we can decode")
            units = await units_of(fanout, track, request.for_ms)
            # The gate may have closed meanwhile.
            check_shows(pictures, request.audience)
        finally:
            pictures.release(hold)
        try:
            return await asyncio.to_thread(heard, track, units, request.for_ms, keep=request.keep)
        except (FFmpegError, ValueError) as error:
            raise Refused(RefusalCode.CODEC, "its sound cannot be decoded") from error
