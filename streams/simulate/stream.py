"""A camera's picture stream and its sound: made once per unit, handed to every client that plays it."""

from hashlib import blake2b
from typing import Final

from streams.simulate import strip
from streams.simulate.audio import LOOP_S as AUDIO_LOOP_S
from streams.simulate.audio import AudioLoop
from streams.simulate.content import Content, Live, Shot
from streams.simulate.rtp import payloads
from streams.simulate.sender import RtpSender, Unit
from streams.simulate.timeline import Grid, clock_text, phase_ns
from streams.simulate.weave_types import Overlay, Weave

_MS_NS: Final = 1_000_000
_SECOND_NS: Final = 1_000_000_000
_STRIP_MASK: Final = (1 << 36) - 1
VIDEO_CLOCK_HZ: Final = 90_000


def _first_timestamp(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=4).digest(), "big")


class PictureStream:
    """Main or sub stream of one camera. `silent` (stalled, no power) swallows units; `skew_ns` is how far its clock is ahead."""

    def __init__(self, number: int, weave: Weave, activity_percent: int) -> None:
        self.number = number
        self.grid = Grid(weave.spec.fps, phase_ns(number, weave.spec.fps))
        self.content = Content(Live(weave, number, activity_percent))
        self.silent = False
        self.skew_ns = 0
        self._base = _first_timestamp(f"{number}/{weave.spec.key}")
        self._clients: list[RtpSender] = []

    @property
    def idle(self) -> bool:
        return not self._clients

    def timestamp(self, picture: int) -> int:
        return self._base + picture * VIDEO_CLOCK_HZ // self.grid.rate

    def jump_back(self, seconds: float) -> None:
        self._base -= round(seconds * VIDEO_CLOCK_HZ)

    def first_of_burst(self, newest: int) -> int:
        """The picture with which a client that starts now is sent off."""
        return self.content.newest_key(newest)

    def join(self, client: RtpSender, newest: int, now_ns: int) -> None:
        """Send the pictures from the newest keyframe to `newest`, then every new one. Times stay true."""
        if not self.silent:
            for picture in range(self.first_of_burst(newest), newest + 1):
                client.send(self._unit(picture, now_ns))
        self._clients.append(client)

    def leave(self, client: RtpSender) -> None:
        if client in self._clients:
            self._clients.remove(client)

    def emit(self, unit: int, now_ns: int) -> None:
        if self.silent:
            self.content.at(unit)
            return
        made = self._unit(unit, now_ns)
        for client in tuple(self._clients):
            client.send(made)

    def _unit(self, picture: int, now_ns: int) -> Unit:
        shot = self.content.at(picture)
        since_grid = (now_ns - self.grid.phase_ns) * VIDEO_CLOCK_HZ // _SECOND_NS
        return Unit(
            payloads=self.payloads(shot),
            timestamp=self.timestamp(picture),
            keyframe=shot.keyframe,
            now_ns=now_ns,
            clock_ns=now_ns + self.skew_ns,
            timestamp_now=self._base + since_grid,
        )

    def recorded(self, picture: int) -> Unit:
        """As the camera's own card has it: what it saw, whatever a fault shows on the network."""
        shot = self.content.live.shot(picture)
        time_ns = self.grid.time_ns(picture)
        timestamp = self.timestamp(picture)
        return Unit(self.payloads(shot), timestamp, shot.keyframe, time_ns, time_ns + self.skew_ns, timestamp)

    def payloads(self, shot: Shot) -> list[bytes]:
        """The RTP payloads of one picture."""
        weave = shot.weave
        if shot.position is None:
            return payloads(weave.codec, weave.standstill(shot.since_key))
        above = weave.above(shot.position, self._overlay(shot.taken))
        return [*payloads(weave.codec, above), *weave.scene(shot.position)]

    def _overlay(self, taken: int) -> Overlay:
        time_ns = self.grid.time_ns(taken)
        code = strip.encode(strip.Strip(self.number, time_ns // _MS_NS & _STRIP_MASK))
        second = (time_ns + self.skew_ns) // _SECOND_NS
        second_before = (self.grid.time_ns(taken - 1) + self.skew_ns) // _SECOND_NS
        text = clock_text(self.number, second)
        return Overlay(code, text, text if second == second_before else clock_text(self.number, second_before))


class SoundStream:
    """The sound of one camera: the shared loop, aligned to UTC."""

    def __init__(self, number: int, loop: AudioLoop) -> None:
        self.grid = Grid(len(loop.payloads), 0, AUDIO_LOOP_S)
        self.loop = loop
        self.silent = False
        self.skew_ns = 0
        self._base = _first_timestamp(f"{number}/{loop.codec}")
        self._clients: list[RtpSender] = []

    @property
    def idle(self) -> bool:
        return not self._clients

    def timestamp(self, packet: int) -> int:
        return self._base + packet * self.loop.frame_samples

    def recorded(self, packet: int) -> Unit:
        """See `PictureStream.recorded`."""
        payload = self.loop.payloads[packet % len(self.loop.payloads)]
        time_ns, timestamp = self.grid.time_ns(packet), self.timestamp(packet)
        return Unit((payload,), timestamp, True, time_ns, time_ns + self.skew_ns, timestamp)  # noqa: FBT003 a keyframe

    def first_of_burst(self, newest: int) -> int:
        return newest + 1

    def join(self, client: RtpSender, newest: int, now_ns: int) -> None:
        del newest, now_ns
        self._clients.append(client)

    def leave(self, client: RtpSender) -> None:
        if client in self._clients:
            self._clients.remove(client)

    def emit(self, unit: int, now_ns: int) -> None:
        if self.silent:
            return
        packet = self.loop.payloads[unit % len(self.loop.payloads)]
        # The packet holds the sound that begins at its grid time; it goes out then rather than when it is over.
        now = self._base + now_ns * self.loop.clock_rate_hz // _SECOND_NS
        made = Unit((packet,), self.timestamp(unit), True, now_ns, now_ns + self.skew_ns, now)  # noqa: FBT003 a keyframe
        for client in tuple(self._clients):
            client.send(made)
