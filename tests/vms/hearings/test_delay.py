"""What a dump takes: never less than was asked for, never what was seen already."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from vms.hearings.delay import MOST_DROPPED, Span, unseen, with_span

NOW_MS = 1_795_000_000_000
spans = st.tuples(st.integers(0, 500), st.integers(0, 40)).map(lambda pair: Span(pair[0], pair[0] + pair[1]))


def test_the_last_seconds_are_those_that_nobody_has_seen() -> None:
    assert unseen(NOW_MS, NOW_MS - 900_000, 600, 30) == Span(NOW_MS - 30_000, NOW_MS)
    assert unseen(NOW_MS, NOW_MS - 900_000, 600, None) == Span(NOW_MS - 600_000, NOW_MS)
    assert unseen(NOW_MS, NOW_MS - 900_000, 600, 1_800) == Span(NOW_MS - 600_000, NOW_MS)


def test_before_the_opening_nothing_waits() -> None:
    assert unseen(NOW_MS, NOW_MS - 5_000, 600, None) == Span(NOW_MS - 5_000, NOW_MS)
    assert unseen(NOW_MS, NOW_MS + 1, 600, None) == Span(NOW_MS, NOW_MS)


@given(st.lists(spans, max_size=200))
def test_however_many_dumps_there_are_all_that_was_dropped_stays_dropped(dumps: list[Span]) -> None:
    kept: list[Span] = []
    for dump in dumps:
        kept = with_span(kept, dump)
        assert len(kept) <= MOST_DROPPED
        assert all(before.to_ms < after.from_ms for before, after in pairwise(kept))
    for dump in dumps:
        assert any(span.from_ms <= dump.from_ms and dump.to_ms <= span.to_ms for span in kept)
