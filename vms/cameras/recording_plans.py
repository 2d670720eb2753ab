"""What is to be recorded of each camera: read, and set by whoever keeps the camera."""

from collections.abc import Collection, Sequence

from streams.types.camera import RecordingMode, RecordingPlan
from vms.cameras.desired import Desired
from vms.cameras.planned import NOTHING, plan_rows, recording_plans
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables.cameras import Camera
from vms.db.tables.recordings import RecordingPlanRow

_SET = ("mode", "stream", "pre_roll_s", "post_roll_s", "schedule", "volumes")
"""What a person sets; priority comes from the camera's class, `stop` from its history."""


class RecordingPlans:
    def __init__(self, db: Database, desired: Desired, clock: Clock) -> None:
        self._db = db
        self._desired = desired
        self._clock = clock

    async def of_camera(self, camera_id: str) -> RecordingPlan:
        """What holds now."""
        async with self._db.session() as session:
            return (await recording_plans(session, [camera_id])).get(camera_id, NOTHING)

    async def modes(self, camera_ids: Collection[str]) -> dict[str, RecordingMode]:
        """When each of these cameras is recorded now."""
        async with self._db.session() as session:
            plans = await recording_plans(session, camera_ids)
        return {camera_id: plans.get(camera_id, NOTHING).mode for camera_id in camera_ids}

    async def history(self, camera_id: str) -> Sequence[RecordingPlanRow]:
        """Every plan that the camera ever had, the earliest first."""
        async with self._db.session() as session:
            return (await session.exec(plan_rows([camera_id]))).all()

    async def set(self, camera_id: str, plan: RecordingPlan, account_id: str) -> bool:
        """From now on. Whether there is such a camera; the same plan again changes nothing."""
        now_ms = self._clock()
        values = plan.model_dump(mode="json", include=set(_SET))
        async with self._db.transaction() as session:
            camera = await session.get(Camera, camera_id)
            if camera is None or camera.removed_ms is not None:
                return False
            old = (await session.exec(plan_rows([camera_id]))).all()
            if old and all(getattr(old[-1], name) == value for name, value in values.items()):
                return True
            if old:
                # A clock that went back must not turn the order of plans round.
                now_ms = max(now_ms, old[-1].valid_from_ms + 1)
                old[-1].valid_to_ms = now_ms
                session.add(old[-1])
            session.add(RecordingPlanRow(camera_id=camera_id, valid_from_ms=now_ms, set_by=account_id, **values))
            camera.revision += 1
            session.add(camera)
        await self._desired.tell([camera_id])
        return True
