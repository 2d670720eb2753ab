"""What a decoder shows of the spliced pictures: FFmpeg's, which knows nothing of how they were made."""

import numpy as np
import pytest

from fakes.woven import FPS, decode, read_clock, small_spec, woven
from streams.rtsp.coded_video import CodedVideo
from streams.simulate import strip
from streams.simulate.rtp import nal_units, payloads
from streams.simulate.stream import PictureStream
from streams.simulate.timeline import clock_text
from streams.types.media import Codec

FIRST = 1_790_000_000 * FPS // 10 * 10
"""The number of a picture that begins a GOP."""


def shown(stream, numbers):
    """The coded pictures as a client gets them."""
    return [nal_units(stream.content.live.weave.codec, stream.payloads(stream.content.at(k))) for k in numbers]


@pytest.fixture(params=[(Codec.H264, 1), (Codec.H264, 2), (Codec.H265, 1)], ids=["h264", "h264-big-clock", "h265"])
def spec(request):
    codec, scale = request.param
    return small_spec(codec, letter_scale=scale)


def test_every_picture_of_a_loop_decodes_and_shows_number_time_and_clock(spec, loops):
    _, weave = woven(spec, loops)
    stream = PictureStream(4095, weave, activity_percent=40)
    numbers = range(FIRST, FIRST + 3 * spec.pictures)
    planes = decode(spec.codec, shown(stream, numbers))
    assert len(planes) == len(numbers)
    for k, luma in zip(numbers, planes, strict=True):
        assert luma.shape == (spec.height_px, spec.width_px)
        time_ns = stream.grid.time_ns(k)
        assert strip.decode(luma) == strip.Strip(4095, time_ns // 1_000_000 % (1 << 36))
        text = clock_text(4095, time_ns // 1_000_000_000)
        assert read_clock(luma, spec, len(text)) == text


def test_the_scene_below_is_decoded_bit_by_bit_as_it_was_encoded(spec, loops):
    encoded, weave = woven(spec, loops)
    stream = PictureStream(7, weave, activity_percent=100)
    plain = decode(spec.codec, encoded.pictures)
    # With 100 % activity the busy part plays from its first picture on, which is a keyframe.
    first = -(-FIRST // (8 * FPS)) * 8 * FPS
    planes = decode(spec.codec, shown(stream, range(first, first + 8 * FPS)))
    for luma, scene in zip(planes, plain[4 * FPS :], strict=True):
        assert np.array_equal(luma[spec.above_px :], scene)


def test_parameter_sets_say_the_size_that_is_shown(spec, loops):
    _, weave = woven(spec, loops)
    coded = CodedVideo(spec.codec)
    coded.offer(weave.parameter_sets)
    assert coded.complete
    assert (coded.track.width_px, coded.track.height_px) == (spec.width_px, spec.height_px)


def test_a_standstill_repeats_the_picture_to_the_last_bit(spec, loops):
    _, weave = woven(spec, loops)
    stream = PictureStream(9, weave, activity_percent=0)
    pictures = shown(stream, [FIRST])
    pictures += [weave.standstill(since) for since in range(1, spec.gop)]
    planes = decode(spec.codec, pictures)
    assert len(planes) == spec.gop
    assert all(np.array_equal(planes[0], luma) for luma in planes)


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
def test_packets_give_back_the_units_that_went_in(codec, loops):
    _, weave = woven(small_spec(codec), loops)
    nals = [*weave.parameter_sets, *nal_units(codec, list(weave.scene(0)))]
    packets = payloads(codec, nals)
    assert nal_units(codec, packets) == nals
    assert all(len(packet) <= 1400 for packet in packets)
