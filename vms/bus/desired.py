"""Desired state on the bus: one key per camera, without credentials."""

from nats.js.errors import Error as JetStreamError
from nats.js.errors import NoKeysError

from streams.bus.buckets import open_bucket
from streams.types.bus import KV_DESIRED, encode
from streams.types.camera import CameraSpec
from vms.bus.link import BusLink
from vms.cameras.ports import BusUnavailable


class DesiredOnBus:
    """Implements `vms.cameras.ports.DesiredState`. The database is the truth; `camera_ids` lets a reconciliation find strays."""

    def __init__(self, link: BusLink) -> None:
        self._link = link

    async def put(self, spec: CameraSpec) -> None:
        bucket = await open_bucket(await self._link.bus(), KV_DESIRED)
        try:
            await bucket.put(spec.camera_id, encode(spec))
        except JetStreamError as error:
            raise BusUnavailable from error

    async def remove(self, camera_id: str) -> None:
        bucket = await open_bucket(await self._link.bus(), KV_DESIRED)
        try:
            await bucket.delete(camera_id)
        except JetStreamError as error:
            raise BusUnavailable from error

    async def camera_ids(self) -> set[str]:
        bucket = await open_bucket(await self._link.bus(), KV_DESIRED)
        try:
            return set(await bucket.keys())
        except NoKeysError:
            return set()
        except JetStreamError as error:
            raise BusUnavailable from error
