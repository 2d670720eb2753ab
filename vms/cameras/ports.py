"""What the camera domain asks of the bus. Implemented in `vms.bus`; this module knows no NATS.

Expected faults of the bus are two: an owner that says no (`BusRefused`) and nobody who answers in time (`BusUnavailable`).
"""

from collections.abc import AsyncIterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Protocol

from streams.types.bus import ProbeRequest, ProbeResult, RefusalCode, Shown, SlotFilled, Snapshot
from streams.types.camera import CameraSpec, CameraState
from streams.types.gate import Audience
from streams.types.media import StreamKind
from streams.types.tap import EndReason, TapFormat, TapFrame, TapInfo


class BusRefused(Exception):
    """A worker answered, and the answer is no. `detail` is for the log and holds no secret."""

    def __init__(self, code: RefusalCode, detail: str = "") -> None:
        super().__init__(f"{code.value}: {detail}")
        self.code = code
        self.detail = detail


class BusUnavailable(Exception):
    """No bus, no worker, or no answer within the bus's own time-out."""


class DesiredState(Protocol):
    """The KV bucket `desired`. Every method raises `BusUnavailable` while the bus is away."""

    async def put(self, spec: CameraSpec) -> None: ...

    async def remove(self, camera_id: str) -> None:
        """Take a camera away from the workers; one that is not there is no error."""

    async def camera_ids(self) -> AbstractSet[str]:
        """Which cameras the bucket holds now: what is there and not in the database is a stray."""


class LiveState(Protocol):
    """The newest heartbeats, in memory: never waits. A camera of a dead worker is absent."""

    def workers_alive(self) -> int: ...

    def cameras(self) -> Mapping[str, CameraState]: ...

    def camera(self, camera_id: str) -> CameraState | None: ...

    def carriers(self) -> Mapping[str, str]:
        """By camera, the name of what carries its pictures: transports are opened to carriers."""


class Prober(Protocol):
    async def probe(self, request: ProbeRequest) -> ProbeResult:
        """Let any media worker open an address and decode one picture. Raises `BusRefused` or `BusUnavailable`."""


class Snapshots(Protocol):
    async def snapshot(self, camera_id: str, max_width_px: int, audience: Audience = Audience.ANYONE) -> Snapshot:
        """The newest picture, from the owner, as this audience may see it.

        Raises `BusRefused` (no_picture, not_found, not_owner) or `BusUnavailable`."""


@dataclass(frozen=True, slots=True)
class ViewRequest:
    """`addresses` go into ICE candidates, best first. `account_id` and `session_id` own the view."""

    camera_id: str
    kind: StreamKind
    offer_sdp: str = field(repr=False)
    addresses: tuple[str, ...]
    account_id: str
    session_id: str
    audience: Audience = Audience.ANYONE


@dataclass(frozen=True, slots=True)
class OpenedView:
    view_id: str
    answer_sdp: str = field(repr=False)
    shown: Shown = Shown.SUB


class Views(Protocol):
    async def open(self, view: ViewRequest) -> OpenedView:
        """Find the owner of the camera and let it answer. Raises `BusRefused` or `BusUnavailable`."""

    async def close(self, view_id: str, reason: str) -> None: ...

    def owner(self, view_id: str) -> str | None:
        """The session that opened the view, or None for a view that does not exist (any more)."""


@dataclass(frozen=True, slots=True)
class CarrierRequest:
    """A transport to one carrier, for as many views as the offer has sections."""

    carrier: str
    offer_sdp: str = field(repr=False)
    addresses: tuple[str, ...]
    account_id: str
    session_id: str


@dataclass(frozen=True, slots=True)
class OpenedCarrier:
    transport_id: str
    answer_sdp: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SlotRequest:
    """A view in a slot of a transport; it belongs to whom the transport belongs to. The right to the camera was decided before."""

    transport_id: str
    mid: str
    camera_id: str
    kind: StreamKind
    audience: Audience = Audience.ANYONE


class Carriers(Protocol):
    """Transports that carry a whole wall. All that waits raises `BusRefused` or `BusUnavailable`."""

    def names(self) -> AbstractSet[str]:
        """The carriers that transports can be opened to now."""

    def owner(self, transport_id: str) -> str | None:
        """The session that opened the transport, or None for one that does not exist (any more)."""

    async def open(self, request: CarrierRequest) -> OpenedCarrier: ...

    async def fill(self, request: SlotRequest) -> SlotFilled:
        """Show a camera in a slot, instead of what it shows. NOT_OWNER when the camera is on another carrier."""

    async def empty(self, transport_id: str, mid: str) -> bool:
        """End the view in a slot; false when there is none."""

    async def close(self, transport_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class TapRequest:
    """A view that travels through control as bytes. `account_id` and `session_id` own it."""

    camera_id: str
    kind: StreamKind
    format: TapFormat
    h265: bool
    account_id: str
    session_id: str
    audience: Audience = Audience.ANYONE
    address: str = ""
    """From where it is watched, where its session does not say it."""


class Tap(Protocol):
    """A running view, for one task. `reason` says why it ended, and is None while it runs."""

    @property
    def view_id(self) -> str: ...

    @property
    def info(self) -> TapInfo: ...

    @property
    def transcoded(self) -> bool: ...

    @property
    def reason(self) -> EndReason | None: ...

    def start(self, *, sound: bool) -> None:
        """Let the pictures come. Once."""

    def frames(self) -> AsyncIterator[tuple[TapFrame, bytes]]:
        """INIT and DATA as they come, until the view ends; nothing comes once its right was taken away."""

    async def close(self) -> None:
        """The viewer has left. Does nothing for a view that has ended."""


class Taps(Protocol):
    async def open(self, request: TapRequest) -> Tap:
        """Find the owner of the camera and connect to it. Raises `BusRefused` or `BusUnavailable`."""
