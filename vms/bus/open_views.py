"""Which views run: kept in memory and in a bucket, so that a control process that starts anew knows them, and a bus that does, too."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable

import structlog
from nats.errors import Error as NatsError

from streams.bus.buckets import open_bucket
from streams.bus.mirror import Mirror
from streams.bus.session import Bus
from streams.types.bus import KV_VIEWS, encode
from streams.types.camera import Wire
from streams.types.gate import Audience
from vms.cameras.ports import BusUnavailable
from vms.clock import system_clock

log = structlog.get_logger(__name__)


class OpenView(Wire):
    """A running view: whose it is and who serves it. A transport that carries views is kept like one, without a camera.

    `address` is from where it is watched, where its session does not say it.
    `transport_id` and `mid` say in which slot of which transport a view is; both are empty for a view with one of its own.
    """

    view_id: str
    worker_id: str
    camera_id: str
    account_id: str
    session_id: str
    address: str = ""
    began_ms: int = 0
    transport_id: str = ""
    mid: str = ""
    audience: Audience = Audience.ANYONE


class OpenViews:
    """Control alone writes the bucket, so what it remembers and the bucket does not have was lost with a bus that started anew."""

    def __init__(self) -> None:
        self._mirror: Mirror[OpenView] = Mirror(OpenView)
        self._leaving: set[str] = set()
        self.on_begun: list[Callable[[OpenView], None]] = []
        self.on_gone: list[Callable[[OpenView], None]] = []
        """Called once for each view that has ended, however it ended."""

    def __len__(self) -> int:
        return len(self._mirror)

    def get(self, view_id: str) -> OpenView | None:
        return self._mirror.get(view_id)

    def all(self) -> list[OpenView]:
        return self._mirror.values()

    def on_transport(self, transport_id: str) -> list[OpenView]:
        """The views in the slots of a transport."""
        return [view for view in self._mirror.values() if view.transport_id == transport_id]

    async def follow(self, bus: Bus, complete: asyncio.Event) -> None:
        """Read the bucket, put back what it lost, set `complete`, and follow it as long as the session lasts."""
        remembered = self.all()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._mirror.follow(await open_bucket(bus, KV_VIEWS)), name="mirror views")
            await self._mirror.complete.wait()
            lost = [view for view in remembered if self._mirror.get(view.view_id) is None]
            await asyncio.gather(*(self._put(bus, view) for view in lost))
            complete.set()

    async def keep(self, bus: Bus, view: OpenView) -> None:
        """A view has begun. Raises `BusUnavailable`."""
        begun = view.model_copy(update={"began_ms": system_clock()})
        try:
            await self._put(bus, begun)
        except (NatsError, TimeoutError) as error:
            raise BusUnavailable from error
        for listener in self.on_begun:
            listener(begun)

    async def forget(self, bus: Bus, view_ids: Iterable[str]) -> None:
        """These have ended. What the bus does not take is asked about again: its worker no longer knows it."""
        asked = (self._mirror.get(view_id) for view_id in view_ids)
        views = [view for view in asked if view is not None and view.view_id not in self._leaving]
        if not views:
            return
        ids = {view.view_id for view in views}
        self._leaving |= ids
        try:
            bucket = await open_bucket(bus, KV_VIEWS)
            await asyncio.gather(*(bucket.purge(view_id) for view_id in ids))
        except (NatsError, TimeoutError) as error:
            log.warning("views_not_forgotten", views=len(ids), error=type(error).__name__)
            return
        finally:
            self._leaving -= ids
        for view in views:
            self._mirror.drop(view.view_id)
            for listener in self.on_gone:
                listener(view)

    async def _put(self, bus: Bus, view: OpenView) -> None:
        bucket = await open_bucket(bus, KV_VIEWS)
        self._mirror.learn(view.view_id, view, await bucket.put(view.view_id, encode(view)))


def by_worker(views: Iterable[OpenView]) -> dict[str, list[OpenView]]:
    """The views of each worker."""
    found: defaultdict[str, list[OpenView]] = defaultdict(list)
    for view in views:
        found[view.worker_id].append(view)
    return dict(found)
