import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.rtp_packets import PPS, SPS_640X360
from streams.source.annexb import parse_avcc, parse_hvcc, split_annexb, split_lengths

nal = st.binary(min_size=1, max_size=50).filter(lambda nal: b"\x00\x00" not in nal and nal[-1] and nal[0])


@given(st.lists(st.tuples(nal, st.booleans()), max_size=10))
def test_annex_b_gives_back_what_was_joined(pieces):
    joined = b"".join((b"\x00\x00\x00\x01" if long else b"\x00\x00\x01") + nal for nal, long in pieces)
    assert split_annexb(joined) == [nal for nal, _ in pieces]


@given(st.lists(nal, max_size=10), st.sampled_from([2, 4]))
def test_lengths_give_back_what_was_joined(nals, length_bytes):
    assert split_lengths(b"".join(len(nal).to_bytes(length_bytes, "big") + nal for nal in nals), length_bytes) == nals


def test_avcc_gives_its_sets():
    sets = b"\xe1" + len(SPS_640X360).to_bytes(2, "big") + SPS_640X360 + b"\x01" + len(PPS).to_bytes(2, "big") + PPS
    assert parse_avcc(b"\x01\x42\xc0\x16\xff" + sets) == (4, [SPS_640X360, PPS])


@pytest.mark.parametrize("parse", [parse_avcc, parse_hvcc])
@given(data=st.binary(max_size=120))
def test_hostile_configurations_give_a_value_error_or_sets(parse, data):
    with contextlib.suppress(ValueError):
        parse(b"\x01" + data)


@given(st.binary(max_size=200))
def test_hostile_byte_streams_give_nals_or_a_value_error(data):
    split_annexb(data)
    with contextlib.suppress(ValueError):
        split_lengths(data, 4)
