from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from vms.recordings.spans import Span, joined, total_ms, within, without

SPANS = st.lists(st.builds(Span, st.integers(0, 60), st.integers(0, 60)), max_size=12)


def moments(spans: list[Span]) -> set[int]:
    return {moment for span in spans for moment in range(span.start_ms, span.end_ms)}


def in_order(spans: list[Span]) -> bool:
    return all(span.start_ms < span.end_ms for span in spans) and all(
        before.end_ms < after.start_ms for before, after in pairwise(spans)
    )


@given(SPANS)
def test_joined_spans_cover_the_same_moments_and_stand_apart(spans: list[Span]) -> None:
    assert moments(joined(spans)) == moments(spans)
    assert in_order(joined(spans))
    assert total_ms(spans) == len(moments(spans))


@given(SPANS, SPANS)
def test_without_leaves_exactly_the_moments_that_are_not_taken(spans: list[Span], taken: list[Span]) -> None:
    assert moments(without(spans, taken)) == moments(spans) - moments(taken)
    assert in_order(without(spans, taken))


@given(SPANS, st.builds(Span, st.integers(0, 60), st.integers(0, 60)))
def test_within_is_what_both_cover(spans: list[Span], window: Span) -> None:
    assert moments(within(spans, window)) == moments(spans) & moments([window])


def test_slack_joins_what_is_almost_together() -> None:
    assert joined([Span(0, 10), Span(12, 20), Span(30, 40)], slack_ms=2) == [Span(0, 20), Span(30, 40)]
