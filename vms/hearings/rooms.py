"""Room checks: what the workers say of the room's pictures now, written down with who looked."""

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path

from vms.access import Person
from vms.cameras.ports import LiveState
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import Angle, RoomCheckRow
from vms.hearings.checking import CheckedAngle, as_json, check_room, passed
from vms.hearings.listening import Ear


class RoomChecks:
    """`folder` is where the system keeps its data: the space that is left there is part of the check."""

    def __init__(self, db: Database, live: LiveState, ear: Ear, folder: Path, clock: Clock) -> None:
        self._db = db
        self._live = live
        self._ear = ear
        self._folder = folder
        self._clock = clock

    async def check(self, hearing_id: str, angles: Sequence[Angle], by: Person, session_id: str) -> RoomCheckRow:
        """Look and listen now, and keep what was found. Takes as long as sound needs to come."""
        listening = [
            self._ear.hears(angle.camera_id or "", by.account_id, session_id) for angle in angles if angle.audio
        ]
        heard = dict(zip([angle.id for angle in angles if angle.audio], await asyncio.gather(*listening), strict=True))
        now_ms, carriers = self._clock(), self._live.carriers()
        rows = check_room(
            [
                CheckedAngle(
                    angle.kind,
                    angle.audio,
                    heard.get(angle.id, False),
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
