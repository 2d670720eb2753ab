import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.rtp_packets import H265_PPS, H265_SPS, H265_VPS, PPS, SPS_640X360
from streams.rtsp.faults import BadBytes
from streams.rtsp.sdp import parse_sdp
from streams.types.media import Codec


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


FULL = f"""v=0
o=- 1 1 IN IP4 10.0.0.1
s=Media
a=control:*
m=video 0 RTP/AVP 96
a=rtpmap:96 H264/90000
a=fmtp:96 packetization-mode=1; sprop-parameter-sets={b64(SPS_640X360)},{b64(PPS)}
a=control:trackID=1
m=audio 0 RTP/AVP 97
a=rtpmap:97 mpeg4-generic/48000/2
a=fmtp:97 streamtype=5;mode=AAC-hbr;config=1190;SizeLength=13;IndexLength=3;IndexDeltaLength=3
a=control:rtsp://10.0.0.1/live/trackID=2
m=application 0 RTP/AVP 107
a=rtpmap:107 vnd.onvif.metadata/90000
""".replace("\n", "\r\n").encode()


def test_tracks_codecs_and_addresses_are_read():
    described = parse_sdp(FULL, "rtsp://10.0.0.1/live/")
    video, audio, metadata = described.media
    assert (video.codec, video.payload_type, video.clock_rate_hz) == (Codec.H264, 96, 90_000)
    assert video.control == "rtsp://10.0.0.1/live/trackID=1"
    assert video.parameter_sets() == [SPS_640X360, PPS]
    assert (audio.codec, audio.clock_rate_hz, audio.channels) == (Codec.AAC, 48_000, 2)
    assert audio.control == "rtsp://10.0.0.1/live/trackID=2"
    assert audio.integer("sizelength", 0) == 13
    assert metadata.codec is None
    assert described.control == "rtsp://10.0.0.1/live/"


def test_h265_parameter_sets_are_read():
    text = f"m=video 0 RTP/AVP 98\na=rtpmap:98 H265/90000\na=fmtp:98 sprop-vps={b64(H265_VPS)};sprop-sps={b64(H265_SPS)};sprop-pps={b64(H265_PPS)}"
    media = parse_sdp(text.encode(), "rtsp://h/x").media[0]
    assert media.parameter_sets() == [H265_VPS, H265_SPS, H265_PPS]


def test_static_payload_types_need_no_rtpmap():
    media = parse_sdp(b"m=audio 0 RTP/AVP 8\nm=audio 0 RTP/AVP 0\n", "rtsp://h/").media
    assert [(track.codec, track.clock_rate_hz) for track in media] == [(Codec.PCMA, 8000), (Codec.PCMU, 8000)]


@pytest.mark.parametrize(
    ("base", "control", "address"),
    [
        ("rtsp://h/cam?channel=1&subtype=1", "trackID=0", "rtsp://h/cam?channel=1&subtype=1/trackID=0"),
        ("rtsp://h/cam/", "track1", "rtsp://h/cam/track1"),
        ("rtsp://h/cam", "*", "rtsp://h/cam"),
        ("rtsp://h/cam", "", "rtsp://h/cam"),
        ("rtsp://h:554/cam", "/other", "rtsp://h:554/other"),
        ("rtsp://h/cam", "http://evil/x", "rtsp://h/cam"),
        ("rtsp://h/cam", "a b\tc", "rtsp://h/cam"),
    ],
)
def test_control_addresses_are_joined_as_cameras_mean_them(base, control, address):
    media = parse_sdp(f"m=video 0 RTP/AVP 96\na=control:{control}\n".encode(), base).media
    assert media[0].control == address


def test_an_sdp_without_media_is_bad_bytes():
    with pytest.raises(BadBytes):
        parse_sdp(b"<html>not found</html>", "rtsp://h/")


def test_thousands_of_media_sections_are_bounded():
    assert len(parse_sdp(b"m=video 0 RTP/AVP 96\n" * 5000, "rtsp://h/").media) <= 32


@given(st.data())
def test_a_damaged_sdp_never_raises_anything_but_bad_bytes(data):
    text = bytearray(FULL)
    for _ in range(data.draw(st.integers(1, 20))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    try:
        described = parse_sdp(bytes(text), "rtsp://h/x")
    except BadBytes:
        return
    for media in described.media:
        media.parameter_sets()
        media.integer("sizelength", 1)


@given(st.binary(max_size=500))
def test_hostile_bytes_never_raise_anything_but_bad_bytes(body):
    with contextlib.suppress(BadBytes):
        parse_sdp(b"m=video 0 RTP/AVP 96\r\n" + body, "rtsp://h/")
