from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.relay.quality import FLOOR_BPS, Budget, Heard, allot

rungs = st.lists(st.integers(0, 5_000_000), min_size=2, max_size=3).map(sorted)
walls = st.lists(rungs, max_size=20)


@given(walls, st.integers(0, 20_000_000))
def test_no_more_is_spent_than_there_is_but_for_the_keyframes_that_everyone_gets(costs, limit_bps):
    chosen = allot(costs, limit_bps)
    spent = sum(each[rung] for each, rung in zip(costs, chosen, strict=True))
    assert spent <= max(limit_bps, sum(each[0] for each in costs))


@given(walls, st.integers(0, 20_000_000), st.integers(0, 20_000_000))
def test_more_budget_never_lifts_fewer_views_to_the_second_rung(costs, one, other):
    low, high = sorted((one, other))
    lifted = [sum(rung > 0 for rung in allot(costs, limit)) for limit in (low, high)]
    cheap_first = all(a[1] - a[0] <= b[1] - b[0] for a, b in pairwise(costs))
    assert lifted[0] <= lifted[1] or not cheap_first


@given(walls)
def test_without_a_limit_everyone_gets_what_was_asked_for(costs):
    assert allot(costs, None) == [len(each) - 1 for each in costs]


def link(capacity_bps: int, seconds: int, costs: list[int]) -> tuple[list[int], Budget]:
    """A view on a link that loses what it does not carry: the rung in each second."""
    budget, rung, shown = Budget(0.0), len(costs) - 1, []
    for second in range(seconds):
        sent_bps = costs[rung]
        lost_share = max(0.0, 1 - capacity_bps / sent_bps) if sent_bps else 0.0
        heard = Heard(sent_bps=sent_bps, wanted_bps=costs[-1], lost_share=lost_share)
        rung = allot([costs], budget.second(heard, float(second)))[0]
        shown.append(rung)
    return shown, budget


@settings(deadline=None)
@given(st.integers(100_000, 20_000_000), st.integers(10, 200), st.integers(300, 900), st.integers(2, 8))
def test_on_a_steady_link_a_view_finds_its_rung_and_tries_the_next_ever_more_rarely(capacity, keys, sub, times):
    costs = [keys * 100, sub * 1000, sub * 1000 * times]
    shown, _ = link(capacity, 900, costs)
    # A little loss is mended and takes nothing away: a rung that just does not fit is as good as the one below.
    fitting = [
        max(rung for rung, cost in enumerate(costs) if cost <= max(c, costs[0])) for c in (capacity, capacity / 0.9)
    ]
    assert sum(rung in fitting for rung in shown[120:]) >= 0.9 * len(shown[120:])
    assert sum(a != b for a, b in pairwise(shown[120:])) <= 30


def test_a_link_that_heals_gets_everything_back():
    budget = Budget(0.0)
    for second in range(5):
        budget.second(Heard(4_000_000, 4_000_000, lost_share=0.5), float(second))
    assert budget.limit_bps is not None
    for second in range(5, 300):
        budget.second(Heard(sent_bps=budget.limit_bps or 4_000_000, wanted_bps=4_000_000), float(second))
    assert budget.limit_bps is None


@given(st.lists(st.floats(0, 0.09), min_size=1, max_size=60))
def test_what_a_radio_link_loses_by_itself_takes_nothing_away(losses):
    budget = Budget(0.0)
    for second, lost_share in enumerate(losses):
        heard = Heard(500_000, 500_000, lost_share=lost_share, round_trip_ms=80.0, estimate_bps=760_000)
        assert budget.second(heard, float(second)) is None


def test_a_queue_in_the_network_is_seen_by_the_round_trip_before_anything_is_lost():
    budget = Budget(0.0)
    for second, trip_ms in enumerate([40.0, 42.0, 300.0, 600.0, 900.0]):
        budget.second(Heard(4_000_000, 4_000_000, round_trip_ms=trip_ms, estimate_bps=3_500_000), float(second))
    assert budget.limit_bps is not None
    assert FLOOR_BPS <= budget.limit_bps < 3_500_000


def test_one_bad_second_is_not_yet_a_thin_link():
    budget = Budget(0.0)
    assert budget.second(Heard(500_000, 500_000, lost_share=0.15), 0.0) is None
    assert budget.second(Heard(500_000, 500_000), 1.0) is None
    assert budget.second(Heard(500_000, 500_000, lost_share=0.15), 2.0) is None
    assert budget.second(Heard(500_000, 500_000, lost_share=0.15), 3.0) is not None
