import io
from dataclasses import replace
from itertools import pairwise

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.media_files import clip
from fakes.pictures import coded_loop, h265_loop
from streams.fmp4 import Fragment, Init, Muxer, parameter_sets
from streams.types.media import AccessUnit, Codec, Track

VIDEO = Track(Codec.H264, 90_000, width_px=320, height_px=180)


def muxed(muxer: Muxer, units: list[AccessUnit], video: Track = VIDEO) -> list[Init | Fragment]:
    return [piece for unit in units for piece in muxer.mux(unit, video)]


def played(pieces: list[Init | Fragment]) -> av.container.InputContainer:
    return av.open(io.BytesIO(b"".join(piece.data for piece in pieces)))


def test_every_picture_is_played_at_its_capture_time():
    units = coded_loop(2)
    with played(muxed(Muxer(0), units)) as container:
        frames = list(container.decode(video=0))
    assert len(frames) == len(units)
    assert [round(frame.time, 3) for frame in frames] == [round(unit.capture_ns / 1e9, 3) for unit in units]


def test_h265_is_played():
    units = h265_loop()
    pieces = muxed(Muxer(0), units, Track(Codec.H265, 90_000, width_px=320, height_px=180))
    assert isinstance(pieces[0], Init)
    assert pieces[0].codecs.startswith("hvc1.1.")
    with played(pieces) as container:
        assert container.streams.video[0].codec_context.name == "hevc"
        assert len(list(container.decode(video=0))) == len(units)


def test_sound_is_played_beside_the_picture():
    with av.open(io.BytesIO(clip("mp4"))) as source:
        stream = source.streams.audio[0]
        config = bytes(stream.codec_context.extradata)
        frames = [bytes(packet) for packet in source.demux(stream) if packet.size]
    sound = Track(Codec.AAC, 48_000, 1, config)
    units = coded_loop(2)
    said = [AccessUnit(Codec.AAC, (data,), 0, n * 1024 * 10**9 // 48_000, 0) for n, data in enumerate(frames)]
    ordered = sorted([*units, *said], key=lambda unit: unit.capture_ns)
    pieces = muxed(Muxer(0, sound), ordered)
    assert pieces[0].codecs.endswith(",mp4a.40.2")
    with played(pieces) as container:
        times = [packet.pts for packet in container.demux(audio=0) if packet.size]
    assert {after - before for before, after in pairwise(times)} == {1024}
    assert len(times) == len(frames)


def test_nothing_comes_before_the_first_keyframe():
    units = coded_loop(2)
    assert muxed(Muxer(0), units[1:14]) == []


def test_a_new_resolution_begins_with_a_new_initialisation():
    small, large = coded_loop(1), coded_loop(1, width=640, height=360)
    muxer = Muxer(0)
    pieces = muxed(muxer, small) + muxed(muxer, large, Track(Codec.H264, 90_000, width_px=640, height_px=360))
    assert [index for index, piece in enumerate(pieces) if isinstance(piece, Init)] == [0, len(small) + 1]


def test_the_codec_name_is_what_browsers_ask_for():
    sets = parameter_sets(coded_loop(1)[0])
    assert sets is not None
    (init, *_) = muxed(Muxer(0), coded_loop(1))
    assert init.codecs == f"avc1.{sets.sps[1:4].hex().upper()}"
    assert init.codecs.startswith("avc1.42")


def test_only_sound_that_players_take_is_muxed():
    with pytest.raises(ValueError, match="AAC"):
        Muxer(0, Track(Codec.PCMA, 8000, 1))


@given(st.lists(st.integers(-3_000_000_000, 3_000_000_000), min_size=1, max_size=30))
def test_decode_times_grow_whatever_the_clock_does(steps):
    unit = coded_unit()
    muxer = Muxer(0)
    at_ns, times = 0, []
    for step in steps:
        at_ns += step
        pieces = muxer.mux(replace(unit, capture_ns=at_ns), VIDEO)
        times.append(decode_time(pieces[-1].data))
    assert all(before < after for before, after in pairwise(times))


@given(st.lists(st.binary(max_size=40), max_size=8), st.booleans(), st.sampled_from([Codec.H264, Codec.H265]))
def test_no_nal_unit_breaks_the_muxer(parts, keyframe, codec):
    Muxer(0).mux(AccessUnit(codec, tuple(parts), 0, 0, 0, keyframe), VIDEO)


def coded_unit() -> AccessUnit:
    return AccessUnit(
        Codec.H264, (b"\x67\x42\x00\x1e\x00", b"\x68\xce\x3c\x80\x00", b"\x65abc"), 0, 0, 0, keyframe=True
    )


def decode_time(data: bytes) -> int:
    at = data.index(b"tfdt") + 8
    return int.from_bytes(data[at : at + 8], "big")
