"""What the camera domain reaches the world through, scripted: bus, workers and devices that do as a test says."""

import asyncio
import base64
import hashlib
import itertools
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from fakes.volume_workers import FakeVolumeWorkers
from streams.types.bus import ProbeRequest, ProbeResult, RefusalCode, Shown, SlotFilled, Snapshot
from streams.types.camera import CameraSpec, CameraState, FaultKind
from streams.types.gate import Audience, Gate
from streams.types.media import Codec
from streams.types.sound import SoundHeard
from streams.types.tap import EndReason, TapFrame, TapInfo, TapTrack
from vms.cameras.devices import (
    DeviceChannel,
    DeviceFault,
    DeviceFaultKind,
    DeviceReport,
    DeviceStream,
    DeviceTarget,
    DiscoveryPlan,
    DiscoveryProgress,
    FoundDevice,
)
from vms.cameras.domain import Ports
from vms.cameras.ports import (
    BusRefused,
    BusUnavailable,
    CarrierRequest,
    OpenedCarrier,
    OpenedView,
    SlotRequest,
    TapRequest,
    ViewRequest,
)
from vms.hearings.ports import Confirmation, Watched
from vms.recordings.ports import PictureRequest

JPEG = b"\xff\xd8\xff\xe0" + b"picture" * 10
JPEG_BASE64 = base64.b64encode(JPEG).decode()
GOOD_PICTURE = ProbeResult(ok=True, codec=Codec.H264, width_px=1920, height_px=1080, jpeg_base64=JPEG_BASE64)


@dataclass
class FakeDesired:
    specs: dict[str, CameraSpec] = field(default_factory=dict)
    away: bool = False

    async def put(self, spec: CameraSpec) -> None:
        self._check()
        self.specs[spec.camera_id] = spec

    async def remove(self, camera_id: str) -> None:
        self._check()
        self.specs.pop(camera_id, None)

    async def camera_ids(self) -> set[str]:
        self._check()
        return set(self.specs)

    def _check(self) -> None:
        if self.away:
            raise BusUnavailable


@dataclass
class FakeLive:
    states: dict[str, CameraState] = field(default_factory=dict)
    workers: int = 1

    def workers_alive(self) -> int:
        return self.workers

    def cameras(self) -> Mapping[str, CameraState]:
        return self.states

    def camera(self, camera_id: str) -> CameraState | None:
        return self.states.get(camera_id)

    def carriers(self) -> Mapping[str, str]:
        return dict.fromkeys(self.states, "w0")


@dataclass
class FakeProber:
    """Every address shows a picture, but those in `results`; an exception there is raised."""

    results: dict[str, ProbeResult | Exception] = field(default_factory=dict)
    requests: list[ProbeRequest] = field(default_factory=list)

    async def probe(self, request: ProbeRequest) -> ProbeResult:
        self.requests.append(request)
        result = self.results.get(request.url, GOOD_PICTURE)
        if isinstance(result, Exception):
            raise result
        return result


def refused_stream(kind: FaultKind) -> ProbeResult:
    return ProbeResult(ok=False, fault=kind)


@dataclass
class FakeSnapshots:
    refusal: Exception | None = None

    async def snapshot(self, camera_id: str, max_width_px: int, audience: Audience = Audience.ANYONE) -> Snapshot:
        if self.refusal:
            raise self.refusal
        return Snapshot(jpeg_base64=JPEG_BASE64, capture_ms=1)


@dataclass
class FakeEars:
    """Hears `heard` on every camera."""

    refusal: Exception | None = None
    heard: SoundHeard = field(default_factory=SoundHeard)
    requests: list[tuple[str, int, Audience, bool]] = field(default_factory=list)

    async def hear(self, camera_id: str, for_ms: int, audience: Audience, *, keep: bool = False) -> SoundHeard:
        if self.refusal:
            raise self.refusal
        self.requests.append((camera_id, for_ms, audience, keep))
        return self.heard


@dataclass
class FakePictures(FakeVolumeWorkers):
    """Nobody has a volume. Every picture of a recording was taken at the very moment that is asked for."""

    refusal: Exception | None = None
    requests: list[PictureRequest] = field(default_factory=list)

    async def picture(self, request: PictureRequest) -> Snapshot:
        if self.refusal:
            raise self.refusal
        self.requests.append(request)
        return Snapshot(jpeg_base64=JPEG_BASE64, capture_ms=request.at_ms)


@dataclass
class FakeViews:
    refusal: Exception | None = None
    requests: list[ViewRequest] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    closed: list[tuple[str, str]] = field(default_factory=list)

    async def open(self, view: ViewRequest) -> OpenedView:
        if self.refusal:
            raise self.refusal
        self.requests.append(view)
        view_id = f"view-{len(self.requests):06}"
        self.owners[view_id] = view.session_id
        return OpenedView(view_id, "v=0\r\n")

    async def close(self, view_id: str, reason: str) -> None:
        self.closed.append((view_id, reason))
        self.owners.pop(view_id, None)

    def owner(self, view_id: str) -> str | None:
        return self.owners.get(view_id)


@dataclass
class FakeCarriers:
    """One carrier, `w0`. What is in the slots of a transport is in `slots`."""

    refusal: Exception | None = None
    requests: list[CarrierRequest] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    slots: dict[tuple[str, str], SlotRequest] = field(default_factory=dict)

    def names(self) -> set[str]:
        return {"w0"}

    def owner(self, transport_id: str) -> str | None:
        return self.owners.get(transport_id)

    async def open(self, request: CarrierRequest) -> OpenedCarrier:
        if self.refusal:
            raise self.refusal
        self.requests.append(request)
        transport_id = f"transport-{len(self.requests):06}"
        self.owners[transport_id] = request.session_id
        return OpenedCarrier(transport_id, "v=0\r\n")

    async def fill(self, request: SlotRequest) -> SlotFilled:
        if self.refusal:
            raise self.refusal
        self.slots[request.transport_id, request.mid] = request
        shown = Shown(request.kind.value)
        return SlotFilled(view_id="view-000001", codec=Codec.H264, shown=shown, first_rtp_timestamp=7)

    async def empty(self, transport_id: str, mid: str) -> bool:
        return self.slots.pop((transport_id, mid), None) is not None

    async def close(self, transport_id: str) -> None:
        self.owners.pop(transport_id, None)


@dataclass
class FakeTap:
    """Gives the pieces that were put into `pieces`; None ends it with `ends`."""

    view_id: str
    info: TapInfo
    reason: EndReason | None = None
    ends: EndReason = EndReason.CLOSED
    transcoded: bool = False
    sound: bool | None = None
    closed: bool = False
    pieces: asyncio.Queue[tuple[TapFrame, bytes] | None] = field(default_factory=asyncio.Queue)

    def start(self, *, sound: bool) -> None:
        self.sound = sound

    async def frames(self) -> AsyncIterator[tuple[TapFrame, bytes]]:
        while (piece := await self.pieces.get()) is not None:
            yield piece
        self.reason = self.ends

    async def close(self) -> None:
        self.closed = True


@dataclass
class FakeTaps:
    refusal: Exception | None = None
    sound: TapTrack | None = None
    requests: list[TapRequest] = field(default_factory=list)
    opened: list[FakeTap] = field(default_factory=list)

    async def open(self, request: TapRequest) -> FakeTap:
        if self.refusal:
            raise self.refusal
        self.requests.append(request)
        video = TapTrack(codec=Codec.H264, clock_rate_hz=90_000, width_px=640, height_px=360)
        tap = FakeTap(f"tap-{len(self.requests):06}", TapInfo(base_ms=1000, video=video, sound=self.sound))
        self.opened.append(tap)
        return tap


def camera_report(host: str, *, serial: str = "SN1", channels: int = 1) -> DeviceReport:
    """A well-behaved camera (or a recorder with several channels) at `host`."""
    return DeviceReport(
        name="Cổng",
        manufacturer="Maker",
        model="M1",
        firmware="1.0",
        serial=serial,
        clock_offset_ms=12,
        channels=tuple(
            DeviceChannel(
                f"source{number}",
                f"Kênh {number}",
                DeviceStream(f"rtsp://{host}:554/{number}/main", Codec.H265, 2560, 1440, 25.0, 2.0),
                DeviceStream(f"rtsp://{host}:554/{number}/sub", Codec.H264, 640, 360, 12.5, 1.0),
            )
            for number in range(1, channels + 1)
        ),
    )


@dataclass
class FakeDevices:
    """Every host is a good camera, but those in `reports`; `logins` counts how often each host was logged in to."""

    reports: dict[str, DeviceReport | Exception] = field(default_factory=dict)
    found: tuple[FoundDevice, ...] = ()
    targets: list[DeviceTarget] = field(default_factory=list)
    discovery_fault: DeviceFault | None = None
    synchronized: list[tuple[str, str]] = field(default_factory=list)
    synchronize_fault: DeviceFault | None = None
    cards: dict[str, str | DeviceFault] = field(default_factory=dict)
    """By ONVIF address: where the card is played."""

    async def discover(
        self, plan: DiscoveryPlan, on_progress: Callable[[DiscoveryProgress], None]
    ) -> list[FoundDevice]:
        if self.discovery_fault:
            raise self.discovery_fault
        for number in range(len(self.found)):
            on_progress(DiscoveryProgress(number, len(self.found), self.found[:number]))
        return list(self.found)

    async def synchronize(self, target: DeviceTarget, profile: str) -> None:
        self.synchronized.append((target.xaddr, profile))
        if self.synchronize_fault:
            raise self.synchronize_fault

    async def replay_url(self, target: DeviceTarget, channel: str, span_ms: tuple[int, int]) -> str:
        del channel, span_ms
        said = self.cards.get(target.xaddr, "")
        if isinstance(said, DeviceFault):
            raise said
        return said

    async def interrogate(self, target: DeviceTarget) -> DeviceReport:
        self.targets.append(target)
        host = target.xaddr.split("/")[2].split(":")[0]
        report = self.reports.get(host) or camera_report(host)
        if isinstance(report, Exception):
            raise report
        return report


WRONG_PASSWORD = DeviceFault(DeviceFaultKind.AUTHENTICATION)


class FakeVault:
    """Not encryption: enough to see that what is stored is not what was given, and that the context counts."""

    def seal(self, plain: bytes, context: str) -> bytes:
        return self._crypt(plain, context)

    def open(self, sealed: bytes, context: str) -> bytes:
        return self._crypt(sealed, context)

    def _crypt(self, data: bytes, context: str) -> bytes:
        key = hashlib.sha256(context.encode()).digest()
        return bytes(a ^ b for a, b in zip(data, itertools.cycle(key), strict=False))


@dataclass
class FakeGates:
    """Every worker confirms at once, unless `away`. What stands is in `standing`, by camera."""

    away: bool = False
    standing: dict[str, Gate] = field(default_factory=dict)
    watched: list[Watched] = field(default_factory=list)

    async def set(self, gates: Sequence[Gate]) -> Confirmation:
        for gate in gates:
            if gate.epoch > self.standing.get(gate.camera_id, Gate(camera_id=gate.camera_id, epoch=0)).epoch:
                self.standing[gate.camera_id] = gate
        return Confirmation(confirmed=not self.away, latest_ms=10_000 if self.away else 0)

    async def shut(self, camera_ids: Collection[str]) -> None:
        await self.set(
            [
                gate.model_copy(update={"audiences": (), "epoch": gate.epoch + 1})
                for gate in list(self.standing.values())
                if gate.camera_id in camera_ids and gate.audiences
            ]
        )

    def on_cameras(self, camera_ids: Collection[str]) -> list[Watched]:
        return [view for view in self.watched if view.camera_id in set(camera_ids)]

    def observed(self) -> list[Watched]:
        return [view for view in self.watched if view.observer]


@dataclass
class FakePorts:
    desired: FakeDesired = field(default_factory=FakeDesired)
    live: FakeLive = field(default_factory=FakeLive)
    prober: FakeProber = field(default_factory=FakeProber)
    snapshots: FakeSnapshots = field(default_factory=FakeSnapshots)
    ears: FakeEars = field(default_factory=FakeEars)
    pictures: FakePictures = field(default_factory=FakePictures)
    views: FakeViews = field(default_factory=FakeViews)
    carriers: FakeCarriers = field(default_factory=FakeCarriers)
    taps: FakeTaps = field(default_factory=FakeTaps)
    devices: FakeDevices = field(default_factory=FakeDevices)
    vault: FakeVault = field(default_factory=FakeVault)
    gates: FakeGates = field(default_factory=FakeGates)

    def as_ports(self) -> Ports:
        return Ports(
            desired=self.desired,
            live=self.live,
            prober=self.prober,
            snapshots=self.snapshots,
            views=self.views,
            carriers=self.carriers,
            taps=self.taps,
            devices=self.devices,
            vault=self.vault,
        )


NO_PICTURE = BusRefused(RefusalCode.NO_PICTURE)
