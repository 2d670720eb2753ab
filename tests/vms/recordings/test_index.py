import random
from dataclasses import replace
from datetime import date

from vms.clock import DAY_MS, day_begins_ms
from vms.db.engine import Database
from vms.recordings.index import DaySum, RecordingIndex, Segment
from vms.recordings.retention import Stored
from vms.recordings.spans import Span, joined

DAY = date(2026, 11, 24)
MIDNIGHT_MS = day_begins_ms(DAY)
MINUTE_MS = 60_000


def segment(minute: int = 0, *, camera_id: str = "camera-a", volume: str = "v1", size: int = 1000) -> Segment:
    start_ms = MIDNIGHT_MS + minute * MINUTE_MS
    return Segment(camera_id, start_ms, "main", start_ms + MINUTE_MS, volume, size, bytes(32), b"", 12)


def stored(one: Segment) -> Stored:
    return Stored(one.camera_id, one.stream, one.volume, one.start_ms, one.end_ms, one.size_bytes)


async def test_a_segment_told_twice_is_one_row_and_counted_once(any_database: Database) -> None:
    index = RecordingIndex(any_database)
    assert await index.add([segment(0), segment(1)]) == 2
    assert await index.add([segment(1), segment(0), segment(1)]) == 0
    assert await index.days("camera-a", DAY, DAY) == [DaySum("2026-11-24", 2, 2 * MINUTE_MS, 2000)]


async def test_a_segment_told_with_another_end_moves_the_sums_by_the_difference(any_database: Database) -> None:
    index = RecordingIndex(any_database)
    await index.add([segment(0)])
    assert await index.add([replace(segment(0), end_ms=MIDNIGHT_MS + 30_000, size_bytes=400)]) == 1
    assert await index.days("camera-a", DAY, DAY) == [DaySum("2026-11-24", 1, 30_000, 400)]
    assert await index.used_bytes() == {"v1": 400}


async def test_what_is_forgotten_is_in_no_list_and_in_no_sum(any_database: Database) -> None:
    index = RecordingIndex(any_database)
    await index.add([segment(0), segment(1)])
    assert await index.forget([stored(segment(0)), stored(segment(5))]) == 1
    assert await index.forget([stored(segment(0))]) == 0
    assert await index.between("camera-a", Span(MIDNIGHT_MS, MIDNIGHT_MS + DAY_MS)) == [segment(1)]
    await index.forget([stored(segment(1))])
    assert await index.days("camera-a", DAY, DAY) == []
    assert await index.used_bytes() == {}


async def test_a_copy_on_another_volume_is_not_forgotten_by_mistake(any_database: Database) -> None:
    index = RecordingIndex(any_database)
    await index.add([segment(0, volume="v2")])
    assert await index.forget([stored(segment(0, volume="v1"))]) == 0


async def test_a_span_gets_whatever_touches_it_in_order_and_nothing_of_others(any_database: Database) -> None:
    index = RecordingIndex(any_database)
    await index.add([segment(3), segment(1), segment(2), segment(2, camera_id="camera-b"), segment(9)])
    found = await index.between("camera-a", Span(MIDNIGHT_MS + 90_000, MIDNIGHT_MS + 180_001))
    assert found == [segment(1), segment(2), segment(3)]
    assert await index.between("camera-a", Span(MIDNIGHT_MS + 240_000, MIDNIGHT_MS + 540_000)) == []
    assert await index.next_start_ms("camera-a", MIDNIGHT_MS + 240_000) == segment(9).start_ms


async def test_the_database_joins_segments_as_we_would(any_database: Database) -> None:
    index = RecordingIndex(any_database)
    chance = random.Random(3)
    everything = []
    for number in range(60):
        start_ms = MIDNIGHT_MS + number * 10_000 + chance.randrange(9_000)
        end_ms = start_ms + chance.randrange(1, 25_000)
        everything.append(Segment("camera-a", start_ms, "main", end_ms, "v1", 1, bytes(32)))
    await index.add(everything)
    for _ in range(20):
        begin_ms = MIDNIGHT_MS + chance.randrange(600_000)
        span = Span(begin_ms, begin_ms + chance.randrange(300_000))
        slack_ms = chance.choice([0, 1500])
        expected = joined((one.span for one in await index.between("camera-a", span)), slack_ms)
        assert await index.recorded("camera-a", span, slack_ms) == expected


async def test_a_day_begins_at_midnight_in_vietnam(any_database: Database) -> None:
    index = RecordingIndex(any_database)
    await index.add([segment(-1), segment(0)])
    found = await index.days("camera-a", date(2026, 11, 1), date(2026, 11, 30))
    assert [one.day for one in found] == ["2026-11-23", "2026-11-24"]


async def test_the_oldest_of_a_volume_come_page_by_page_without_loss(any_database: Database) -> None:
    index = RecordingIndex(any_database)
    everything = [segment(minute, camera_id=camera) for minute in range(5) for camera in ("camera-a", "camera-b")]
    await index.add([*everything, segment(0, camera_id="camera-c", volume="v2")])
    found: list[Stored] = []
    place = (0, "", "")
    while page := await index.oldest_of_volume("v1", place, 3):
        found += page
        place = (page[-1].start_ms, page[-1].camera_id, page[-1].stream)
    assert found == [stored(one) for one in everything]
    old = await index.ended_before("camera-a", MIDNIGHT_MS + 3 * MINUTE_MS + 1, 0, 10)
    assert [one.start_ms for one in old] == [segment(minute).start_ms for minute in range(3)]
