"""The fragments in a real browser: Media Source Extensions take them one by one, picture and sound."""

import base64
import io
from itertools import pairwise

import av

from fakes.browser import chromium
from fakes.media_files import clip
from fakes.pictures import coded_loop
from streams.fmp4 import Muxer
from streams.types.media import AccessUnit, Codec, Track

PLAY = """async ([codecs, segments]) => {
  const video = document.createElement('video');
  video.muted = true;
  document.body.append(video);
  const media = new MediaSource();
  video.src = URL.createObjectURL(media);
  await new Promise((opened) => media.addEventListener('sourceopen', opened, { once: true }));
  const buffer = media.addSourceBuffer(`video/mp4; codecs="${codecs}"`);
  for (const segment of segments) {
    const bytes = Uint8Array.from(atob(segment), (char) => char.charCodeAt(0));
    const done = new Promise((ok, fail) => {
      buffer.onupdateend = ok;
      buffer.onerror = () => fail(new Error('refused'));
    });
    buffer.appendBuffer(bytes);
    await done;
  }
  const ranges = [...Array(buffer.buffered.length).keys()].map((n) => [buffer.buffered.start(n), buffer.buffered.end(n)]);
  const times = [];
  const seen = new Promise((enough) => {
    const shown = (_, metadata) => {
      times.push(metadata.mediaTime);
      if (times.length >= 10) enough();
      else video.requestVideoFrameCallback(shown);
    };
    video.requestVideoFrameCallback(shown);
  });
  video.currentTime = ranges[0][0];
  await video.play();
  await seen;
  return { ranges, times, width: video.videoWidth };
}"""


async def test_chromium_plays_fragments_of_single_pictures_with_sound() -> None:
    with av.open(io.BytesIO(clip("mp4"))) as source:
        stream = source.streams.audio[0]
        config = bytes(stream.codec_context.extradata)
        frames = [bytes(packet) for packet in source.demux(stream) if packet.size]
    base_ns = 1_700_000_000_000_000_000
    pictures = [
        AccessUnit(unit.codec, unit.parts, 0, base_ns + unit.capture_ns, 0, unit.keyframe) for unit in coded_loop(2)
    ]
    said = [AccessUnit(Codec.AAC, (data,), 0, base_ns + n * 1024 * 10**9 // 48_000, 0) for n, data in enumerate(frames)]
    muxer = Muxer(base_ns - 86_400 * 10**9, Track(Codec.AAC, 48_000, 1, config))
    video = Track(Codec.H264, 90_000, width_px=320, height_px=180)
    units = sorted([*pictures, *said], key=lambda unit: unit.capture_ns)
    pieces = [piece for unit in units for piece in muxer.mux(unit, video)]
    async with chromium() as browser:
        page = await browser.new_page()
        codecs = pieces[0].codecs
        shown = await page.evaluate(PLAY, [codecs, [base64.b64encode(piece.data).decode() for piece in pieces]])
    assert shown["width"] == 320
    (start, end), *holes = shown["ranges"]
    assert holes == []
    assert abs(start - 86_400) < 0.1
    assert end - start > 1.8
    assert all(before < after for before, after in pairwise(shown["times"]))
