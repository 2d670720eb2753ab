"""RTP as FFmpeg makes it, with its SDP, through our receivers."""

import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from fakes.peers import missing
from fakes.units import Kept
from streams.probe import decode_keyframe
from streams.rtsp.receiver import SoundReceiver, VideoReceiver
from streams.rtsp.sdp import parse_sdp
from streams.rtsp.timeline import CameraClock
from streams.types.media import Codec

pytestmark = pytest.mark.peer

PICTURES = 30
VIDEO = ["-f", "lavfi", "-i", f"testsrc2=size=320x180:rate=15:duration={PICTURES / 15}", "-pix_fmt", "yuv420p", "-an"]
SOUND = ["-f", "lavfi", "-i", "sine=frequency=440:duration=2", "-vn"]


@pytest.fixture(autouse=True)
def installed() -> None:
    if shutil.which("ffmpeg") is None:
        missing("ffmpeg")


def send(arguments: list[str], folder: Path) -> tuple[list[bytes], bytes]:
    """All packets that FFmpeg sends, and its SDP."""
    sdp = folder / "session.sdp"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        receiver.bind(("127.0.0.1", 0))
        target = f"rtp://127.0.0.1:{receiver.getsockname()[1]}?pkt_size=1200"
        command = ["ffmpeg", "-v", "error", "-nostdin", *arguments, "-f", "rtp", "-sdp_file", str(sdp), target]
        subprocess.run(command, check=True, timeout=60)
        receiver.setblocking(False)
        packets = []
        while True:
            try:
                packets.append(receiver.recv(65536))
            except BlockingIOError:
                return packets, sdp.read_bytes()


@pytest.mark.parametrize(
    ("codec", "encoder"),
    [
        (Codec.H264, ["libx264", "-preset", "ultrafast", "-g", "10", "-bf", "0"]),
        (Codec.H264, ["libx264", "-preset", "ultrafast", "-g", "10", "-bf", "0", "-x264-params", "slices=4"]),
        (
            Codec.H265,
            ["libx265", "-preset", "ultrafast", "-x265-params", "keyint=10:min-keyint=10:bframes=0:log-level=error"],
        ),
    ],
    ids=["h264", "h264-slices", "h265"],
)
def test_pictures_that_ffmpeg_packetised_are_read_whole(codec, encoder, tmp_path):
    packets, sdp = send([*VIDEO, "-c:v", *encoder], tmp_path)
    (media,) = parse_sdp(sdp, "rtsp://peer/").media
    assert media.codec is codec
    kept = Kept()
    receiver = VideoReceiver(media, CameraClock(), kept, lambda: None)
    for number, packet in enumerate(packets):
        receiver.feed([packet], 10**18 + number * 10_000_000)
    assert receiver.lost == 0
    assert len(kept.units) == PICTURES
    assert [unit.keyframe for unit in kept.units] == [number % 10 == 0 for number in range(PICTURES)]
    assert (receiver.track.width_px, receiver.track.height_px) == (320, 180)
    assert all(decode_keyframe(unit, with_jpeg=False)[:2] == (320, 180) for unit in kept.units if unit.keyframe)


@pytest.mark.parametrize(
    ("codec", "encoder", "rate_hz"),
    [(Codec.AAC, "aac", 48_000), (Codec.PCMA, "pcm_alaw", 8000), (Codec.PCMU, "pcm_mulaw", 8000)],
)
def test_sound_that_ffmpeg_packetised_is_read_without_a_hole(codec, encoder, rate_hz, tmp_path):
    packets, sdp = send([*SOUND, "-c:a", encoder, "-ar", str(rate_hz), "-ac", "1"], tmp_path)
    (media,) = parse_sdp(sdp, "rtsp://peer/").media
    kept = Kept()
    receiver = SoundReceiver(media, CameraClock(), kept, leads=True)
    for number, packet in enumerate(packets):
        receiver.feed([packet], 10**18 + number * 10_000_000)
    assert (receiver.track.codec, receiver.track.clock_rate_hz, receiver.track.channels) == (codec, rate_hz, 1)
    assert receiver.lost == 0
    samples = sum(len(unit.parts) * 1024 if codec is Codec.AAC else unit.size_bytes for unit in kept.units)
    assert 1.9 < samples / rate_hz < 2.2
    steps = [later.timestamp - unit.timestamp for unit, later in zip(kept.units, kept.units[1:], strict=False)]
    sizes = [len(unit.parts) * 1024 if codec is Codec.AAC else unit.size_bytes for unit in kept.units]
    assert steps == sizes[:-1]
