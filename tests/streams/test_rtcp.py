from hypothesis import given
from hypothesis import strategies as st

from streams.rtcp import (
    MAX_LOST,
    Bandwidth,
    KeyframeWanted,
    Nack,
    Report,
    Sent,
    goodbye,
    middle_ntp,
    parse,
    sender_report,
)


def nack(ssrc: int, *pairs: tuple[int, int]) -> bytes:
    body = b"".join(first.to_bytes(2, "big") + mask.to_bytes(2, "big") for first, mask in pairs)
    words = 2 + len(pairs)
    return bytes((0x81, 205)) + words.to_bytes(2, "big") + bytes(4) + ssrc.to_bytes(4, "big") + body


def test_a_nack_names_its_packets_across_the_wrap():
    assert list(parse(nack(9, (65535, 0b101)))) == [Nack(9, (65535, 0, 2))]


def test_a_picture_loss_and_a_full_intra_request_are_wishes_for_a_keyframe():
    pli = bytes((0x81, 206, 0, 2)) + bytes(4) + (7).to_bytes(4, "big")
    fir = bytes((0x84, 206, 0, 4)) + bytes(8) + (8).to_bytes(4, "big") + bytes(4)
    assert list(parse(pli + fir)) == [KeyframeWanted(7), KeyframeWanted(8)]


def test_a_receiver_report_tells_the_lost_share():
    body = bytes(4) + (5).to_bytes(4, "big") + bytes((64, 0, 0, 1)) + bytes(4) + (3).to_bytes(4, "big") + bytes(8)
    assert list(parse(bytes((0x81, 201, 0, 7)) + body)) == [Report(5, 0.25, 3)]


def test_a_receivers_estimate_is_read_as_its_mantissa_and_exponent():
    remb = bytes((0x8F, 206, 0, 5)) + bytes(8) + b"REMB" + bytes((1, 4 << 2 | 1, 0x86, 0xA0)) + (9).to_bytes(4, "big")
    assert list(parse(remb)) == [Bandwidth(0x186A0 << 4)]


@given(st.integers(0, 2**62), st.integers(0, 20_000), st.integers(0, 20_000))
def test_the_round_trip_is_what_is_left_without_the_receivers_pause(sent_ns, trip_ms, pause_ms):
    now_ns = sent_ns + (trip_ms + pause_ms) * 1_000_000
    report = Report(1, 0.0, 0, middle_ntp(sent_ns) or 1, pause_ms * 65536 // 1000)
    assert abs(report.round_trip_ms(now_ns) - trip_ms) < 1


def test_a_round_trip_that_cannot_be_is_none():
    assert Report(1, 0.0, 0).round_trip_ms(10**18) is None
    assert Report(1, 0.0, 0, middle_ntp(10**18), 65536).round_trip_ms(10**18) is None


def test_a_nack_for_everything_is_cut():
    (found,) = parse(nack(1, *[(n * 17, 0xFFFF) for n in range(200)]))
    assert len(found.seqs) == MAX_LOST


@given(st.binary(max_size=400))
def test_junk_is_read_without_an_error(junk):
    list(parse(junk))
    list(parse(b"\x81" + junk))


def test_our_own_reports_are_well_formed():
    assert len(sender_report(Sent(1, 2**40, 2**33, 5), 10**18)) % 4 == 0
    assert list(parse(sender_report(Sent(1, 2, 3, 4), 10**18) + goodbye(1)))
