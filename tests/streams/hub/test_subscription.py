import asyncio
import threading

from hypothesis import given
from hypothesis import strategies as st

from streams.subscription import DropQueue, QueueLimits, TaskReader, ThreadReader
from streams.types.media import AccessUnit, Codec


def picture(number: int, *, keyframe: bool = False, size: int = 10) -> AccessUnit:
    return AccessUnit(Codec.H264, (bytes(size),), number, number, number, keyframe)


def test_a_full_queue_drops_to_the_next_keyframe_and_marks_the_hole():
    queue = DropQueue(QueueLimits(max_units=2))
    for number in range(4):
        queue.push(picture(number, keyframe=number == 0))
    assert [queue.pop().timestamp, queue.pop().timestamp] == [0, 1]
    assert not queue.push(picture(4))
    assert queue.push(picture(5, keyframe=True))
    resumed = queue.pop()
    assert (resumed.timestamp, resumed.discontinuity) == (5, True)
    assert queue.dropped_units == 3


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(1, 50)), max_size=200))
def test_what_leaves_a_queue_is_in_order_bounded_and_never_a_predicted_picture_after_a_hole(steps):
    limits = QueueLimits(max_units=5, max_bytes=120)
    queue = DropQueue(limits)
    pushed = popped = 0
    expected = None
    for number, (take, keyframe, size) in enumerate(steps):
        queued = queue.push(picture(number, keyframe=keyframe, size=size))
        pushed += queued
        assert len(queue) <= limits.max_units
        if take and len(queue):
            unit = queue.pop()
            popped += 1
            if expected is not None and unit.timestamp != expected:
                assert unit.keyframe
                assert unit.discontinuity
            expected = unit.timestamp + 1
    assert pushed + queue.dropped_units == len(steps)
    assert popped + len(queue) == pushed


async def test_a_task_takes_units_as_they_come_until_the_end():
    reader = TaskReader()
    got: list[int] = []

    async def take() -> None:
        got.extend([unit.timestamp async for unit in reader])

    async with asyncio.TaskGroup() as group:
        group.create_task(take())
        for number in range(3):
            reader.deliver(picture(number, keyframe=True))
            await asyncio.sleep(0)
        reader.close()
    assert got == [0, 1, 2]


def test_a_thread_takes_units_and_ends_when_the_reader_is_closed():
    reader = ThreadReader()
    got: list[int] = []

    def take() -> None:
        while (unit := reader.get(timeout_s=10)) is not None:
            got.append(unit.timestamp)

    thread = threading.Thread(target=take)
    thread.start()
    for number in range(3):
        reader.deliver(picture(number, keyframe=True))
    reader.close()
    thread.join(10)
    assert got == [0, 1, 2]
    assert reader.get(timeout_s=0) is None
