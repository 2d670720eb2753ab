import struct

from hypothesis import given
from hypothesis import strategies as st

from fakes.rtp_packets import sender_report
from streams.rtsp.rtcp import Reception, build_receiver_report, parse_sender_reports


@given(seconds=st.floats(0, 2e9), timestamp=st.integers(0, 2**32 - 1))
def test_a_sender_report_gives_the_cameras_time_and_its_timestamp(seconds, timestamp):
    (report,) = parse_sender_reports(sender_report(seconds, timestamp))
    assert abs(report.camera_ns - seconds * 1e9) < 1000
    assert (report.rtp_timestamp, report.ssrc) == (timestamp, 7)


def test_a_report_behind_other_packets_of_a_compound_is_found():
    other = struct.pack("!BBHI", 0x81, 202, 1, 7)
    assert len(parse_sender_reports(other + sender_report(1e9, 5))) == 1


@given(st.binary(max_size=200))
def test_hostile_rtcp_never_raises(data):
    parse_sender_reports(data)
    parse_sender_reports(b"\x80\xc8" + data)


@given(st.integers(0, 2**31), st.integers(0, 2**40), st.integers(-5, 2**62))
def test_a_receiver_report_is_well_formed(lost, highest, since_ns):
    compound = build_receiver_report(1, "vong", Reception(7, highest, lost, 300, 9, max(since_ns, 0)))
    position, kinds = 0, []
    while position < len(compound):
        first, kind, words = struct.unpack_from("!BBH", compound, position)
        assert first >> 6 == 2
        kinds.append(kind)
        position += 4 + 4 * words
    assert position == len(compound)
    assert kinds == [201, 202]
