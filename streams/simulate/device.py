"""One simulated device: its address, its channels, its connections, and what the faults do to them."""

import asyncio
import random
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import structlog

from streams.rtsp.gate import Gate
from streams.simulate.audio import AudioLoop
from streams.simulate.card import Card
from streams.simulate.catalogue import LoopSpec, sub_specs
from streams.simulate.connection import Connection
from streams.simulate.faults import Fault, Faults
from streams.simulate.listener import Listener
from streams.simulate.loops import Loops
from streams.simulate.pacing import Pacer
from streams.simulate.replaying import Replay
from streams.simulate.sender import RtpSender
from streams.simulate.session import Offer, Session
from streams.simulate.stream import PictureStream, SoundStream
from streams.types.media import Codec, StreamKind

log = structlog.get_logger(__name__)

_PATH: Final = re.compile(r"^/(?P<card>card/)?(?:ch(?P<channel>[1-9]\d?)/)?(?P<kind>main|sub)$")
_SKEW_NS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class MediaChannel:
    """One picture of a device: `number` is what its strip says and what faults name it by."""

    number: int
    main: LoopSpec
    sub: LoopSpec | None
    audio: Codec | None = None

    def spec(self, kind: StreamKind) -> LoopSpec | None:
        return self.main if kind is StreamKind.MAIN else self.sub


@dataclass(frozen=True, slots=True)
class MediaDevice:
    """A camera (one channel, paths `/main` and `/sub`) or an encoder (`/ch1/main` … for each of its channels)."""

    address: str
    channels: tuple[MediaChannel, ...]
    activity_percent: int = 15
    """how often somebody crosses: the share of slots of 8 s in which the scenes are busy"""
    card: bool = False
    """it records on a card of its own, which can be played at `/card/main` and `/card/sub` (ONVIF Profile G)"""


def with_clip(spec: LoopSpec, path: Path) -> LoopSpec:
    """The same stream with real footage instead of the drawing."""
    return replace(spec, key=f"{spec.key}/clip/{path}", clip=str(path))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all devices of a province share. `password` never shows in its repr."""

    loops: Loops
    pacer: Pacer
    faults: Faults
    tasks: asyncio.TaskGroup
    clock_ns: Callable[[], int]
    sounds: dict[Codec, AudioLoop]
    gate: Callable[[str], Gate]
    rng: random.Random


class SimulatedDevice:
    """Listens from `open` to `close`. Raises OSError when its address cannot be bound."""

    def __init__(self, description: MediaDevice, port: int, around: Surroundings) -> None:
        self.description = description
        self._around = around
        self._listener = Listener(description.address, port, self._accepted)
        self._connections: set[Connection] = set()
        self._offers: dict[tuple[int, StreamKind], Offer] = {}
        self._faults_in_force: dict[Fault, float] = {}
        self._card = Card(around.clock_ns) if description.card else None
        self.dark = False

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(channel.number for channel in self.description.channels)

    @property
    def port(self) -> int:
        return self._listener.port

    def open(self) -> None:
        self._listener.open()
        for number in self.numbers:
            for fault, value in self._around.faults.active(number).items():
                self.on_fault(number, fault, value)

    def close(self) -> None:
        self._listener.close()
        for connection in tuple(self._connections):
            connection.close() if not self.dark else connection.abort()

    def look_after(self) -> None:
        """Called every few seconds: ends sessions whose client is silent for a minute."""
        if not self.dark:
            for connection in tuple(self._connections):
                connection.end_if_idle()

    # --- what connections ask of their host

    def _accepted(self, accepted: socket.socket) -> None:
        accepted.setblocking(False)  # noqa: FBT003 the socket's own signature
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._around.tasks.create_task(self._serve(accepted), name=f"rtsp {self.description.address}")

    async def _serve(self, accepted: socket.socket) -> None:
        try:
            _, connection = await asyncio.get_running_loop().connect_accepted_socket(
                lambda: Connection(self, self._around.rng), accepted
            )
            await connection.run()
        except OSError as error:
            log.debug("connection ended early", address=self.description.address, error=str(error))
        except Exception:
            log.exception("connection failed", address=self.description.address)

    def fault(self, fault: Fault) -> float | None:
        return self._faults_in_force.get(fault)

    def gate(self) -> Gate:
        return self._around.gate(f"{self._around.rng.getrandbits(128):032x}")

    def session(self, connection: Connection) -> Session:
        return Session(self, connection, self._around.rng)

    def now_s(self) -> float:
        return self._around.clock_ns() / 1e9

    def joined(self, connection: Connection) -> None:
        self._connections.add(connection)

    def left(self, connection: Connection) -> None:
        self._connections.discard(connection)

    # --- what sessions ask of their stage

    async def offer(self, path: str) -> Offer | None:
        matched = _PATH.match(path)
        if matched is None:
            return None
        index = int(matched["channel"] or 1) - 1
        if index >= len(self.description.channels):
            return None
        offer = await self.stream(self.description.channels[index], StreamKind(matched["kind"]))
        if not matched["card"] or offer is None:
            return offer
        return replace(offer, card=self._card) if self._card is not None else None

    async def stream(self, channel: MediaChannel, kind: StreamKind) -> Offer | None:
        """The offer for one stream, made when first asked for. None when the channel has no such stream."""
        spec = channel.spec(kind)
        if spec is None:
            return None
        weave = await self._around.loops.ready(spec)
        found = self._offers.get((channel.number, kind))
        if found is None:
            pictures = PictureStream(channel.number, weave, self.description.activity_percent)
            loop = self._around.sounds[channel.audio] if channel.audio is not None and kind is StreamKind.MAIN else None
            sound = SoundStream(channel.number, loop) if loop is not None else None
            found = self._offers[channel.number, kind] = Offer(weave, pictures, sound)
            for fault, value in self._around.faults.active(channel.number).items():
                self._to_offer(found, fault, value)
        return found

    def play(self, stream: PictureStream | SoundStream, sender: RtpSender) -> None:
        pacer = self._around.pacer
        newest = pacer.add(stream) if stream.idle else pacer.newest(stream)
        stream.join(sender, newest, self._around.clock_ns())

    def stop(self, stream: PictureStream | SoundStream, sender: RtpSender) -> None:
        stream.leave(sender)
        if stream.idle:
            self._around.pacer.remove(stream)

    def newest(self, stream: PictureStream | SoundStream) -> int:
        return self._around.pacer.newest(stream)

    def replay(self, replay: Replay) -> Callable[[], None]:
        task = self._around.tasks.create_task(replay.run(), name=f"replay {self.description.address}")

        def end() -> None:
            task.cancel()

        return end

    # --- faults

    def on_fault(self, number: int, fault: Fault, value: float | None) -> None:
        """Make a fault true at once, for running connections too; None ends it."""
        values = [v for v in (self._around.faults.value(n, fault) for n in self.numbers) if v is not None]
        if values:
            self._faults_in_force[fault] = values[0]
        else:
            self._faults_in_force.pop(fault, None)
        if fault is Fault.POWER_OFF:
            self._power(off=bool(values))
        elif fault is Fault.RESET:
            for connection in tuple(self._connections):
                connection.abort()
        elif fault is Fault.UNAUTHORIZED and values:
            for connection in tuple(self._connections):
                connection.close()
        for (owner, _), offer in self._offers.items():
            if owner == number or fault is Fault.POWER_OFF:
                self._to_offer(offer, fault, value)

    def _power(self, *, off: bool) -> None:
        if off == self.dark:
            return
        self.dark = off
        if self._card is not None:
            self._card.power(off=off)
        if off:
            self._listener.go_dark()
            return
        for connection in tuple(self._connections):
            connection.abort()  # a host that has started anew knows nothing of old connections
        self._listener.light_up()

    def _to_offer(self, offer: Offer, fault: Fault, value: float | None) -> None:
        pictures, sound = offer.pictures, offer.sound
        stalled = self._around.faults.value(pictures.number, Fault.STALL) is not None
        for stream in (pictures, sound):
            if stream is not None:
                stream.silent = self.dark or stalled
                if fault is Fault.CLOCK_SKEW:
                    stream.skew_ns = round((value or 0.0) * _SKEW_NS)
        self._to_content(pictures, fault, value)

    def _to_content(self, pictures: PictureStream, fault: Fault, value: float | None) -> None:
        following = self.newest(pictures) + 1
        if fault is Fault.TIMESTAMP_BACK and value is not None:
            pictures.jump_back(value)
        elif fault not in (Fault.FROZEN, Fault.LOOPED, Fault.RESOLUTION_CHANGE):
            return
        elif value is None:
            pictures.content.recover(following)
        elif fault is Fault.FROZEN:
            pictures.content.freeze(following)
        elif fault is Fault.LOOPED:
            pictures.content.repeat(following, value)
        else:
            self._around.tasks.create_task(self._resize(pictures), name=f"resize {pictures.number}")

    async def _resize(self, pictures: PictureStream) -> None:
        spec = pictures.content.live.weave.spec
        other = await self._around.loops.ready(_other_size(spec))
        if self._around.faults.value(pictures.number, Fault.RESOLUTION_CHANGE) is not None:
            pictures.content.resize(self.newest(pictures) + 1, other)


def _other_size(spec: LoopSpec) -> LoopSpec:
    """A loop of the same codec and rate in another size."""
    if spec.letter_scale == 1:
        return sub_specs()[-1]
    size = (1280, 720) if spec.width_px == 1920 else (1920, 1080)
    width, height = size
    return replace(spec, key=f"{spec.key}/{height}", width_px=width, height_px=height)
