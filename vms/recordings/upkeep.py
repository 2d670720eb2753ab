"""What control does for recordings by itself, for as long as it runs: it watches, deletes what is over its time, tells workers what they
may delete without it, seals days, and fetches what was missed from cameras' own cards."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from vms.db.engine import DatabaseUnavailableError
from vms.recordings.backfill import Backfills
from vms.recordings.deletable import DeletableLists
from vms.recordings.retaining import Retention
from vms.recordings.sealing import DaySealer
from vms.recordings.witness import Witness

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 5.0
SETTLE_S = 15.0
"""After the bus is there, so that workers that were there all the time are not missed."""
RETAIN_EVERY_S = 60.0
LIST_EVERY_S = 5.0
SEAL_EVERY_S = 900.0
BACKFILL_EVERY_S = 5.0


class RecordingUpkeep:
    """`bus_up` waits until there is a bus: without one control cannot tell who reads which camera."""

    def __init__(
        self,
        witness: Witness,
        retention: Retention,
        deletable: DeletableLists,
        sealer: DaySealer,
        bus_up: Callable[[], Awaitable[None]],
        *,
        backfills: Backfills,
    ) -> None:
        self._witness = witness
        self._retention = retention
        self._deletable = deletable
        self._sealer = sealer
        self._backfills = backfills
        self._bus_up = bus_up

    async def run(self) -> None:
        """Until cancelled."""
        await self._bus_up()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._every(LIST_EVERY_S, self._deletable.renew_due), name="recordings lists")
            await asyncio.sleep(SETTLE_S)
            group.create_task(self._every(LOOK_EVERY_S, self._look), name="recordings witness")
            group.create_task(self._every(RETAIN_EVERY_S, self._retention.run_once), name="recordings retention")
            group.create_task(self._every(BACKFILL_EVERY_S, self._backfill), name="recordings backfill")
            group.create_task(self._every(SEAL_EVERY_S, self._seal), name="recordings seals")

    async def _backfill(self) -> None:
        await self._bus_up()
        await self._backfills.look()

    async def _look(self) -> None:
        await self._bus_up()
        await self._witness.look()

    async def _seal(self) -> None:
        if sealed := await self._sealer.seal_due():
            log.info("recording_days_sealed", days=sealed)

    async def _every(self, seconds: float, do: Callable[[], Awaitable[object]]) -> None:
        while True:
            try:
                await do()
            except DatabaseUnavailableError as error:
                log.warning("recordings_upkeep_waits", detail=str(error))
            await asyncio.sleep(seconds)
