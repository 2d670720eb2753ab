"""What RTSP out asks of whoever knows accounts, rights and cameras."""

from collections.abc import AsyncIterator
from typing import Protocol

from streams.types.media import StreamKind
from streams.types.tap import EndReason, TapFrame, TapInfo


class Stream(Protocol):
    """A running view. `reason` says why it ended, and is None while it runs."""

    @property
    def info(self) -> TapInfo: ...

    @property
    def reason(self) -> EndReason | None: ...

    def start(self, *, sound: bool) -> None: ...

    def frames(self) -> AsyncIterator[tuple[TapFrame, bytes]]: ...

    async def close(self) -> None: ...


class Door(Protocol):
    async def secret(self, username: str) -> str | None:
        """The secret of a stream login, or None when there is none that is valid now."""

    async def open(self, username: str, camera_id: str, kind: StreamKind, address: str) -> Stream | None:
        """Open a view for whoever the login belongs to; None when it is absent, foreign, or without a picture now."""
