"""Proof of life on coded pictures: drawn scenes by day and by night, real footage, and the bytes of frozen and looped cameras."""

from dataclasses import replace
from pathlib import Path

import av
import pytest

from fakes.media_files import filmed
from fakes.woven import FPS, small_spec, woven
from streams.liveness import LivenessWatch
from streams.rtsp.coded_video import CodedVideo
from streams.simulate.rtp import nal_units
from streams.simulate.scenes import all_scenes
from streams.simulate.stream import PictureStream
from streams.source.pyav_packets import VideoPackets
from streams.types.media import AccessUnit, Codec

FOOTAGE = Path(__file__).parents[4] / "shared" / "footage"
FILES = [None, *sorted(FOOTAGE.glob("*.mp4"))]
"""None: a file made for the test. Real footage is played, too, where it lies beside this clone."""
START = 1_790_000_000 * FPS // 10 * 10


class Camera:
    """A simulated stream whose pictures go straight to a watch."""

    def __init__(self, stream: PictureStream) -> None:
        spec = stream.content.live.weave.spec
        self.stream = stream
        self.watch = LivenessWatch()
        self.watch.resize(spec.width_px, spec.height_px)
        self._coded = CodedVideo(spec.codec)
        self._codec = spec.codec

    def show(self, k: int) -> LivenessWatch:
        picture = self._coded.picture(nal_units(self._codec, self.stream.payloads(self.stream.content.at(k))))
        assert picture is not None
        at_ns = self.stream.grid.time_ns(k)
        self.watch.on_unit(AccessUnit(self._codec, picture[0], k, at_ns, at_ns, picture[1]))
        return self.watch


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
@pytest.mark.parametrize("scene", range(0, 24, 3), ids=lambda scene: all_scenes()[scene].key)
def test_no_scene_by_day_or_by_night_is_ever_called_dead(scene, codec, loops):
    _, weave = woven(small_spec(codec, scene), loops)
    camera = Camera(PictureStream(5, weave, activity_percent=15))
    for k in range(START, START + 10 * 60 * FPS):
        watch = camera.show(k)
        assert not watch.frozen
        assert not watch.looped
    assert watch.noisy


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
@pytest.mark.parametrize("seconds", [2, 4, 12, 60])
def test_a_looped_camera_is_told_within_three_seconds_and_lives_again_with_its_first_new_keyframe(
    codec, seconds, loops
):
    _, weave = woven(small_spec(codec, 3), loops)
    camera = Camera(PictureStream(5, weave, activity_percent=15))
    k = START
    while k < START + (seconds + 12) * FPS + 3:
        camera.show(k)
        k += 1
    camera.stream.content.repeat(k, seconds)
    begun = k
    while not camera.show(k).looped:
        k += 1
        assert k - begun < 3 * FPS
    ended = k + 2 * seconds * FPS
    assert all(camera.show(later).looped for later in range(k + 1, ended))
    camera.stream.content.recover(ended)
    recovered = -(-ended // weave.spec.gop) * weave.spec.gop
    for later in range(ended, recovered + 1):
        camera.show(later)
    assert not camera.watch.looped


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
@pytest.mark.parametrize("scene", [0, 1, 16])
def test_a_frozen_camera_is_told_within_three_seconds(codec, scene, loops):
    _, weave = woven(small_spec(codec, scene), loops)
    camera = Camera(PictureStream(5, weave, activity_percent=15))
    for k in range(START, START + 30 * FPS + 4):
        camera.show(k)
    camera.stream.content.freeze(k + 1)
    frozen = next(later for later in range(1, 99) if camera.show(k + later).frozen)
    assert frozen <= 3 * FPS
    assert not camera.watch.looped


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem if file else "made")
def test_footage_played_once_is_alive_to_its_end(file, tmp_path):
    watch = LivenessWatch()
    with av.open(str(file or filmed(tmp_path / "room.mp4", seconds=15))) as container:
        stream = container.streams.video[0]
        packets = VideoPackets(stream, Codec.H264)
        watch.resize(stream.width, stream.height)
        pictures = 0
        for packet in container.demux(stream):
            if packet.size:
                at_ns = int(packet.dts * packet.time_base * 1_000_000_000) + 10**18
                unit = packets.unit(packet, at_ns)
                if unit is not None:
                    watch.on_unit(replace(unit, arrival_ns=at_ns))
                    pictures += 1
                    assert not watch.frozen
                    assert not watch.looped
    assert pictures > 300
