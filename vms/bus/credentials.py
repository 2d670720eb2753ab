"""Answers a worker's question for the secrets of a camera: only of one that it owns at this moment."""

from collections.abc import Awaitable, Callable

from streams.bus.serve import serve
from streams.bus.session import Bus
from streams.types.bus import SUBJECT_CREDENTIALS, CredentialsRequest, RefusalCode, Refused
from streams.types.camera import Credentials
from vms.bus.link import BusLink

Lookup = Callable[[str], Awaitable[Credentials | None]]
"""The credentials of a camera by its id, or None when there is no such camera."""


class CredentialsDesk:
    """Runs as a duty of the bus link."""

    def __init__(self, link: BusLink, lookup: Lookup) -> None:
        self._link = link
        self._lookup = lookup

    async def duty(self, bus: Bus) -> None:
        await serve(bus, SUBJECT_CREDENTIALS, CredentialsRequest, self.answer, queue="control", at_once=16)

    async def answer(self, request: CredentialsRequest) -> Credentials:
        """Raises `Refused` with NOT_OWNER for a worker without the lease: it asks again when it has it."""
        lease = self._link.leases.get(request.camera_id)
        if lease is None or (lease.worker_id, lease.incarnation) != (request.worker_id, request.incarnation):
            raise Refused(RefusalCode.NOT_OWNER)
        credentials = await self._lookup(request.camera_id)
        if credentials is None:
            raise Refused(RefusalCode.NOT_FOUND)
        return credentials
