import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from fakes.media_files import clip
from fakes.rtp_packets import Camera, P
from fakes.rtsp_server import FakeCamera, Player
from fakes.units import Kept
from streams.contract import Timeouts
from streams.probe import decode_keyframe
from streams.source import open_source
from streams.types.camera import Credentials, FaultKind, Ingest, SourceFault, StreamSpec
from streams.types.media import Codec, StreamKind

QUICK = Timeouts(connect_s=0.5, response_s=0.5, stall_s=0.5)


@contextlib.asynccontextmanager
async def served(body: bytes, status: int = 200) -> AsyncIterator[str]:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body, status=status)

    application = web.Application()
    application.router.add_get("/clip", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/clip"
    finally:
        await runner.cleanup()


async def ended(url: str, *, ingest: Ingest = Ingest.AUTO, password: str = "") -> tuple[Kept, SourceFault]:
    kept = Kept()
    login = Credentials(username="vong" if password else "", password=password)
    source = open_source(StreamSpec(kind=StreamKind.SUB, url=url, ingest=ingest), login, QUICK)
    with pytest.raises(SourceFault) as caught:
        await source.run_once(kept)
    return kept, caught.value


@pytest.mark.parametrize(
    ("container", "encoder", "codec"),
    [
        ("mpegts", "libx264", Codec.H264),
        ("flv", "libx264", Codec.H264),
        ("matroska", "libx264", Codec.H264),
        ("matroska", "libx265", Codec.H265),
    ],
)
async def test_any_container_gives_decodable_keyframes_and_sound_then_is_lost(container, encoder, codec):
    async with served(clip(container, codec=encoder)) as url:
        kept, fault = await ended(url)
    assert fault.kind is FaultKind.LOST
    pictures = kept.pictures
    assert len(pictures) == 20
    assert {unit.codec for unit in kept.units} == {codec, Codec.AAC}
    keyframes = [unit for unit in pictures if unit.keyframe]
    assert len(keyframes) >= 4
    assert all(decode_keyframe(unit, with_jpeg=False)[:2] == (320, 180) for unit in keyframes)
    video, sound = kept.tracks[-1]
    assert (video.width_px, video.height_px, sound.channels, len(sound.config) >= 2) == (320, 180, 1, True)
    captures = [unit.capture_ns for unit in pictures]
    assert captures == sorted(captures)


@pytest.mark.parametrize(
    ("status", "kind"), [(401, FaultKind.AUTHENTICATION), (403, FaultKind.AUTHENTICATION), (404, FaultKind.NOT_FOUND)]
)
async def test_http_refusals_have_their_kind(status, kind):
    async with served(b"", status) as url:
        _, fault = await ended(url)
    assert fault.kind is kind


async def test_what_is_no_medium_is_a_format_fault():
    async with served(b"<html>hello</html>" * 100) as url:
        _, fault = await ended(url)
    assert fault.kind is FaultKind.FORMAT


async def test_a_refused_connection_is_refused():
    async with served(b"") as url:
        pass
    assert (await ended(url))[1].kind is FaultKind.REFUSED


@pytest.mark.parametrize("ingest", [Ingest.PYAV, Ingest.AUTO])
async def test_a_wrong_password_is_sent_once_and_appears_in_no_fault(ingest):
    async with FakeCamera(password="right").serving() as camera:
        _, fault = await ended(camera.url, ingest=ingest, password="wr0ng")
    assert fault.kind is FaultKind.AUTHENTICATION
    assert camera.refused_sign_ins == 1
    assert "wr0ng" not in repr(fault)
    assert fault.__cause__ is None


async def test_pyav_takes_over_what_our_reader_does_not_speak():
    sdp = b"v=0\r\no=- 0 0 IN IP4 0\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=control:t\r\n"
    async with FakeCamera(sdp=sdp).serving() as camera:
        _, fault = await ended(camera.url)
    assert camera.connections == 2
    assert fault.kind in (FaultKind.STALLED, FaultKind.UNREACHABLE, FaultKind.FORMAT)
    assert camera.asked[-1].headers.get("user-agent", "").startswith("Lavf")


async def test_cancelling_leaves_within_a_second_while_a_camera_is_silent():
    playing = asyncio.Event()

    async def one_picture(player: Player) -> None:
        playing.set()
        await player.send(Camera().picture(P))
        await asyncio.Event().wait()

    async with FakeCamera(one_picture).serving() as camera:
        spec = StreamSpec(kind=StreamKind.SUB, url=camera.url, ingest=Ingest.PYAV)
        source = open_source(spec, Credentials(), Timeouts(stall_s=2))
        task = asyncio.create_task(source.run_once(Kept()))
        await playing.wait()
        begun_s = time.monotonic()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert time.monotonic() - begun_s < 1


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "rtsp://user:pass@h/",
        "rtsp://",
        "rtsp://h/a b",
        "rtsp://h:99999/",
        "concat:a|b",
        "udp://h:1",
    ],
)
def test_addresses_that_nobody_may_open_are_refused(url):
    with pytest.raises(SourceFault) as caught:
        open_source(StreamSpec(kind=StreamKind.SUB, url=url), Credentials())
    assert caught.value.kind is FaultKind.FORMAT
    assert "pass" not in str(caught.value)
