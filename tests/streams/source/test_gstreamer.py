"""Interoperation with GStreamer's RTSP server, run by the system's Python. Skipped only where it is not installed, and never in CI."""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.peers import missing
from fakes.units import Kept
from streams.probe import decode_keyframe, probe
from streams.source import Timeouts, open_source
from streams.types.bus import ProbeRequest
from streams.types.camera import Credentials, FaultKind, Ingest, SourceFault, StreamSpec, Transport
from streams.types.media import Codec, StreamKind
from vms.cli.browser import SYSTEM_PYTHON, has_gstreamer

pytestmark = pytest.mark.peer

SERVER = Path(__file__).parents[2] / "peers" / "gst_rtsp_server.py"
PATIENT = Timeouts(connect_s=10, response_s=10, stall_s=10)


def serve(*arguments: str) -> Iterator[int]:
    if not has_gstreamer():
        missing("GStreamer's RTSP server")
    command = [SYSTEM_PYTHON, str(SERVER), *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        yield int(server.stdout.readline())
        server.stdin.close()


@pytest.fixture(scope="module")
def open_port() -> Iterator[int]:
    yield from serve()


@pytest.fixture(scope="module")
def locked_port() -> Iterator[int]:
    yield from serve("--locked")


async def read(port: int, path: str, *, transport: Transport, ingest: Ingest, login: Credentials | None = None) -> Kept:
    """Until two keyframes and some sound (where there is any) have come."""
    spec = StreamSpec(kind=StreamKind.SUB, url=f"rtsp://127.0.0.1:{port}{path}", transport=transport, ingest=ingest)
    source = open_source(spec, login or Credentials(), PATIENT)
    kept = Kept()

    async def enough() -> None:
        while sum(unit.keyframe for unit in kept.units) < 2 or not kept.units[-1].codec.is_video:
            await kept.have(len(kept.units) + 1)

    running = asyncio.create_task(source.run_once(kept))
    waiting = asyncio.create_task(enough())
    await asyncio.wait((running, waiting), return_when=asyncio.FIRST_COMPLETED)
    ended = running.done()
    for task in (running, waiting):
        task.cancel()
    results = await asyncio.gather(running, waiting, return_exceptions=True)
    if ended and isinstance(results[0], Exception):
        raise results[0]
    return kept


@pytest.mark.parametrize("ingest", [Ingest.OWN, Ingest.PYAV])
@pytest.mark.parametrize("transport", list(Transport))
@pytest.mark.parametrize(
    ("path", "video", "sound"),
    [("/h264", Codec.H264, Codec.AAC), ("/h265", Codec.H265, Codec.PCMA), ("/stap", Codec.H264, Codec.PCMU)],
)
async def test_pictures_and_sound_of_a_foreign_server_are_read_whole(open_port, path, video, sound, transport, ingest):
    kept = await read(open_port, path, transport=transport, ingest=ingest)
    assert {unit.codec for unit in kept.units} == {video, sound}
    keyframes = [unit for unit in kept.pictures if unit.keyframe]
    assert all(decode_keyframe(unit, with_jpeg=False)[:2] == (320, 180) for unit in keyframes)
    steps = {round((b.timestamp - a.timestamp) / 6000) for a, b in zip(kept.pictures, kept.pictures[1:], strict=False)}
    assert steps == {1}


async def test_digest_of_a_foreign_server_lets_us_in(locked_port):
    login = Credentials(username="vong", password="bi mat")
    kept = await read(locked_port, "/h264", transport=Transport.TCP, ingest=Ingest.OWN, login=login)
    assert kept.pictures


@pytest.mark.parametrize("login", [Credentials(), Credentials(username="vong", password="wrong")])
async def test_wrong_credentials_are_refused_by_a_foreign_server(locked_port, login):
    with pytest.raises(SourceFault) as caught:
        await read(locked_port, "/h264", transport=Transport.TCP, ingest=Ingest.OWN, login=login)
    assert caught.value.kind is FaultKind.AUTHENTICATION


async def test_a_probe_shows_a_foreign_servers_picture(open_port):
    result = await probe(ProbeRequest(url=f"rtsp://127.0.0.1:{open_port}/h265", timeout_s=20))
    assert (result.ok, result.codec, result.audio, result.width_px) == (True, Codec.H265, Codec.PCMA, 320)
    assert len(result.jpeg_base64) > 1000


async def test_an_unknown_address_is_not_found(open_port):
    result = await probe(ProbeRequest(url=f"rtsp://127.0.0.1:{open_port}/nothing"))
    assert result.fault is FaultKind.NOT_FOUND
