import pytest
from hypothesis import given
from hypothesis import strategies as st

from vms.clock import DAY_MS
from vms.recordings.retention import Keeping, Reason, Stored, Sweep, Wishes
from vms.recordings.spans import Span

NOW_MS = 100 * DAY_MS
HOUR_MS = 3_600_000
CAMERAS = ("camera-a", "camera-b")
VOLUMES = ("fast", "slow")


def stored(camera_id: str = "camera-a", days_ago: float = 20, size: int = 10, volume: str = "fast") -> Stored:
    start_ms = NOW_MS - round(days_ago * DAY_MS)
    return Stored(camera_id, "main", volume, start_ms, start_ms + HOUR_MS, size)


segments = st.lists(
    st.builds(
        stored,
        st.sampled_from(CAMERAS),
        st.integers(0, 99),
        st.integers(1, 100),
        st.sampled_from(VOLUMES),
    ),
    max_size=40,
    unique=True,
).map(lambda found: sorted(found, key=lambda one: one.start_ms))
spans = st.lists(
    st.builds(
        lambda ago, days: Span(NOW_MS - ago * DAY_MS, NOW_MS - (ago - days) * DAY_MS),
        st.integers(0, 99),
        st.integers(0, 9),
    ),
    max_size=4,
)
keepings = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: Keeping(min(pair), max(pair)))
wishes_of_all_kinds = st.builds(
    Wishes,
    st.just(NOW_MS),
    keepings,
    st.dictionaries(st.sampled_from(CAMERAS), keepings),
    st.dictionaries(st.sampled_from(CAMERAS), spans),
    st.dictionaries(st.sampled_from(CAMERAS), spans),
    st.dictionaries(st.sampled_from(VOLUMES), st.integers(0, 2000)),
)


def used(found: list[Stored]) -> dict[str, int]:
    return {volume: sum(one.size_bytes for one in found if one.volume == volume) for volume in VOLUMES}


@given(segments, wishes_of_all_kinds)
def test_nothing_that_a_lock_touches_is_ever_named(found: list[Stored], wishes: Wishes) -> None:
    for doomed in Sweep(wishes, used(found)).consider(found):
        for lock in wishes.locks.get(doomed.segment.camera_id, ()):
            assert (
                doomed.segment.end_ms <= lock.start_ms or lock.end_ms <= doomed.segment.start_ms or not lock.length_ms
            )


@given(segments, wishes_of_all_kinds)
def test_nothing_younger_than_its_minimum_goes_unless_two_people_agreed(found: list[Stored], wishes: Wishes) -> None:
    for doomed in Sweep(wishes, used(found)).consider(found):
        young = NOW_MS - doomed.segment.end_ms <= wishes.of(doomed.segment.camera_id).min_days * DAY_MS
        assert not young or doomed.reason is Reason.EARLY


@given(segments, wishes_of_all_kinds)
def test_what_is_over_its_maximum_and_free_always_goes(found: list[Stored], wishes: Wishes) -> None:
    gone = {doomed.segment for doomed in Sweep(wishes, used(found)).consider(found)}
    for one in found:
        old = NOW_MS - one.end_ms > wishes.of(one.camera_id).max_days * DAY_MS
        assert not old or wishes.is_locked(one) or one in gone


@given(segments, wishes_of_all_kinds)
def test_a_quota_takes_the_oldest_first_and_no_more_than_it_needs(found: list[Stored], wishes: Wishes) -> None:
    sweep = Sweep(wishes, used(found))
    gone = sweep.consider(found)
    for volume in VOLUMES:
        by_quota = [one for one in gone if one.reason is Reason.QUOTA and one.segment.volume == volume]
        left = used([one for one in found if one not in {doomed.segment for doomed in gone}])[volume]
        quota = wishes.quota_bytes.get(volume)
        if by_quota:
            assert quota is not None
            # Before the last one went there was still too much; what went for other reasons later could not be known.
            later = sum(
                one.segment.size_bytes for one in gone[gone.index(by_quota[-1]) :] if one.segment.volume == volume
            )
            assert left + later > quota
            newest = by_quota[-1].segment.start_ms
            for one in found:
                may_go = NOW_MS - one.end_ms > wishes.of(one.camera_id).min_days * DAY_MS and not wishes.is_locked(one)
                if one.volume == volume and one.start_ms < newest and may_go:
                    assert one in {doomed.segment for doomed in gone}
        assert sweep.short.get(volume, 0) == (0 if quota is None else max(0, left - quota))


@given(segments, wishes_of_all_kinds)
def test_a_segment_that_is_given_twice_is_counted_once(found: list[Stored], wishes: Wishes) -> None:
    sweep = Sweep(wishes, used(found))
    first = sweep.consider(found)
    again = {doomed.segment for doomed in sweep.consider(found)}
    assert again.isdisjoint({doomed.segment for doomed in first})


def test_an_early_deletion_takes_only_whole_segments() -> None:
    one = stored(days_ago=5)
    half = Wishes(NOW_MS, Keeping(10, 30), early={"camera-a": [Span(one.start_ms, one.end_ms - 1)]})
    whole = Wishes(NOW_MS, Keeping(10, 30), early={"camera-a": [Span(one.start_ms, one.end_ms)]})
    assert Sweep(half, {}).consider([one]) == []
    assert [doomed.reason for doomed in Sweep(whole, {}).consider([one])] == [Reason.EARLY]


def test_a_volume_full_of_locked_recordings_says_that_it_stays_short() -> None:
    one = stored(days_ago=20, size=500)
    wishes = Wishes(NOW_MS, Keeping(1, 30), locks={"camera-a": [one.span]}, quota_bytes={"fast": 100})
    sweep = Sweep(wishes, {"fast": 500})
    assert sweep.consider([one]) == []
    assert sweep.short == {"fast": 400}


def test_a_minimum_above_the_maximum_is_no_rule() -> None:
    with pytest.raises(ValueError, match="min_days"):
        Keeping(31, 30)
