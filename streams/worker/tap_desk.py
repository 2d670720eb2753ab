"""Opening taps: views that travel as bytes through control. They are renewed and ended like all others, by the desk."""

from streams.bus.serve import serve
from streams.bus.session import Bus
from streams.tap import TapServer
from streams.transcode import needed
from streams.types.bus import Refused, Shown
from streams.types.tap import SUBJECT_TAP_OPEN, TapOpen, TapOpened
from streams.worker.desk import Desk, Held, check_shows, stamp_of


class TapDesk:
    """`host` is where control reaches the listener."""

    def __init__(self, desk: Desk, taps: TapServer, host: str) -> None:
        self._desk = desk
        self._taps = taps
        self._host = host

    async def answer(self, bus: Bus, worker_id: str) -> None:
        """Serve until cancelled."""
        await serve(bus, SUBJECT_TAP_OPEN.format(worker_id=worker_id), TapOpen, self.open, at_once=16)

    async def open(self, request: TapOpen) -> TapOpened:
        stamp = stamp_of(request)
        pictures, fanout = await self._desk.pictures(request)
        try:
            if not request.h265 and needed(fanout):
                fanout = await pictures.as_h264(request.view_id)
            check_shows(pictures, request.audience)
            ticket = self._taps.issue(request.view_id, fanout, request.format, stamp)
        except Refused:
            pictures.release(request.view_id)
            raise
        self._desk.hold(request.view_id, Held(pictures, self._taps.close, request.audience), request.lease_s)
        return TapOpened(
            view_id=request.view_id,
            host=self._host,
            port=self._taps.port,
            ticket=ticket,
            transcoded=pictures.shown(fanout) is Shown.TRANSCODED,
        )
