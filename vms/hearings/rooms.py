"""Room checks: what the workers say of the room's pictures now, written down with who looked."""

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path

from streams.types.sound import SoundHeard
from vms.access import Person
from vms.cameras.ports import LiveState
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import Angle, RoomCheckRow
from vms.hearings.checking import CheckedAngle, as_json, check_room, passed
from vms.hearings.faults import NotPossible, Refused
from vms.hearings.listening import Listening
from vms.hearings.reading import HearingView
from vms.hearings.states import State


class RoomChecks:
    """`folder` is where the system keeps its data: the space that is left there is part of the check."""

    def __init__(self, db: Database, live: LiveState, listening: Listening, folder: Path, clock: Clock) -> None:
        self._db = db
        self._live = live
        self._listening = listening
        self._folder = folder
        self._clock = clock

    async def listen(self, view: HearingView, kind: str) -> SoundHeard:
        """A few seconds of one angle's microphone, to be played once: while the room is checked, for later it would be a recording.

        Raises `NotPossible`, `Refused` (no such microphone), `BusRefused`, `BusUnavailable`.
        """
        if view.row.state != State.ROOM_CHECK:
            raise NotPossible
        angle = next((angle for angle in view.angles if angle.kind == kind and angle.audio), None)
        if angle is None or angle.camera_id is None:
            raise Refused("angle", "angle")
        return await self._listening.listen(angle.camera_id)

    async def check(self, hearing_id: str, angles: Sequence[Angle], by: Person) -> RoomCheckRow:
        """Look and listen now, and keep what was found. Takes as long as sound needs to come."""
        with_sound = [angle for angle in angles if angle.audio]
        levels = await asyncio.gather(*(self._listening.measure(angle.camera_id or "") for angle in with_sound))
        heard = {angle.id: level for angle, level in zip(with_sound, levels, strict=True)}
        now_ms, carriers = self._clock(), self._live.carriers()
        rows = check_room(
            [
                CheckedAngle(
                    angle.kind,
                    angle.audio,
                    heard.get(angle.id),
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
