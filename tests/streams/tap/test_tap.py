import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import av
import pytest

from fakes.imprints import IMPRINTS, stamp, view_id
from fakes.pictures import FPS, coded_loop
from streams.hub import Hub
from streams.rtsp.h264 import h264_nals
from streams.tap import TapServer
from streams.types.bus import Refused
from streams.types.imprint import Stamp
from streams.types.media import Codec, Track
from streams.types.tap import HEADER, EndReason, TapFormat, TapFrame, TapInfo
from vms.hearings.imprint_reading import imprints_in

VIDEO = Track(Codec.H264, 90_000, width_px=320, height_px=180)


class Tap:
    """The other end, as control is."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def frame(self) -> tuple[TapFrame, bytes]:
        kind, size = HEADER.unpack(await self.reader.readexactly(HEADER.size))
        return TapFrame(kind), await self.reader.readexactly(size)

    async def until_end(self) -> list[tuple[TapFrame, bytes]]:
        frames = []
        while not frames or frames[-1][0] is not TapFrame.END:
            frames.append(await self.frame())
        return frames


@asynccontextmanager
async def tapping(
    hub: Hub,
    tap_format: TapFormat,
    on_closed: Callable[[str, str], None] = lambda _view, _why: None,
    imprint: Stamp | None = None,
) -> AsyncIterator[tuple[TapServer, Tap, TapInfo]]:
    server = TapServer(on_closed)
    await server.listen("127.0.0.1")
    ticket = server.issue("view-1", hub, tap_format, imprint)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    tap = Tap(reader, writer)
    try:
        writer.write(ticket.encode() + b"\n")
        kind, body = await tap.frame()
        assert kind is TapFrame.INFO
        writer.write(b"1\n")
        yield server, tap, TapInfo.model_validate_json(body)
    finally:
        writer.close()
        await server.aclose()


def hub_with(pictures: int) -> Hub:
    hub = Hub("test")
    hub.on_tracks((VIDEO,))
    for unit in coded_loop(2, gop=FPS)[:pictures]:
        hub.on_unit(unit)
    return hub


async def test_a_viewer_begins_with_the_cached_gop_and_goes_on_live():
    loop = coded_loop(2, gop=FPS)
    hub = hub_with(5)
    async with tapping(hub, TapFormat.FMP4) as (server, tap, info):
        received = [await tap.frame() for _ in range(6)]
        for unit in loop[5:10]:
            hub.on_unit(unit)
        received += [await tap.frame() for _ in range(5)]
        server.close("view-1", EndReason.NO_RIGHT)
        assert await tap.until_end() == [(TapFrame.END, b"no_right")]
    kinds = [kind for kind, _ in received]
    assert kinds == [TapFrame.INIT, *[TapFrame.DATA] * 10]
    codecs, _, init = received[0][1].partition(b"\n")
    assert codecs.startswith(b"avc1.42")
    assert (info.video.width_px, info.video.height_px, info.sound) == (320, 180, None)
    with av.open(io.BytesIO(init + b"".join(body for _, body in received[1:]))) as container:
        assert len(list(container.decode(video=0))) == 10


async def test_rtp_carries_every_picture_with_its_capture_time():
    loop = coded_loop(2, gop=FPS)
    hub = hub_with(3)
    async with tapping(hub, TapFormat.RTP) as (_, tap, info):
        frames = [await tap.frame() for _ in range(3)]
    assert info.video.fmtp.startswith("packetization-mode=1;profile-level-id=42")
    for unit, (_, body) in zip(loop, frames, strict=False):
        packets = [packet for channel, packet in interleaved(body) if channel == 0]
        nals, damaged = h264_nals(packets)
        assert not damaged
        assert tuple(nals) == unit.parts
        assert {int.from_bytes(packet[4:8], "big") for packet in packets} == {unit.capture_ns * 9 // 100_000}
    assert interleaved(frames[0][1])[0][0] == 1, "a sender report leads"


async def test_imprinted_fragments_decode_as_before_and_name_their_view():
    loop = coded_loop(2, gop=FPS)
    hub = hub_with(1)
    async with tapping(hub, TapFormat.FMP4, imprint=stamp(5)) as (_, tap, _info):
        received = [await tap.frame() for _ in range(2)]
        for unit in loop[1:20]:
            hub.on_unit(unit)
        received += [await tap.frame() for _ in range(19)]
    data = received[0][1].partition(b"\n")[2] + b"".join(body for _, body in received[1:])
    with av.open(io.BytesIO(data), options={"err_detect": "explode"}) as container:
        assert len(list(container.decode(video=0))) == 20
    found = imprints_in(io.BytesIO(data), IMPRINTS)
    assert found.views[view_id(5)].captured_ms == {loop[0].capture_ns // 10**6, loop[FPS].capture_ns // 10**6}
    assert set(found.views) == {view_id(5)}


async def test_imprinted_rtp_has_no_gap_and_the_camera_s_own_nal_units():
    loop = coded_loop(2, gop=FPS)
    hub = hub_with(1)
    async with tapping(hub, TapFormat.RTP, imprint=stamp(5)) as (_, tap, _info):
        frames = [await tap.frame()]
        for unit in loop[1:20]:
            hub.on_unit(unit)
        frames += [await tap.frame() for _ in range(19)]
    numbers, imprinted = [], 0
    for unit, (_, body) in zip(loop, frames, strict=False):
        packets = [packet for channel, packet in interleaved(body) if channel == 0]
        numbers += [int.from_bytes(packet[2:4], "big") for packet in packets]
        assert [packet[1] >> 7 for packet in packets] == [0] * (len(packets) - 1) + [1]
        nals, damaged = h264_nals(packets)
        assert not damaged
        assert tuple(nal for nal in nals if nal not in set(nals) - set(unit.parts)) == unit.parts
        imprinted += len(imprints_in(io.BytesIO(b"".join(nals)), IMPRINTS).views)
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert imprinted == 2


async def test_a_ticket_is_good_once():
    hub = hub_with(5)
    server = TapServer(lambda *_: None)
    await server.listen("127.0.0.1")
    ticket = server.issue("view-1", hub, TapFormat.FMP4)
    first = await asyncio.open_connection("127.0.0.1", server.port)
    first[1].write(ticket.encode() + b"\n")
    assert (await first[0].readexactly(1))[0] == TapFrame.INFO
    second = await asyncio.open_connection("127.0.0.1", server.port)
    second[1].write(ticket.encode() + b"\n")
    with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
        await second[0].readexactly(1)
    first[1].close()
    second[1].close()
    await server.aclose()


@pytest.mark.parametrize("junk", [b"\n", b"x" * 1000, b"\x00\xff\n\n", b"GET / HTTP/1.1\r\n\r\n"])
async def test_whoever_has_no_ticket_gets_nothing(junk):
    server = TapServer(lambda *_: None)
    await server.listen("127.0.0.1")
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(junk)
    with suppress(ConnectionResetError):
        assert await reader.read() == b""
    writer.close()
    await server.aclose()


async def test_a_camera_that_sent_nothing_cannot_be_tapped():
    server = TapServer(lambda *_: None)
    with pytest.raises(Refused):
        server.issue("view-1", Hub("silent"), TapFormat.FMP4)


async def test_a_viewer_that_leaves_ends_its_view():
    hub, left, ended = hub_with(5), asyncio.Event(), []

    def closed(view_id: str, reason: str) -> None:
        ended.append((view_id, reason))
        left.set()

    async with tapping(hub, TapFormat.FMP4, closed) as (server, tap, _):
        await tap.frame()
        tap.writer.transport.abort()
        await asyncio.wait_for(left.wait(), 5)
        assert hub.reader_count == 0
        assert server.viewers(hub) == 0
    assert ended == [("view-1", EndReason.CLOSED)]


async def test_a_slow_viewer_loses_pictures_up_to_a_keyframe_and_the_hub_never_waits():
    hub = hub_with(1)
    big = coded_loop(4, width=640, height=360, gop=FPS)
    async with tapping(hub, TapFormat.FMP4) as (_, tap, _info):
        await tap.frame()
        tap.writer.transport.pause_reading()
        outlet = hub_outlet(hub)
        for _ in range(80):
            for unit in big:
                hub.on_unit(unit)
            if outlet.dropped_pieces:
                break
        assert outlet.dropped_pieces > 0
        assert outlet._transport.get_write_buffer_size() < 4 << 20
        assert outlet._waiting


def hub_outlet(hub: Hub):
    (feed,) = hub._readers.values()
    (outlet,) = feed._outlets
    return outlet


def interleaved(body: bytes) -> list[tuple[int, bytes]]:
    packets = []
    while body:
        assert body[0] == 0x24
        size = int.from_bytes(body[2:4], "big")
        packets.append((body[1], body[4 : 4 + size]))
        body = body[4 + size :]
    return packets
