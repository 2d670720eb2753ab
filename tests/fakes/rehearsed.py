"""A running system with a simulated province, as tests order it about."""

import asyncio
from dataclasses import dataclass

from vms.cli.bench.system import RunningSystem
from vms.cli.bench.wall import all_live
from vms.cli.rehearsal.people import DUTY_OFFICER
from vms.cli.simulator.orders import ClearFault, SetFault, Whom

LIVE_S = 30.0


@dataclass(frozen=True)
class Province:
    """`ids`: camera ids by number."""

    system: RunningSystem
    ids: dict[int, str]

    async def fault(self, fault: str, *numbers: int, value: float | None = None) -> None:
        await self.system.tell(SetFault(fault=fault, whom=Whom(cameras=numbers), value=value))

    async def heal(self) -> None:
        await self.system.tell(ClearFault(whom=Whom(everywhere=True)))

    async def heal_one(self, fault: str, number: int) -> None:
        await self.system.tell(ClearFault(fault=fault, whom=Whom(cameras=(number,))))

    async def hang(self, size: int, numbers: list[int]) -> None:
        """The duty officer's wall is this one from the next page on."""
        tiles = [self.ids[number] for number in numbers] + [None] * (size - len(numbers))
        async with self.system.api(DUTY_OFFICER) as api:
            await api.call("PUT", "/api/layouts/last", {"name": "", "size": size, "tiles": tiles})

    async def all_live(self) -> None:
        async with asyncio.timeout(LIVE_S), self.system.api(DUTY_OFFICER) as api:
            await all_live(api, list(self.ids.values()))
