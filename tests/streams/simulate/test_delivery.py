"""The simulated cameras on the network, as a client sees them that we did not write (FFmpeg's), and one that knows only TCP."""

import asyncio
import contextlib
import itertools
import time
from dataclasses import dataclass, field
from pathlib import Path

import av
import av.error
import numpy as np
import pytest

from fakes.woven import small_spec
from streams.rtsp.gate import Scheme
from streams.simulate import strip
from streams.simulate.device import MediaChannel, MediaDevice
from streams.simulate.faults import Fault
from streams.simulate.province import MediaSimulator, RtspAccess
from streams.types.media import Codec, StreamKind


@contextlib.asynccontextmanager
async def simulator(loops: Path, codec=Codec.H264, audio=None, scheme=Scheme.DIGEST):
    """Two cameras; number 41 has sound."""
    spec = small_spec(codec)
    devices = [
        MediaDevice("127.0.0.1", (MediaChannel(number, spec, spec, audio if number == 41 else None),))
        for number in (41, 42)
    ]
    async with MediaSimulator(devices, RtspAccess("vong", "ph0ng hop", scheme, port=0), loops) as running:
        yield running


@dataclass
class Watched:
    strips: list[strip.Strip] = field(default_factory=list)
    sound_samples: int = 0


def watch(url: str, transport: str, pictures: int, sound_samples: int = 0) -> Watched:
    """Blocks until so many pictures and so much sound have come. Decodes everything, strips read from pixels.

    Pictures come from the cache at once and sound only as it is heard: how many pictures bring how much sound is a matter of when one
    joins, so that a silent camera is told by four times the pictures.
    """
    seen = Watched()
    options = {"rtsp_transport": transport, "max_delay": "100000", "analyzeduration": "500000"}
    with av.open(url, options=options, timeout=(10, 10)) as container:
        for packet in container.demux():
            for frame in packet.decode():
                if isinstance(frame, av.AudioFrame):
                    seen.sound_samples += frame.samples
                    continue
                read = strip.decode(np.asarray(frame.to_ndarray(format="gray")))
                if read is not None:
                    seen.strips.append(read)
            if len(seen.strips) >= pictures and (
                seen.sound_samples >= sound_samples or len(seen.strips) >= 4 * pictures
            ):
                return seen
    return seen


def address(running: MediaSimulator, number: int, login: str = "vong:ph0ng%20hop@") -> str:
    return running.rtsp_url(number, StreamKind.MAIN).replace("rtsp://", f"rtsp://{login}")


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize(
    ("codec", "audio"), [(Codec.H264, Codec.AAC), (Codec.H265, Codec.PCMA)], ids=["h264-aac", "h265-pcma"]
)
async def test_ffmpeg_sees_pictures_with_number_and_rising_times_and_hears_sound(loops, transport, codec, audio):
    async with simulator(loops, codec, audio) as running:
        seen = await asyncio.to_thread(watch, address(running, 41), transport, 12, 4000)
    times = [read.capture_ms for read in seen.strips]
    assert {read.camera for read in seen.strips} == {41}
    assert all(later - earlier > 0 for earlier, later in itertools.pairwise(times))
    assert [later - earlier for earlier, later in itertools.pairwise(times)].count(200) >= 8
    assert seen.sound_samples >= 4000


@pytest.mark.parametrize("scheme", list(Scheme))
async def test_each_way_to_sign_in_lets_the_right_password_in_and_no_other(loops, scheme):
    async with simulator(loops, scheme=scheme) as running:
        seen = await asyncio.to_thread(watch, address(running, 42), "tcp", 1)
        assert seen.strips
        if scheme is not Scheme.NONE:
            with pytest.raises(av.error.HTTPUnauthorizedError):
                await asyncio.to_thread(watch, address(running, 42, "vong:wrong@"), "tcp", 1)


async def test_a_picture_is_live_when_it_is_sent(loops):
    """The first picture may be as old as a GOP, the burst ends with now."""
    async with simulator(loops) as running:
        seen = await asyncio.to_thread(watch, address(running, 42), "tcp", 15)
        now_ms = time.time_ns() // 1_000_000
    newest = strip.full_time_ms(seen.strips[-1].capture_ms, now_ms)
    assert 0 <= now_ms - newest < 2500


async def test_a_host_without_power_answers_no_connection_until_it_has_power_again(loops):
    async with simulator(loops) as running:
        running.faults.set([42], Fault.POWER_OFF)
        host, port = running.rtsp_url(42, StreamKind.MAIN).split("/")[2].split(":")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await asyncio.open_connection(host, int(port))
        other = await asyncio.to_thread(watch, address(running, 41), "tcp", 1)
        assert other.strips
        running.faults.clear([42])
        assert (await asyncio.to_thread(watch, address(running, 42), "tcp", 1)).strips


async def test_an_unknown_path_is_not_found_and_junk_is_refused(loops):
    async with simulator(loops, scheme=Scheme.NONE) as running:
        with pytest.raises(av.error.HTTPNotFoundError):
            await asyncio.to_thread(watch, running.rtsp_url(42, StreamKind.MAIN) + "x", "tcp", 1)
        host, port = running.rtsp_url(42, StreamKind.MAIN).split("/")[2].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"\x00\xffno RTSP at all\r\n\r\n" * 10)
        answer = await reader.read()
        assert answer.startswith(b"RTSP/1.0 400")
        writer.close()
        await writer.wait_closed()
