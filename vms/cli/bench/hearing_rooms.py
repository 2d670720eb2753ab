"""Courts that sit in every room at once, for `vms bench hearing`: rooms with all angles, people, hearings that have begun."""

import csv
import shutil
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vms.access import Role
from vms.cli.bench.system import RunningSystem
from vms.cli.faults import CannotRun
from vms.cli.province import CONFIG, EncoderRow
from vms.cli.rehearsal.hearings import Case, Court
from vms.cli.rehearsal.people import Worker, add
from vms.cli.rehearsal.registering import rows
from vms.clock import system_clock

_BODY: Final = "procuracy"
_ANGLES: Final = (("accused", False), ("bench", True), ("witness", False))
"""What each room has, and which of it has the microphone."""
_FIRST_NUMBER: Final = 301


class NoHearing(CannotRun):
    """A courtroom has no hearing to watch."""


@dataclass(frozen=True, slots=True)
class Room:
    """`key` of its court's unit, the court's and the room's name, camera ids by angle."""

    court_key: str
    court: str
    name: str
    cameras: dict[str, str]


def province_with_angles(folder: Path, courtrooms: int) -> Path:
    """The sample province, each of its first courtrooms with three angles and one microphone."""
    for file in CONFIG.glob("*.csv"):
        shutil.copy(file, folder / file.name)
    keys = [row["key"] for row in rows(CONFIG / "courtrooms.csv")][:courtrooms]
    with (folder / "angles.csv").open("w", encoding="utf-8", newline="") as angles:
        lines = csv.writer(angles)
        lines.writerow(("courtroom", "angle", "name", "number", "channel", "audio"))
        for place, key in enumerate(keys):
            for channel, (angle, audio) in enumerate(_ANGLES):
                number = _FIRST_NUMBER + len(_ANGLES) * place + channel
                lines.writerow((key, angle, f"Góc {angle}", number, channel + 1, str(audio).lower()))
    return folder


def rooms_of(running: RunningSystem, ids: dict[int, str]) -> list[Room]:
    folder = running.simulation.province
    courts = {row["key"]: row["court"] for row in rows(folder / "courtrooms.csv")}
    names = {row["key"]: row["name"] for row in rows(folder / "units.csv")}

    def room(encoder: EncoderRow) -> Room:
        court = courts[encoder.courtroom]
        cameras: dict[str, str] = {angle.angle: ids[angle.number] for angle in encoder.angles}
        return Room(court, names[court], encoder.name, cameras)

    return [room(encoder) for encoder in running.simulation.encoder_rows()]


async def add_people(running: RunningSystem, rooms: Sequence[Room], observers: int) -> None:
    """A clerk and a judge for each court, an account for each observer."""
    workers = []
    for court in dict.fromkeys(room.court_key for room in rooms):
        workers.append(Worker(f"thuky.{court}", f"Thư ký {court}", Role.COURT_CLERK, court))
        workers.append(Worker(f"thamphan.{court}", f"Thẩm phán {court}", Role.PRESIDING_JUDGE, court))
    workers += [Worker(f"ksv{n}", f"Kiểm sát viên {n}", Role.PROSECUTOR, _BODY) for n in range(observers)]
    await add(running.settings, workers)


async def sit(running: RunningSystem, stack: AsyncExitStack, rooms: Sequence[Room]) -> list[str]:
    """A public hearing in each room, begun. Its id, in the order of the rooms."""
    body = next(row["name"] for row in rows(running.simulation.province / "units.csv") if row["key"] == _BODY)
    courts: dict[str, Court] = {}
    ids = []
    for number, room in enumerate(rooms, start=1):
        if room.court_key not in courts:
            clerk = await stack.enter_async_context(running.api(f"thuky.{room.court_key}"))
            judge = await stack.enter_async_context(running.api(f"thamphan.{room.court_key}"))
            courts[room.court_key] = Court(clerk, judge)
            await courts[room.court_key].learn_bodies([body])
        court = courts[room.court_key]
        case = Case(room.court, room.name, f"{number}/{{year}}/TLST-HS", "Vụ án trộm cắp tài sản", 8)
        hearing_id = await court.schedule(case, system_clock())
        if hearing_id is None:
            raise NoHearing(f"There is no hearing in {room.name}: its angles were not registered.")
        await court.begin(hearing_id)
        ids.append(hearing_id)
    return ids
