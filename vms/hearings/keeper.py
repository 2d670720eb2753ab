"""Keeps the gates on the bus what the rows say: told anew whenever the bus comes back, and whenever they differ.

Acts tell their own gates at once; this is for what nobody told: a control process that died in the middle, a camera that was attached.
"""

import asyncio
from collections.abc import Iterable

import structlog

from streams.bus.session import Bus
from streams.types.gate import Gate
from vms.db.engine import Database, DatabaseUnavailableError
from vms.hearings.gates import gates_now, gates_numbered
from vms.hearings.ports import GatePort

log = structlog.get_logger(__name__)

EVERY_S = 2.0


class GateKeeper:
    def __init__(self, db: Database, gates: GatePort) -> None:
        self._db = db
        self._gates = gates
        self._told: frozenset[Gate] | None = None

    async def duty(self, _bus: Bus) -> None:
        """Run for as long as a session of the bus lasts."""
        self._told = None
        while True:
            try:
                await self.look()
            except DatabaseUnavailableError as error:
                log.warning("gates_not_read", detail=str(error))
            await asyncio.sleep(EVERY_S)

    async def look(self) -> bool:
        """Tell all gates if they are others than were told last; whether they were told."""
        async with self._db.session() as session:
            seen = _gist(await gates_numbered(session, 0))
        if seen == self._told:
            return False
        async with self._db.transaction() as session:
            gates = await gates_now(session)
        await self._gates.set(gates)
        self._told = _gist(gates)
        return True


def _gist(gates: Iterable[Gate]) -> frozenset[Gate]:
    """Without their numbers."""
    return frozenset(gate.model_copy(update={"epoch": 0}) for gate in gates)
