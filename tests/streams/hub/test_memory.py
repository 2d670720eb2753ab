"""What a stream holds in memory, whatever its camera sends."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from fakes.units import picture
from streams.hub import CacheLimits, Hub
from streams.liveness import LivenessRules, LivenessWatch
from streams.subscription import QueueLimits, TaskReader, ThreadReader

LIMITS = CacheLimits(max_bytes=50_000, max_units=20)


@given(st.lists(st.tuples(st.booleans(), st.integers(20, 30_000)), max_size=120))
def test_a_hub_never_holds_more_than_its_limits(pictures):
    hub = Hub("camera", limits=LIMITS)
    for number, (keyframe, size) in enumerate(pictures):
        hub.on_unit(picture(number / 15, keyframe=keyframe, size=size))
        assert hub.cached_bytes == sum(unit.size_bytes for unit in hub.cached())
        assert hub.cached_bytes <= LIMITS.max_bytes
        assert len(hub.cached()) <= LIMITS.max_units


def test_a_reader_that_never_reads_holds_its_limit_and_counts_the_rest():
    for reader in (TaskReader(QueueLimits(32, 100_000)), ThreadReader(QueueLimits(32, 100_000))):
        tracemalloc.start()
        for number in range(5000):
            reader.deliver(picture(number / 15, keyframe=number % 30 == 0, size=3000))
        held_bytes, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert held_bytes < 200_000
        assert reader.dropped_units >= 4960


def test_proof_of_life_remembers_a_bounded_number_of_keyframes():
    watch = LivenessWatch(LivenessRules(max_keyframes=50))
    tracemalloc.start()
    for number in range(5000):
        watch.on_unit(picture(number / 15, keyframe=True, size=3000, fill=number))
    held_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held_bytes < 50_000
