"""Who may fetch which camera by RTSP: the same decision as at every other door, for stream logins."""

import structlog

from streams.types.media import StreamKind
from streams.types.tap import TapFormat
from vms.access import audience
from vms.accounts.stream_logins import StreamLogins
from vms.cameras.catalogue import Catalogue
from vms.cameras.ports import BusRefused, BusUnavailable, Tap, TapRequest, Taps
from vms.cameras.viewing import People
from vms.clock import Clock

log = structlog.get_logger(__name__)


class RtspDoor:
    def __init__(self, logins: StreamLogins, people: People, catalogue: Catalogue, taps: Taps, clock: Clock) -> None:
        self._logins = logins
        self._people = people
        self._catalogue = catalogue
        self._taps = taps
        self._clock = clock

    async def secret(self, username: str) -> str | None:
        """The secret of a login that is valid now."""
        holder = await self._logins.holder(username)
        return None if holder is None else holder.secret

    async def open(self, username: str, camera_id: str, kind: StreamKind, address: str) -> Tap | None:
        """A view of a camera that the login's owner may see now; None when it is absent, foreign, or without a picture now."""
        holder = await self._logins.holder(username)
        person = None if holder is None else await self._people.person(holder.account_id)
        camera = await self._catalogue.object(camera_id)
        if holder is None or person is None or camera is None:
            return None
        if (watches_as := audience(person, camera, self._clock())) is None:
            return None
        request = TapRequest(
            camera_id=camera_id,
            kind=kind,
            format=TapFormat.RTP,
            h265=True,
            account_id=holder.account_id,
            session_id=holder.session_id,
            audience=watches_as,
            address=address,
        )
        try:
            tap = await self._taps.open(request)
        except (BusRefused, BusUnavailable) as error:
            log.info("rtsp_out_without_picture", camera=camera_id, address=address, detail=str(error))
            return None
        await self._logins.used(holder.session_id)
        log.info("rtsp_out_opened", camera=camera_id, address=address, login=username)
        return tap
