"""`vms bench timeline`: months of recordings in the index, built for the test. How long until a day or a month of a camera is listed?"""

import asyncio
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from vms.cli.bench.result import Json, console, percentile, tell
from vms.clock import DAY_MS, day_begins_ms, local_day, system_clock
from vms.db.engine import Database
from vms.db.migrate import migrate
from vms.recordings.index import RecordingIndex
from vms.recordings.spans import Span
from vms.recordings.timeline import Timeline

_GAPS_A_DAY: Final = 6
_ALARMS_A_DAY: Final = 60
_ASKED_DAYS: Final = 300
_ASKED_MONTHS: Final = 60
_HOW: Final = (
    "a SQLite database made by the product's migrations, filled with {segments:,} segments of {segment_s} s, {gaps} gaps and "
    "{alarms} alarms a camera-day; then, through the same classes as the API, {days} random camera-days with all lanes (recorded, gaps "
    "with their causes, alarms) and {months} random camera-months day by day; 95 % of them were faster than what is printed. The file is "
    "{mb} MB and mostly in the page cache."
)


def timeline(
    cameras: Annotated[int, typer.Option(min=1, max=2000, help="Số camera · how many cameras.")] = 240,
    days: Annotated[int, typer.Option(min=1, max=366, help="Số ngày · how many days.")] = 30,
    segment_s: Annotated[int, typer.Option(min=5, max=3600, help="Độ dài đoạn · length of a segment.")] = 60,
    _json: Json = False,  # noqa: FBT002 typer
) -> None:
    """Dòng thời gian của nhiều tháng · listing days and months."""
    with tempfile.TemporaryDirectory(prefix="vong-timeline-") as folder:
        tell(asyncio.run(_measure(Path(folder), cameras, days, segment_s)))


async def _measure(folder: Path, cameras: int, days: int, segment_s: int) -> dict[str, object]:
    file = folder / "vong.sqlite"
    url = f"sqlite+aiosqlite:///{file}"
    await migrate(url)
    today = local_day(system_clock())
    dates = [today - timedelta(days=number) for number in range(days, 0, -1)]
    began = time.monotonic()
    segments = await asyncio.to_thread(_fill, file, cameras, dates, segment_s * 1000)
    console.print(f"{segments:,} đoạn sau {time.monotonic() - began:.0f} s · segments built")
    # What was built is still being written to the disk otherwise, and that is no part of the question.
    await asyncio.to_thread(os.sync)
    db = Database(url)
    try:
        asked = Timeline(db, RecordingIndex(db), system_clock)
        chance = random.Random(7)  # noqa: S311 the same days every time
        day_ms, month_ms = [], []
        for _ in range(_ASKED_DAYS):
            begins_ms = day_begins_ms(chance.choice(dates))
            camera = _camera(chance.randrange(cameras))
            started = time.perf_counter()
            lanes = await asked.lanes(camera, Span(begins_ms, begins_ms + DAY_MS))
            day_ms.append((time.perf_counter() - started) * 1000)
            assert lanes.gaps, "every day has gaps"
        for _ in range(_ASKED_MONTHS):
            camera = _camera(chance.randrange(cameras))
            started = time.perf_counter()
            found = await asked.days(camera, dates[0], dates[-1])
            month_ms.append((time.perf_counter() - started) * 1000)
            assert len(found) == days, "every day is listed"
            assert all(day.recorded_ms for day in found), "every day is recorded"
    finally:
        await db.close()
    return {
        "camera_day_p95_ms": percentile(day_ms, 0.95),
        "camera_day_p50_ms": percentile(day_ms, 0.5),
        "month_ms": percentile(month_ms, 0.95),
        "segments": segments,
        "cameras": cameras,
        "days": days,
        "how": _HOW.format(
            segments=segments,
            segment_s=segment_s,
            gaps=_GAPS_A_DAY,
            alarms=_ALARMS_A_DAY,
            days=_ASKED_DAYS,
            months=_ASKED_MONTHS,
            mb=file.stat().st_size // 1_000_000,
        ),
    }


def _camera(number: int) -> str:
    return f"camera-of-the-bench-{number:03}"


def _fill(file: Path, cameras: int, dates: list[date], segment_ms: int) -> int:
    """Straight into the file: the product's own way takes a transaction for each report."""
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        index = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'ix_recording_segment_volume_start_ms'")
        (create_index,) = index.fetchone()
        connection.execute("DROP INDEX ix_recording_segment_volume_start_ms")
        total = 0
        for number in range(cameras):
            camera = _camera(number)
            connection.execute(
                "INSERT INTO recording_plan (camera_id, valid_from_ms, mode, stream, pre_roll_s, post_roll_s, schedule, volumes, set_by)"
                " VALUES (?, 0, 'continuous', 'main', 5, 10, '[]', '[]', '')",
                (camera,),
            )
            for day in dates:
                rows, gaps = _day(camera, day, segment_ms, random.Random(f"{camera}{day}"))  # noqa: S311 repeatable
                connection.executemany(
                    "INSERT INTO recording_segment (camera_id, start_ms, stream, end_ms, volume, size_bytes, sha256, previous,"
                    " clock_offset_ms, codec, ended) VALUES (?, ?, 'main', ?, 'main', ?, ?, ?, 12, 'H264', 'cut')",
                    rows,
                )
                connection.executemany(
                    'INSERT INTO recording_gap (camera_id, start_ms, source, end_ms, cause, fault, "by", at_ms)'
                    " VALUES (?, ?, 'chain', ?, 'link', 'lost', '', 0)",
                    gaps,
                )
                connection.execute(
                    "INSERT INTO recording_day (camera_id, day, stream, volume, segments, recorded_ms, size_bytes)"
                    " VALUES (?, ?, 'main', 'main', ?, ?, ?)",
                    (
                        camera,
                        day.isoformat(),
                        len(rows),
                        sum(row[2] - row[1] for row in rows),
                        sum(row[3] for row in rows),
                    ),
                )
                connection.executemany(
                    "INSERT INTO alarm (id, camera_id, kind, zone, start_ms, end_ms, peak_share, has_snapshot)"
                    " VALUES (?, ?, 'motion', '', ?, ?, 0.1, 0)",
                    _alarms(camera, day),
                )
                total += len(rows)
        connection.execute(create_index)
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    return total


def _day(
    camera: str, day: date, segment_ms: int, chance: random.Random
) -> tuple[list[tuple[str, int, int, int, bytes, bytes]], list[tuple[str, int, int]]]:
    """A day's segments without a seam, but for a few gaps."""
    begins_ms = day_begins_ms(day)
    holes = sorted(chance.randrange(DAY_MS) for _ in range(_GAPS_A_DAY))
    hashes = os.urandom(32 * (DAY_MS // segment_ms + _GAPS_A_DAY + 3))
    rows, gaps, at_ms, number = [], [], 0, 1
    while at_ms < DAY_MS:
        if holes and holes[0] <= at_ms:
            end_ms = min(at_ms + chance.randrange(5_000, 120_000), DAY_MS)
            gaps.append((camera, begins_ms + at_ms, begins_ms + end_ms))
            holes, at_ms = [hole for hole in holes if hole > end_ms], end_ms
            continue
        end_ms = min(at_ms + segment_ms, DAY_MS)
        sha256, previous = hashes[32 * number : 32 * number + 32], hashes[32 * number - 32 : 32 * number]
        rows.append((camera, begins_ms + at_ms, begins_ms + end_ms, 15_000_000, sha256, previous))
        at_ms, number = end_ms, number + 1
    return rows, gaps


def _alarms(camera: str, day: date) -> Iterator[tuple[str, str, int, int]]:
    begins_ms = day_begins_ms(day)
    for number in range(_ALARMS_A_DAY):
        start_ms = begins_ms + number * DAY_MS // _ALARMS_A_DAY
        yield f"{camera}-{day}-{number}", camera, start_ms, start_ms + 8_000
