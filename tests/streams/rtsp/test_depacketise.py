from hypothesis import given
from hypothesis import strategies as st

from fakes.rtp_packets import IDR, PPS, SPS_640X360, P, aggregate, fragment_h264, fragment_h265, rtp
from streams.rtsp.h264 import h264_nals
from streams.rtsp.h265 import h265_nals
from streams.rtsp.rtp import GAP
from streams.rtsp.sdp import Media
from streams.rtsp.sound import AacFraming, aac_frames, aac_framing
from streams.types.media import Codec

nal264 = st.builds(
    lambda kind, body: bytes((0x60 | kind,)) + body, st.integers(1, 23), st.binary(min_size=2, max_size=400)
)
nal265 = st.builds(
    lambda kind, body: bytes((kind << 1, 1)) + body, st.integers(0, 40), st.binary(min_size=2, max_size=400)
)

AAC = Media("audio", 97, Codec.AAC, 48_000, 1, "", {"sizelength": "13", "indexlength": "3", "indexdeltalength": "3"})


def packed(payloads: list[bytes]) -> list[bytes]:
    return [rtp(payload, number, 0) for number, payload in enumerate(payloads)]


@given(st.lists(st.tuples(nal264, st.integers(10, 100)), min_size=1, max_size=6))
def test_h264_fragments_and_single_units_give_back_what_was_sent(pieces):
    payloads = [part for nal, size in pieces for part in (fragment_h264(nal, size) if len(nal) > size + 1 else [nal])]
    expected = [nal for nal, _ in pieces]
    nals, damaged = h264_nals(packed(payloads))
    if not any(b"\x00\x00\x01" in nal for nal in expected):
        assert nals == expected
    assert not damaged


@given(st.lists(nal264, min_size=1, max_size=6))
def test_h264_aggregates_give_back_what_was_sent(nals):
    assert h264_nals(packed([aggregate(nals)])) == (nals, False)


@given(st.lists(st.tuples(nal265, st.integers(10, 100)), min_size=1, max_size=6))
def test_h265_fragments_and_single_units_give_back_what_was_sent(pieces):
    payloads = [part for nal, size in pieces for part in (fragment_h265(nal, size) if len(nal) > size + 2 else [nal])]
    assert h265_nals(packed(payloads)) == ([nal for nal, _ in pieces], False)


@given(st.lists(nal265, min_size=1, max_size=6))
def test_h265_aggregates_give_back_what_was_sent(nals):
    assert h265_nals(packed([aggregate(nals, b"\x60\x01")])) == (nals, False)


def test_a_nal_with_a_hole_is_left_out_and_the_picture_called_damaged():
    first, *_, last = packed(fragment_h264(IDR, 500))
    assert h264_nals([first, GAP, last, *packed([P])]) == ([P], True)


def test_a_fragment_without_its_start_damages_the_picture():
    assert h264_nals(packed(fragment_h264(IDR, 500))[1:]) == ([], True)


def test_a_fragment_that_nobody_ended_ends_with_the_picture():
    payloads = fragment_h264(IDR, 500)
    payloads[-1] = payloads[-1][:1] + bytes((payloads[-1][1] & ~0x40,)) + payloads[-1][2:]
    assert h264_nals(packed(payloads)) == ([IDR], False)


def test_an_annex_b_run_inside_one_packet_is_taken_apart():
    run = SPS_640X360 + b"\x00\x00\x00\x01" + PPS + b"\x00\x00\x01" + P
    assert h264_nals(packed([run])) == ([SPS_640X360, PPS, P], False)


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=10))
def test_hostile_payloads_give_some_nals_and_no_error(payloads):
    h264_nals(packed(payloads))
    h265_nals([packet for packet in packed(payloads) if len(packet) > 12])
    aac_frames(payloads, AacFraming(13, 3, 3))


@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=8))
def test_aac_frames_are_given_back(frames):
    headers = b"".join((len(frame) << 3).to_bytes(2, "big") for frame in frames)
    payload = (len(headers) * 8).to_bytes(2, "big") + headers + b"".join(frames)
    assert aac_frames([payload], aac_framing(AAC)) == frames


@given(st.binary(min_size=100, max_size=2000), st.integers(30, 900))
def test_an_aac_frame_that_was_cut_over_packets_is_whole_again_or_left_out(frame, size):
    header = (16).to_bytes(2, "big") + (len(frame) << 3).to_bytes(2, "big")
    packets = [header + frame[at : at + size] for at in range(0, len(frame), size)]
    assert aac_frames(packets, aac_framing(AAC)) == [frame]
    assert aac_frames(packets[:-1], aac_framing(AAC)) == []
