"""A gated camera in a worker, without a network before it: pictures are put into its hubs, and carry their capture time in their bytes."""

import asyncio
import io
import re
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fakes.imprints import IMPRINTS, view_id
from streams.contract import Timeouts
from streams.delay import DelayFolder
from streams.delay.line import Clocks
from streams.gating import GateBoard
from streams.hub import Hub
from streams.motion import MotionPool
from streams.motion.watch import Report
from streams.record.recorder import Camera, Recorder
from streams.relay import Relay
from streams.relay.srtp import Keys, derive
from streams.tap import TapServer
from streams.transcode import Transcodes
from streams.types.bus import ViewOpen
from streams.types.camera import CameraSpec, Credentials, RecordingPlan, StreamSpec
from streams.types.gate import Audience, Dropped, Gate
from streams.types.imprint import IMPRINT_UUID, Imprint
from streams.types.media import AccessUnit, Codec, StreamKind, Track
from streams.types.tap import HEADER, SOUND, VIDEO, TapFormat, TapOpen
from streams.worker.camera import RunningCamera, Surroundings
from streams.worker.desk import Desk
from streams.worker.tap_desk import TapDesk
from vms.cli.bench.viewer import ClientIdentity, Viewer
from vms.hearings.imprint_reading import imprints_in

CAMERA = "camera-000000301"
_STAMP = re.compile(rb"CAPTURED([0-9]{20})")
_SPS = bytes.fromhex("6742c01fda01e008 9f961000000300100000030320f1832a".replace(" ", ""))
_PPS = bytes.fromhex("68ce3c80")
TRACKS = (
    Track(Codec.H264, 90_000, width_px=320, height_px=180),
    Track(Codec.PCMA, 8_000, channels=1),
)
FORMATS = (TapFormat.FMP4, TapFormat.RTP)


def stamp(capture_ns: int) -> bytes:
    return b"CAPTURED%020d" % capture_ns


def stamps(data: bytes) -> list[int]:
    """The capture times in whatever was received, in ns."""
    return [int(found) for found in _STAMP.findall(data)]


def names(data: bytes) -> set[str]:
    """The views that imprints in whatever was received name."""
    return set(imprints_in(io.BytesIO(data), IMPRINTS).views) if IMPRINT_UUID in data else set()


def picture(capture_ns: int, *, keyframe: bool, arrival_ns: int | None = None) -> AccessUnit:
    nal = (b"\x65\x88" if keyframe else b"\x41\x9a") + stamp(capture_ns) + b"\x80"
    parts = (_SPS, _PPS, nal) if keyframe else (nal,)
    arrived = capture_ns if arrival_ns is None else arrival_ns
    return AccessUnit(Codec.H264, parts, capture_ns * 9 // 100_000, capture_ns, arrived, keyframe)


def sound(capture_ns: int, arrival_ns: int | None = None) -> AccessUnit:
    arrived = capture_ns if arrival_ns is None else arrival_ns
    return AccessUnit(Codec.PCMA, (stamp(capture_ns) + b"\xd5" * 132,), capture_ns // 125_000, capture_ns, arrived)


class SeeingViewer(Viewer):
    """A browser that decrypts what it gets."""

    def __init__(self, identity: ClientIdentity) -> None:
        super().__init__(identity, "127.0.0.1")
        self.watching: Watching | None = None
        self._keys_of_server: tuple[AESGCM, int] | None = None
        self._rollover: dict[bytes, tuple[int, int]] = {}

    def _count(self, datagram: bytes) -> None:
        super()._count(datagram)
        if 192 <= datagram[1] <= 223:
            return
        if self._keys_of_server is None:
            keys: Keys = self._keys()
            salt = int.from_bytes(derive(keys.peer_key, keys.peer_salt, 2, 12), "big")
            self._keys_of_server = AESGCM(derive(keys.peer_key, keys.peer_salt, 0, 16)), salt
        cipher, salt = self._keys_of_server
        header = 12 if not datagram[0] & 0x10 else 16 + 4 * int.from_bytes(datagram[14:16], "big")
        ssrc, seq = datagram[8:12], int.from_bytes(datagram[2:4], "big")
        last, rounds = self._rollover.get(ssrc, (seq, 0))
        if seq < last - 0x8000:
            rounds += 1
        self._rollover[ssrc] = seq, rounds
        index = rounds << 16 | seq
        nonce = ((int.from_bytes(ssrc, "big") << 48 | index) ^ salt).to_bytes(12, "big")
        if self.watching is not None:
            self.watching.take(cipher.decrypt(nonce, datagram[header:], datagram[:header]))


@dataclass
class Watching:
    """One viewer: what it received, by capture time, and as whom it watches."""

    view_id: str
    audience: Audience
    imprint: Imprint | None = None
    seen: list[int] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    closed: bool = False
    since_ns: int = 0
    """Since when what it sees has been open to its audience, when it joined."""

    def take(self, data: bytes) -> None:
        self.seen += stamps(data)
        self.named |= names(data)


class GatedRoom:
    """Desk, relay and taps of a worker with one gated camera. `now_ns` is its clock.

    With a `delay_ms` observers see what went through a delay line on disk; `tick` lets that work. `recording` is what somebody planned.
    """

    def __init__(
        self,
        relay: Relay,
        now_ns: int,
        delay_ms: int = 0,
        folder: DelayFolder | None = None,
        *,
        recorder: Callable[[Camera, RecordingPlan], Recorder] | None = None,
        recording: RecordingPlan | None = None,
    ) -> None:
        self.now_ns = now_ns
        self.delay_ms = delay_ms
        self.dropped: tuple[Dropped, ...] = ()
        self._audiences: tuple[Audience, ...] = ()
        self._since_ms = 0
        self.board = GateBoard(
            self._shut_out, lambda: self.now_ns, on_changed=lambda _camera: self.camera.gate_changed()
        )
        around = Surroundings(
            credentials=_nothing,
            motion=MotionPool(),
            report=Report(lambda _event: None, lambda call, *args: None),
            viewers=lambda _fanout: 0,
            stopped=lambda _camera: None,
            timeouts=Timeouts(),
            transcodes=Transcodes(0),
            gates=self.board,
            delays=folder,
            recorder=recorder,
        )
        streams = tuple(StreamSpec(kind=kind, url=f"rtsp://127.0.0.1/{kind}") for kind in StreamKind)
        spec = CameraSpec(
            camera_id=CAMERA, number=301, streams=streams, gated=True, recording=recording or RecordingPlan()
        )
        self.camera = RunningCamera(spec, around)
        self.hubs: list[Hub] = [stream.hub for stream in self.camera._streams.values()]
        for hub in self.hubs:
            hub.on_tracks(TRACKS)
        self.camera._delays._clocks = Clocks(lambda: self.now_ns, lambda: self.now_ns)
        self.camera._delays.begin(_not_in_the_background)
        self.desk = Desk(relay, lambda found: self.camera if found == CAMERA else None, _decode, _decode)
        self.taps = TapServer(self.desk.ended)
        self.tap_desk = TapDesk(self.desk, self.taps, "127.0.0.1")
        self.identity = ClientIdentity()
        self.imprints = True
        self._epoch = 0
        self._views = 0
        self._tasks: list[asyncio.Task[None]] = []
        self.viewers: list[SeeingViewer] = []

    def _shut_out(self, camera_id: str, audiences: frozenset[Audience]) -> int:
        return self.desk.shut_out(camera_id, audiences)

    def set(self, *audiences: Audience, epoch: int | None = None) -> None:
        """Set the gate; an `epoch` that is older than what stands must not count."""
        self._epoch = self._epoch + 1 if epoch is None else self._epoch
        number = self._epoch if epoch is None else epoch
        since_ms = -(-self.now_ns // 1_000_000)
        if epoch is None:
            if set(audiences) != set(self._audiences):
                self._since_ms, self.dropped = since_ms, ()
            self._audiences = audiences
        self._tell(audiences, number, self._since_ms if epoch is None else since_ms)

    def dump(self, seconds: float) -> None:
        """The judge drops what was captured in the last seconds."""
        now_ms = -(-self.now_ns // 1_000_000)
        self.dropped += (Dropped(from_ms=max(0, now_ms - int(seconds * 1000)), to_ms=now_ms),)
        self._epoch += 1
        self._tell(self._audiences, self._epoch, self._since_ms)

    def _tell(self, audiences: tuple[Audience, ...], epoch: int, since_ms: int) -> None:
        self.board.learn(
            Gate(
                camera_id=CAMERA,
                audiences=audiences,
                epoch=epoch,
                since_ms=since_ms,
                delay_ms=self.delay_ms,
                dropped=self.dropped,
            )
        )

    def forget(self) -> None:
        """Nobody says any more what the gate is."""
        self.board.forget(CAMERA)
        self._epoch += 1
        self._audiences = ()

    async def tick(self) -> None:
        """What waits is stored, and what is due given out."""
        await self.camera._delays.tick()

    def record_in(self, group: asyncio.TaskGroup) -> None:
        """What `RunningCamera.run` does about recording; without its streams, which would look for a camera."""
        self.camera._group = group
        self.camera.gate_changed()

    @property
    def epoch(self) -> int:
        return self._epoch

    def show(self, unit: AccessUnit) -> None:
        for hub in self.hubs:
            hub.on_unit(unit)

    async def tap(self, tap_format: TapFormat, audience: Audience) -> Watching:
        """As control fetches it for a WebSocket or an RTSP player. Raises `Refused`."""
        watching = self._watching(audience)
        opened = await self.tap_desk.open(
            TapOpen(
                view_id=watching.view_id,
                camera_id=CAMERA,
                kind=StreamKind.SUB,
                format=tap_format,
                lease_s=10,
                audience=audience,
                imprint=watching.imprint,
            )
        )
        reader, writer = await asyncio.open_connection(opened.host, opened.port)
        writer.write(opened.ticket.encode() + b"\n")
        _, size = HEADER.unpack(await reader.readexactly(HEADER.size))
        await reader.readexactly(size)
        writer.write(b"%d\n" % (VIDEO | SOUND))

        async def read() -> None:
            try:
                while True:
                    _, length = HEADER.unpack(await reader.readexactly(HEADER.size))
                    watching.take(await reader.readexactly(length))
            except (OSError, EOFError):
                watching.closed = True
            finally:
                writer.close()

        self._tasks.append(asyncio.create_task(read()))
        return watching

    async def browse(self, audience: Audience) -> Watching:
        """A browser with WebRTC. Raises `Refused`."""
        watching, viewer = self._watching(audience), SeeingViewer(self.identity)
        viewer.watching = watching
        try:
            opened = await self.desk.open(
                ViewOpen(
                    view_id=watching.view_id,
                    camera_id=CAMERA,
                    kind=StreamKind.SUB,
                    offer_sdp=viewer.description(),
                    addresses=("127.0.0.1",),
                    audience=audience,
                    imprint=watching.imprint,
                )
            )
        except BaseException:
            viewer.close()
            raise
        self.viewers.append(viewer)
        viewer.start(opened.answer_sdp)
        async with asyncio.timeout(10):
            while not viewer.connected:  # noqa: ASYNC110 the viewer has no event
                await asyncio.sleep(0.002)
        return watching

    async def until_seen(self, watching: Watching, captured: Iterable[int]) -> None:
        """Until all of it has been received."""
        wanted = set(captured)
        async with asyncio.timeout(10):
            while not wanted <= set(watching.seen):  # noqa: ASYNC110 what comes over a socket has no event
                await asyncio.sleep(0.002)

    async def settle(self) -> None:
        """Let everything that is on its way arrive: loopback, so a few turns of the loop."""
        for _ in range(12):
            await asyncio.sleep(0.001)

    async def close(self) -> None:
        for viewer in self.viewers:
            viewer.close()
        self.camera._delays.end()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.taps.aclose()

    def _watching(self, audience: Audience) -> Watching:
        self._views += 1
        imprinted = audience is Audience.OBSERVERS and self.imprints
        imprint = IMPRINTS.of(view_id(self._views)) if imprinted else None
        return Watching(f"view-{self._views:04}", audience, imprint)


async def _nothing(_spec: CameraSpec) -> Credentials:
    return Credentials()


async def _decode(*_: object) -> bytes:
    return b"jpeg"


def _not_in_the_background(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Its clock stands: only `tick` does what is due."""
    work.close()
    return asyncio.create_task(asyncio.sleep(0))
