"""Hears what the gates of this worker's cameras are: asked by control, and from the bucket for what was said before it began."""

import asyncio
import time

from nats.js.errors import Error as JetStreamError

from streams.bus.buckets import open_bucket
from streams.bus.mirror import Mirror
from streams.bus.serve import serve
from streams.bus.session import Bus, BusLost
from streams.gating import GateBoard
from streams.types.gate import KV_GATES, SUBJECT_GATES, Gate, GateOrder, GatesSet


class GateDesk:
    def __init__(self, board: GateBoard) -> None:
        self._board = board

    async def answer(self, bus: Bus, worker_id: str) -> None:
        """Serve until cancelled."""
        await serve(bus, SUBJECT_GATES.format(worker_id=worker_id), GateOrder, self.set, at_once=1)

    async def set(self, order: GateOrder) -> GatesSet:
        """No packet of what an order closes leaves once this has returned."""
        ended = sum(self._board.learn(gate) for gate in order.gates)
        return GatesSet(ended=ended, at_ms=time.time_ns() // 1_000_000)

    async def follow(self, bus: Bus) -> None:
        """Learn from the bucket for as long as the session lasts. What was learnt stays when the bus goes."""

        def on_change(camera_id: str) -> None:
            gate = mirror.get(camera_id)
            if gate is not None:
                self._board.learn(gate)
            else:
                self._board.forget(camera_id)

        mirror: Mirror[Gate] = Mirror(Gate, on_change)
        try:
            bucket = await open_bucket(bus, KV_GATES)
        except JetStreamError as error:
            raise BusLost(f"no buckets yet: {type(error).__name__}") from error
        async with asyncio.TaskGroup() as group:
            following = group.create_task(mirror.follow(bucket), name="gates")
            await mirror.complete.wait()
            self._board.hear(heard=True)
            try:
                await following
            finally:
                self._board.hear(heard=False)
