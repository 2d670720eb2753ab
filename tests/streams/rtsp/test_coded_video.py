from hypothesis import given
from hypothesis import strategies as st

from fakes.rtp_packets import H265_PPS, H265_SPS, H265_VPS, IDR, PPS, SPS_640X360, SPS_1280X720, SPS_1920X1080, P
from streams.rtsp.coded_video import CodedVideo
from streams.rtsp.sps import parse_h264_sps, parse_h265_sps
from streams.types.media import Codec

IRAP = b"\x26\x01\xaf" + bytes(50)


def test_sizes_are_read_with_their_cropping():
    sizes = [(sps.width_px, sps.height_px) for sps in map(parse_h264_sps, (SPS_640X360, SPS_1280X720, SPS_1920X1080))]
    assert sizes == [(640, 360), (1280, 720), (1920, 1080)]
    assert parse_h265_sps(H265_SPS).height_px == 360


def test_a_keyframe_gets_the_sets_that_only_the_sdp_had():
    video = CodedVideo(Codec.H264)
    video.offer([SPS_640X360, PPS])
    assert video.picture([IDR]) == ((SPS_640X360, PPS, IDR), True)
    assert video.picture([SPS_640X360, PPS, IDR]) == ((SPS_640X360, PPS, IDR), True)
    assert video.picture([P]) == ((P,), False)
    assert (video.track.width_px, video.track.height_px) == (640, 360)


def test_an_h265_keyframe_gets_its_sets():
    video = CodedVideo(Codec.H265)
    video.offer([H265_VPS, H265_SPS, H265_PPS])
    assert video.picture([IRAP]) == ((H265_VPS, H265_SPS, H265_PPS, IRAP), True)


def test_new_sets_in_the_stream_change_the_track_and_serve_later_keyframes():
    video = CodedVideo(Codec.H264)
    video.offer([SPS_640X360, PPS])
    video.changed = False
    video.picture([SPS_1280X720, PPS, IDR])
    assert video.changed
    assert video.track.width_px == 1280
    assert video.picture([IDR]) == ((SPS_1280X720, PPS, IDR), True)


def test_a_keyframe_without_any_sets_is_not_called_one():
    assert CodedVideo(Codec.H264).picture([IDR]) == ((IDR,), False)


def test_sets_alone_are_no_picture_and_delimiters_are_left_out():
    video = CodedVideo(Codec.H264)
    assert video.picture([SPS_640X360, PPS]) is None
    assert video.picture([b"\x09\xf0", IDR]) == ((SPS_640X360, PPS, IDR), True)


@given(st.lists(st.lists(st.binary(max_size=60), max_size=5), max_size=10), st.sampled_from([Codec.H264, Codec.H265]))
def test_hostile_nals_never_raise_and_stay_bounded(pictures, codec):
    video = CodedVideo(codec)
    for nals in pictures:
        video.picture(nals)
        video.picture([b"\x67" + nal for nal in nals])
        video.picture([b"\x42\x01" + nal for nal in nals])
    assert all(len(known) <= 8 for known in video._sets.values())
