"""Views that travel through control: asked for like all others, fetched from their worker over TCP."""

import asyncio
import socket
from collections.abc import AsyncIterator

import structlog

from streams.bus.ask import ask
from streams.bus.session import BusLost
from streams.types.bus import RefusalCode, Refused
from streams.types.tap import (
    HEADER,
    MOST_FRAME_BYTES,
    SOUND,
    SUBJECT_TAP_OPEN,
    VIDEO,
    EndReason,
    TapFrame,
    TapInfo,
    TapOpen,
    TapOpened,
)
from vms.bus.link import BusLink
from vms.bus.live import Heartbeats
from vms.bus.open_views import OpenView
from vms.bus.views import LEASE_S, ViewsOnBus
from vms.cameras.ports import BusRefused, BusUnavailable, TapRequest
from vms.db.ids import new_id

log = structlog.get_logger(__name__)

CONNECT_S = 3.0
_SOCKET_BUFFER_BYTES = 256 << 10
"""Small on purpose: what lies in the kernel when a right ends can no longer be taken back."""


class RunningTap:
    """Implements `vms.cameras.ports.Tap`."""

    def __init__(
        self, view_id: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, owner: "TapsOnBus"
    ) -> None:
        self.view_id = view_id
        self.reason: EndReason | None = None
        self.transcoded = False
        self.info: TapInfo
        self._reader = reader
        self._writer = writer
        self._owner = owner

    async def hello(self, ticket: str) -> None:
        """Show the ticket and read the description. Raises `OSError`, `EOFError` or `ValueError`."""
        self._writer.write(ticket.encode() + b"\n")
        kind, body = await self._frame()
        if kind is not TapFrame.INFO:
            raise ValueError("no description")
        self.info = TapInfo.model_validate_json(body)

    def start(self, *, sound: bool) -> None:
        mask = VIDEO | (SOUND if sound and self.info.sound is not None else 0)
        self._writer.write(f"{mask}\n".encode())

    async def frames(self) -> AsyncIterator[tuple[TapFrame, bytes]]:
        try:
            while not self.reason:
                kind, body = await self._frame()
                if kind is TapFrame.END:
                    self.cut(body.decode("ascii", "replace"))
                elif not self.reason:
                    yield kind, body
        except (OSError, EOFError, ValueError):
            self.cut(EndReason.CAMERA_MOVED)  # the worker is gone: whoever watches asks again and finds the new owner

    def cut(self, reason: str) -> None:
        """Nothing more comes, not even what has been received. Works from any task."""
        if not self.reason:
            self.reason = EndReason(reason)
            self._owner.left(self.view_id)
            self._writer.transport.abort()

    async def close(self) -> None:
        if not self.reason:
            self.cut(EndReason.CLOSED)
            await self._owner.forget(self.view_id)

    async def _frame(self) -> tuple[TapFrame, bytes]:
        kind, size = HEADER.unpack(await self._reader.readexactly(HEADER.size))
        if size > MOST_FRAME_BYTES:
            raise ValueError("frame too large")
        return TapFrame(kind), await self._reader.readexactly(size)


class TapsOnBus:
    """Implements `vms.cameras.ports.Taps`."""

    def __init__(self, link: BusLink, live: Heartbeats, views: ViewsOnBus) -> None:
        self._link = link
        self._live = live
        self._views = views
        self._running: dict[str, RunningTap] = {}
        views.on_closing.append(self._closing)

    async def open(self, request: TapRequest) -> RunningTap:
        worker_id = self._live.owner(request.camera_id)
        if worker_id is None:
            raise BusRefused(RefusalCode.NO_PICTURE, "no worker has this camera yet")
        view_id = new_id()
        bus = await self._link.bus()
        message = TapOpen(
            view_id=view_id,
            camera_id=request.camera_id,
            kind=request.kind,
            format=request.format,
            h265=request.h265,
            lease_s=LEASE_S,
            audience=request.audience,
            imprint=self._views.imprint(view_id, request.audience),
        )
        try:
            opened = await ask(bus, SUBJECT_TAP_OPEN.format(worker_id=worker_id), message, TapOpened)
            tap = await self._connect(opened)
            self._running[view_id] = tap
            view = OpenView(
                view_id=view_id,
                worker_id=worker_id,
                camera_id=request.camera_id,
                account_id=request.account_id,
                session_id=request.session_id,
                address=request.address,
                audience=request.audience,
            )
            await self._views.keep(bus, view)
        except Refused as refused:
            raise BusRefused(refused.code, refused.detail) from refused
        except (BusLost, OSError, EOFError, ValueError) as error:
            # What the worker holds for us ends by itself: nobody shows the ticket, or nobody renews the lease.
            raise BusUnavailable from error
        return tap

    def left(self, view_id: str) -> None:
        self._running.pop(view_id, None)

    async def forget(self, view_id: str) -> None:
        """The viewer has left: its worker need not wait for the lease."""
        try:
            await self._views.close(view_id, EndReason.CLOSED)
        except BusUnavailable:
            log.info("view_close_unanswered", view_id=view_id)

    def _closing(self, view_id: str, reason: str) -> None:
        tap = self._running.get(view_id)
        if tap is not None:
            tap.cut(reason)

    async def _connect(self, opened: TapOpened) -> RunningTap:
        async with asyncio.timeout(CONNECT_S):
            raw = socket.socket(socket.AF_INET6 if ":" in opened.host else socket.AF_INET, socket.SOCK_STREAM)
            try:
                raw.setblocking(False)  # noqa: FBT003 the socket's own signature
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SOCKET_BUFFER_BYTES)
                await asyncio.get_running_loop().sock_connect(raw, (opened.host, opened.port))
                reader, writer = await asyncio.open_connection(sock=raw)
            except BaseException:
                raw.close()
                raise
            tap = RunningTap(opened.view_id, reader, writer, self)
            tap.transcoded = opened.transcoded
            try:
                await tap.hello(opened.ticket)
            except BaseException:
                writer.transport.abort()
                raise
            return tap
