"""Room checks: what the workers say of the room's pictures now, written down with who looked."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from vms.access import Person
from vms.cameras.ports import LiveState
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import Angle, RoomCheckRow
from vms.hearings.checking import CheckedAngle, as_json, check_room, passed


class RoomChecks:
    """`folder` is where the system keeps its data: the space that is left there is part of the check."""

    def __init__(self, db: Database, live: LiveState, folder: Path, clock: Clock) -> None:
        self._db = db
        self._live = live
        self._folder = folder
        self._clock = clock

    async def check(self, hearing_id: str, angles: Sequence[Angle], by: Person) -> RoomCheckRow:
        """Look now, and keep what was found."""
        now_ms, carriers = self._clock(), self._live.carriers()
        rows = check_room(
            [
                CheckedAngle(
                    angle.kind,
                    angle.audio,
                    self._live.camera(angle.camera_id or ""),
                    carriers.get(angle.camera_id or "", ""),
                )
                for angle in angles
            ],
            shutil.disk_usage(self._folder).free,
            now_ms,
        )
        check = RoomCheckRow(
            hearing_id=hearing_id,
            at_ms=now_ms,
            account_id=by.account_id,
            name=by.name,
            passed=bool(angles) and passed(rows),
            rows=as_json(rows),
        )
        async with self._db.transaction() as session:
            session.add(check)
        return check
