"""What a segment says of itself, and what becomes of it when somebody changes it."""

import hashlib
import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.recordings import NOON_NS, S, pictures, segment
from streams.types.segment_file import (
    CHECK_UUID,
    NotASegment,
    check_file,
    read_box,
    read_head,
    read_tail,
    scan_checks,
)


@pytest.fixture(scope="module")
def whole() -> bytes:
    return segment(pictures(NOON_NS, 4))


def checks(data: bytes) -> list[int]:
    """Where each check ends."""
    ends, at, file = [], 0, io.BytesIO(data)
    while (box := read_box(file, at, len(data))) is not None:
        at = box.end
        if box.kind == CHECK_UUID:
            ends.append(at)
    return ends


def test_a_segment_as_written_is_right_and_tells_its_facts(whole: bytes) -> None:
    file = io.BytesIO(whole)
    found = check_file(file, hashlib.sha256(whole).hexdigest())
    assert (found.wrong, found.closed, found.size) == (None, True, len(whole))
    assert found.sha256 == hashlib.sha256(whole).hexdigest()
    assert read_head(file).start_ns == NOON_NS
    tail = read_tail(file)
    assert tail.pictures == 60
    assert abs(tail.end_ns - NOON_NS - 4 * S) < S / 100


def test_each_flipped_bit_is_found_in_the_range_that_is_named(whole: bytes) -> None:
    rng = random.Random(6)
    ends = checks(whole)
    said = hashlib.sha256(whole).hexdigest()
    for _ in range(1000):
        at = rng.randrange(len(whole))
        changed = bytearray(whole)
        changed[at] ^= 1 << rng.randrange(8)
        found = check_file(io.BytesIO(changed), said)
        assert found.wrong is not None, at
        start, end = found.wrong
        assert start <= at < end, at
        assert start == max([0, *(one for one in ends if one <= at)])


def test_an_edit_of_the_same_size_is_found_without_knowing_the_hash(whole: bytes) -> None:
    third, fourth = checks(whole)[3:5]
    middle = (third + fourth) // 2
    changed = whole[:middle] + bytes(200) + whole[middle + 200 :]
    found = check_file(io.BytesIO(changed))
    assert found.wrong == (third, fourth)


def test_fragments_that_changed_places_are_found(whole: bytes) -> None:
    ends = checks(whole)
    first, second = whole[ends[0] : ends[1]], whole[ends[1] : ends[2]]
    changed = whole[: ends[0]] + second + first + whole[ends[2] :]
    found = check_file(io.BytesIO(changed))
    assert found.wrong is not None
    assert found.wrong[0] == ends[0]


def test_a_file_made_anew_with_checks_of_its_own_is_found_by_the_hash_alone(whole: bytes) -> None:
    other = segment(pictures(NOON_NS, 3))
    assert check_file(io.BytesIO(other)).wrong is None
    found = check_file(io.BytesIO(other), hashlib.sha256(whole).hexdigest())
    assert found.wrong is not None


def test_cut_at_any_byte_it_is_whole_up_to_its_last_check() -> None:
    data = segment(pictures(NOON_NS, 1))
    ends = checks(data)
    for size in range(0, len(data), 97):
        scan = scan_checks(io.BytesIO(data[:size]))
        assert scan.good_end == max([0, *(end for end in ends if end <= size)])
        assert scan.good_hash.hexdigest() == hashlib.sha256(data[: scan.good_end]).hexdigest()
        assert not check_file(io.BytesIO(data[:size])).closed


@given(st.binary(max_size=300))
def test_junk_is_no_segment_and_does_no_harm(junk: bytes) -> None:
    file = io.BytesIO(junk)
    with pytest.raises(NotASegment):
        read_head(file)
    with pytest.raises(NotASegment):
        read_tail(file)
    assert check_file(file).closed is False


@given(st.integers(0, 400), st.binary(min_size=1, max_size=40))
def test_a_damaged_head_is_an_error_or_a_head(at: int, junk: bytes) -> None:
    data = HEAD[:at] + junk + HEAD[at + len(junk) :]
    try:
        read_head(io.BytesIO(data))
    except NotASegment:
        return


HEAD = segment(pictures(NOON_NS, 1))[:2000]
