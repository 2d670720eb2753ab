from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fakes.recordings import NOON_NS, VIDEO, S, cutter_of, pictures
from streams.record.cutter import CutRules, Cutter
from streams.record.orders import Begin, End, Order, Piece
from streams.types.media import AccessUnit, Codec, Track
from streams.types.recording import SegmentEnd

SETS = (b"\x67\x42\x00\x1e\x00", b"\x68\xce\x3c\x80\x00")
OTHER_SETS = (b"\x67\x42\x00\x1f\x00", b"\x68\xce\x3c\x80\x00")


def unit(at_ns: int, *, keyframe: bool, number: int = 0, sets: tuple[bytes, ...] = SETS) -> AccessUnit:
    body = (*sets, b"\x65" + number.to_bytes(8, "big")) if keyframe else (b"\x41" + number.to_bytes(8, "big"),)
    return AccessUnit(Codec.H264, body, 0, at_ns, at_ns, keyframe)


def orders_of(cutter: Cutter, units: Iterable[AccessUnit]) -> list[Order]:
    return [order for one in units for order in cutter.take(one)]


def video_of(orders: Iterable[Order]) -> list[AccessUnit]:
    return [one for order in orders if isinstance(order, Piece) for one in order.units if one.codec.is_video]


steps = st.lists(
    st.tuples(
        st.integers(0, 3_500),  # ms since the picture before
        st.sampled_from(["key", "predicted", "predicted", "predicted", "other sets", "sound"]),
    ),
    max_size=120,
)


@given(steps, st.integers(0, 86_400_000))
def test_every_picture_from_a_keyframe_on_is_in_exactly_one_segment_in_its_order(steps, offset_ms):
    at_ns = NOON_NS + offset_ms * 1_000_000
    units = []
    for number, (step_ms, kind) in enumerate(steps):
        at_ns += step_ms * 1_000_000
        if kind == "sound":
            units.append(AccessUnit(Codec.PCMA, (bytes(160),), 0, at_ns, at_ns))
        else:
            sets = OTHER_SETS if kind == "other sets" else SETS
            units.append(unit(at_ns, keyframe=kind != "predicted", number=number, sets=sets))
    cutter = cutter_of((VIDEO, Track(Codec.PCMA, 8000, 1)))
    orders = orders_of(cutter, units)
    orders += cutter.end(SegmentEnd.RELEASED)

    kept = video_of(orders)
    assert [one.capture_ns for one in kept] == sorted(one.capture_ns for one in kept)
    assert len({id(one) for one in kept}) == len(kept)
    expected, running, last_ns = [], False, 0
    lost = {id(one) for one in units if one.codec.is_video} - {id(one) for one in kept}
    for one in units:
        if one.codec.is_video:
            running = (running and one.capture_ns - last_ns <= 2 * S) or one.keyframe
            if running:
                expected.append(one)
                last_ns = one.capture_ns
    # A longer distance of pictures makes what counts as a hole longer: never is more lost than by the plain rule.
    assert not lost & {id(one) for one in expected}

    begun = False
    for order in orders:
        if isinstance(order, Begin):
            assert not begun
            begun, fresh = True, order
        elif isinstance(order, Piece):
            assert begun
            assert order.link is fresh.link
            first = next(one for one in order.units if one.codec.is_video) if video_of([order]) else None
            if first is not None and first.capture_ns == fresh.start_ns:
                assert first.keyframe
        elif isinstance(order, End):
            assert order.link is fresh.link
            begun = False
    assert not begun


def test_a_segment_ends_at_the_keyframe_that_begins_the_next():
    cutter = cutter_of()
    orders = orders_of(cutter, pictures(NOON_NS, 5))
    begins = [order for order in orders if isinstance(order, Begin)]
    ends = [order for order in orders if isinstance(order, End)]
    assert [round((begin.start_ns - NOON_NS) / S) for begin in begins] == [0, 2, 4]
    assert [end.end_ns for end in ends] == [begin.start_ns for begin in begins[1:]]
    assert {end.ended for end in ends} == {SegmentEnd.CUT}
    assert begins[1].previous is begins[0].link


def test_a_fragment_lasts_half_a_second_at_most():
    units = pictures(NOON_NS, 4, gop=60)
    orders = orders_of(cutter_of(rules=CutRules()), units)
    for piece in (order for order in orders if isinstance(order, Piece)):
        assert piece.next_ns - piece.units[0].capture_ns <= 0.5 * S + S / 15


def test_midnight_begins_a_new_segment():
    midnight_ns = NOON_NS + 12 * 3600 * S
    units = pictures(midnight_ns - S, 2)
    begins = [order for order in orders_of(cutter_of(rules=CutRules()), units) if isinstance(order, Begin)]
    assert [begin.start_ns for begin in begins] == [midnight_ns - S, midnight_ns]


def test_other_parameter_sets_begin_a_new_segment():
    units = [unit(NOON_NS + n * S // 10, keyframe=n % 5 == 0, number=n) for n in range(10)]
    changed = [replace(one, parts=(*OTHER_SETS, one.parts[-1])) if one.keyframe else one for one in units[5:]]
    ends = [order for order in orders_of(cutter_of(), [*units[:5], *changed]) if isinstance(order, End)]
    assert [end.ended for end in ends] == [SegmentEnd.FORMAT]


def test_a_hole_ends_the_segment_where_its_last_picture_ends():
    units = pictures(NOON_NS, 1) + pictures(NOON_NS + 10 * S, 1)
    orders = orders_of(cutter_of(), units)
    end = next(order for order in orders if isinstance(order, End))
    assert end.ended is SegmentEnd.GAP
    assert abs(end.end_ns - NOON_NS - S) < S / 100
    assert len(video_of(orders)) >= 15 + 7


def test_a_camera_of_one_picture_in_three_seconds_has_no_holes():
    units = [unit(NOON_NS + n * 3 * S // 2, keyframe=n % 4 == 0, number=n) for n in range(6)]
    units += [unit(units[-1].capture_ns + (n + 1) * 3 * S, keyframe=n % 4 == 2, number=n) for n in range(6)]
    ends = [order for order in orders_of(cutter_of(rules=CutRules()), units) if isinstance(order, End)]
    assert ends == []


def test_nothing_is_begun_without_parameter_sets():
    naked = AccessUnit(Codec.H264, (b"\x65abc",), 0, NOON_NS, NOON_NS, keyframe=True)
    assert orders_of(cutter_of(), [naked]) == []


def test_sound_alone_never_grows_without_bound():
    cutter = cutter_of((VIDEO, Track(Codec.PCMA, 8000, 1)))
    list(cutter.take(pictures(NOON_NS, 1)[0]))
    said = [AccessUnit(Codec.PCMA, (bytes(1000),), 0, NOON_NS + n, NOON_NS) for n in range(10_000)]
    longest = max(len(order.units) for order in orders_of(cutter, said) if isinstance(order, Piece))
    assert longest <= 2001


def test_fragments_follow_each_other_to_the_tick():
    orders = orders_of(cutter_of(), pictures(NOON_NS, 3))
    pieces = [order for order in orders if isinstance(order, Piece)]
    for before, after in pairwise(pieces):
        assert before.next_ns == after.units[0].capture_ns
