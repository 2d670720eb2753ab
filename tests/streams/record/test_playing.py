"""Segments in players that we did not write: every codec, picture and sound, from the first byte and from the middle."""

import base64
import io
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import av
import pytest

from fakes.browser import chromium
from fakes.media_files import clip
from fakes.peers import missing
from fakes.pictures import h265_loop
from fakes.recordings import NOON_NS, VIDEO, S, pictures, segment, segments
from streams.types.media import AccessUnit, Codec, Track

AAC_HZ, AAC_SAMPLES = 48_000, 1024


def with_sound(units: list[AccessUnit], said: list[AccessUnit]) -> list[AccessUnit]:
    return sorted([*units, *said], key=lambda unit: unit.capture_ns)


def aac() -> tuple[Track, list[AccessUnit]]:
    with av.open(io.BytesIO(clip("mp4"))) as source:
        stream = source.streams.audio[0]
        config = bytes(stream.codec_context.extradata)
        frames = [bytes(packet) for packet in source.demux(stream) if packet.size]
    units = [
        AccessUnit(Codec.AAC, (data,), 0, NOON_NS + n * AAC_SAMPLES * S // AAC_HZ, 0) for n, data in enumerate(frames)
    ]
    return Track(Codec.AAC, AAC_HZ, 1, config), units


def opus() -> tuple[Track, list[AccessUnit]]:
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, "mono", "s16"
    units = []
    for n in range(100):
        frame = av.AudioFrame(format="s16", layout="mono", samples=960)
        frame.planes[0].update(bytes(1920))
        frame.rate, frame.pts = 48_000, n * 960
        for packet in encoder.encode(frame):
            at_ns = NOON_NS + len(units) * S // 50
            units.append(AccessUnit(Codec.OPUS, (bytes(packet),), 0, at_ns, at_ns))
    return Track(Codec.OPUS, 48_000, 1), units


def g711(codec: Codec) -> tuple[Track, list[AccessUnit]]:
    units = [AccessUnit(codec, (bytes([213] * 160),), 0, NOON_NS + n * S // 50, 0) for n in range(100)]
    return Track(codec, 8000, 1), units


SOUNDS = {"aac": aac, "opus": opus, "alaw": lambda: g711(Codec.PCMA), "mulaw": lambda: g711(Codec.PCMU)}


@pytest.mark.parametrize("name", SOUNDS)
def test_every_picture_and_all_sound_is_played(name: str) -> None:
    track, said = SOUNDS[name]()
    units = pictures(NOON_NS, 2)
    data = segment(with_sound(units, said), (VIDEO, track))
    with av.open(io.BytesIO(data)) as container:
        assert name in container.streams.audio[0].codec_context.name
        shown = list(container.decode(video=0))
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.audio[0]
        # Read while it is open: what a stream says of itself is not there any more when its container is closed.
        heard = [(float(one.pts * stream.time_base), one.size) for one in container.demux(stream) if one.size]
    assert len(shown) == len(units)
    assert sum(size for _, size in heard) == sum(unit.size_bytes for unit in said)
    times = [at_s for at_s, _ in heard]
    assert all(after > before for before, after in pairwise(times))
    assert [frame.time for frame in shown] == pytest.approx([(one.capture_ns - NOON_NS) / S for one in units], abs=1e-3)


def test_h265_is_played() -> None:
    units = h265_loop()
    data = segment(units, (Track(Codec.H265, 90_000, width_px=320, height_px=180),))
    with av.open(io.BytesIO(data)) as container:
        assert container.streams.video[0].codec_context.name == "hevc"
        assert len(list(container.decode(video=0))) == len(units)


def test_no_picture_is_lost_or_doubled_from_segment_to_segment() -> None:
    units = pictures(NOON_NS, 7)
    shown, ends = [], []
    for data in segments(units):
        with av.open(io.BytesIO(data)) as container:
            packets = [packet for packet in container.demux(video=0) if packet.size]
            shown += [bytes(packet) for packet in packets]
            ends.append(float((packets[-1].pts + packets[-1].duration) * packets[-1].time_base))
    assert len(shown) == len(units)
    assert len(set(shown)) == len({b"".join(unit.parts) for unit in units})
    assert ends[:-1] == pytest.approx([2, 2, 2], abs=1e-4)


def test_a_player_begins_in_the_middle() -> None:
    data = segment(pictures(NOON_NS, 6))
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.video[0]
        container.seek(int(4.2 / stream.time_base), stream=stream)
        assert next(container.decode(video=0)).time == pytest.approx(4.0, abs=0.01)


PLAY = """async (coded) => {
  const bytes = Uint8Array.from(atob(coded), (char) => char.charCodeAt(0));
  const video = document.createElement('video');
  video.muted = true;
  video.src = URL.createObjectURL(new Blob([bytes], { type: 'video/mp4' }));
  document.body.append(video);
  await new Promise((ok, fail) => { video.onloadedmetadata = ok; video.onerror = () => fail(new Error(video.error.message)); });
  await new Promise((ok) => { video.onseeked = ok; video.currentTime = 1.0; });
  const ended = new Promise((ok, fail) => { video.onended = ok; video.onerror = () => fail(new Error(video.error.message)); });
  await video.play();
  await ended;
  return { width: video.videoWidth, duration: video.duration, dropped: video.getVideoPlaybackQuality().corruptedVideoFrames };
}"""


async def test_chromium_plays_the_file_as_it_is_and_seeks_in_it() -> None:
    track, said = aac()
    data = segment(with_sound(pictures(NOON_NS, 2), said), (VIDEO, track))
    async with chromium() as browser:
        page = await browser.new_page()
        shown = await page.evaluate(PLAY, base64.b64encode(data).decode())
    assert shown["width"] == 320
    assert shown["duration"] == pytest.approx(2.0, abs=0.1)
    assert not shown["dropped"]


@pytest.mark.peer
@pytest.mark.parametrize("name", ["h264", "h265"])
def test_ffmpeg_and_gstreamer_play_without_a_word(name: str, tmp_path: Path) -> None:
    for program in ("ffmpeg", "gst-launch-1.0"):
        if shutil.which(program) is None:
            missing(program)
    track, said = aac()
    if name == "h264":
        data = segment(with_sound(pictures(NOON_NS, 2), said), (VIDEO, track))
    else:
        data = segment(h265_loop(), (Track(Codec.H265, 90_000, width_px=320, height_px=180),))
    file = tmp_path / "segment.mp4"
    file.write_bytes(data)
    ffmpeg = subprocess.run(
        ["ffmpeg", "-v", "warning", "-xerror", "-i", str(file), "-f", "null", "-"], capture_output=True, check=False
    )
    assert (ffmpeg.returncode, ffmpeg.stderr) == (0, b"")
    chain = f"filesrc location={file} ! qtdemux ! {name}parse ! avdec_{name} ! fakesink"
    gstreamer = subprocess.run(["gst-launch-1.0", "-q", *chain.split()], capture_output=True, check=False)
    assert gstreamer.returncode == 0, gstreamer.stderr
