"""RTSP out against our own reader, FFmpeg's and GStreamer's players, and hostile bytes."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.pictures import coded_loop, play
from streams import rtsp_out
from streams.hub import Hub
from streams.rtsp.auth import Authenticator
from streams.source import open_source
from streams.tap import TapServer
from streams.types.camera import Credentials, FaultKind, Ingest, SourceFault, StreamSpec
from streams.types.media import AccessUnit, StreamKind, Track
from streams.types.tap import EndReason, TapFormat
from vms.bus.taps import RunningTap

CAMERA = "camera-000001"
SECRET = "kính-thưa"


@dataclass
class HubDoor:
    """One camera, one login; taps as in the real system."""

    hub: Hub
    taps: TapServer
    opened: list[RunningTap] = field(default_factory=list)

    async def secret(self, username: str) -> str | None:
        return SECRET if username == "vlc" else None

    async def open(self, username: str, camera_id: str, kind: StreamKind, address: str):
        if camera_id != CAMERA:
            return None
        view_id = f"view-{len(self.opened)}"
        ticket = self.taps.issue(view_id, self.hub, TapFormat.RTP)
        tap = RunningTap(view_id, *await asyncio.open_connection("127.0.0.1", self.taps.port), self)
        await tap.hello(ticket)
        self.opened.append(tap)
        return tap

    async def forget(self, view_id: str) -> None: ...

    def left(self, view_id: str) -> None: ...


class FirstKeyframe:
    def __init__(self) -> None:
        self.seen = asyncio.Event()

    def deliver(self, unit: AccessUnit) -> None:
        if unit.keyframe:
            self.seen.set()


@asynccontextmanager
async def served() -> AsyncIterator[tuple[int, HubDoor]]:
    hub, first = Hub("camera"), FirstKeyframe()
    hub.attach(first)
    taps = TapServer(lambda _view, _why: None)
    await taps.listen("127.0.0.1")
    door = HubDoor(hub, taps)
    async with asyncio.TaskGroup() as group:
        playing = group.create_task(play(hub, coded_loop(2)))
        async with rtsp_out.listening(door, "127.0.0.1", 0, None) as port:
            await first.seen.wait()
            yield port, door
        for tap in door.opened:
            await tap.close()
        await taps.aclose()
        playing.cancel()


@asynccontextmanager
async def player(port: int) -> AsyncIterator["Player"]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Player(reader, writer)
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@dataclass
class Collect:
    wanted: int
    units: list[AccessUnit] = field(default_factory=list)
    tracks: tuple[Track, ...] = ()
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    def on_tracks(self, tracks: tuple[Track, ...]) -> None:
        self.tracks = tracks

    def on_unit(self, unit: AccessUnit) -> None:
        self.units.append(unit)
        if len(self.units) >= self.wanted:
            self.enough.set()


async def read(port: int, path: str, secret: str = SECRET, wanted: int = 20) -> Collect:
    spec = StreamSpec(kind=StreamKind.MAIN, url=f"rtsp://127.0.0.1:{port}{path}", ingest=Ingest.OWN)
    sink = Collect(wanted)
    source = open_source(spec, Credentials(username="vlc", password=secret))
    task = asyncio.create_task(source.run_once(sink))
    waiting = asyncio.create_task(sink.enough.wait())
    await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED, timeout=20)
    waiting.cancel()
    if task.done():
        task.result()
    task.cancel()
    await asyncio.wait([task])
    return sink


async def test_our_own_reader_plays_what_we_send():
    async with served() as (port, door):
        sink = await read(port, f"/cameras/{CAMERA}")
        newest = door.hub.newest
    assert sink.units[0].keyframe
    assert not any(unit.discontinuity for unit in sink.units[1:])
    assert newest is not None
    assert abs(sink.units[-1].capture_ns - newest.capture_ns) < 2e9


@pytest.mark.parametrize(
    ("path", "secret", "kind"),
    [
        (f"/cameras/{CAMERA}", "wrong", FaultKind.AUTHENTICATION),
        ("/cameras/camera-000002", SECRET, FaultKind.NOT_FOUND),
        ("/cameras/..%2f..", SECRET, FaultKind.NOT_FOUND),
        ("/", SECRET, FaultKind.NOT_FOUND),
        (f"/cameras/{CAMERA}?stream=third", SECRET, FaultKind.NOT_FOUND),
    ],
)
async def test_whoever_may_not_gets_nothing(path, secret, kind):
    async with served() as (port, door):
        with pytest.raises(SourceFault) as refused:
            await read(port, path, secret)
        assert door.opened == []
    assert refused.value.kind is kind


async def test_a_view_that_lost_its_right_says_so_and_sends_nothing_more():
    async with served() as (port, door), player(port) as watching:
        await watching.start(port)
        door.taps.close("view-0", EndReason.NO_RIGHT)
        assert b"no_right" in await watching.reader.read()
        assert door.opened[0].reason is EndReason.NO_RIGHT


async def test_udp_is_refused_so_that_players_fall_back_to_tcp():
    async with served() as (port, _door), player(port) as watching:
        url = f"rtsp://127.0.0.1:{port}/cameras/{CAMERA}"
        assert await watching.ask("DESCRIBE", url) == 200
        assert await watching.ask("SETUP", f"{url}/trackID=0", Transport="RTP/AVP;unicast;client_port=5000-5001") == 461
        assert await watching.ask("PLAY", url) == 455


class Player:
    """A small client with digest authentication."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._auth = Authenticator(Credentials(username="vlc", password=SECRET))
        self._cseq = 0

    async def start(self, port: int) -> None:
        url = f"rtsp://127.0.0.1:{port}/cameras/{CAMERA}"
        assert await self.ask("DESCRIBE", url) == 200
        assert await self.ask("SETUP", f"{url}/trackID=0", Transport="RTP/AVP/TCP;interleaved=0-1") == 200
        assert await self.ask("PLAY", url) == 200

    async def ask(self, method: str, url: str, **headers: str) -> int:
        status, challenges = await self._once(method, url, headers)
        if status == 401:
            self._auth.challenged(challenges, answered=False)
            status, _ = await self._once(method, url, headers)
        return status

    async def _once(self, method: str, url: str, headers: dict[str, str]) -> tuple[int, list[str]]:
        self._cseq += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._cseq}", *(f"{k}: {v}" for k, v in headers.items())]
        lines += [f"{name}: {value}" for name, value in self._auth.header(method, url)]
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            (int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length")), 0
        )
        await self.reader.readexactly(length)
        found = [line.split(":", 1)[1].strip() for line in head.split("\r\n") if line.startswith("WWW-Authenticate")]
        return int(head.split(" ")[1]), found


@pytest.mark.peer
@pytest.mark.parametrize(
    "command",
    [
        ("ffmpeg", "-v", "error", "-i", "{url}", "-frames:v", "15", "-f", "null", "-"),
        (
            "gst-launch-1.0",
            "-q",
            "rtspsrc",
            "location={url}",
            "!",
            "rtph264depay",
            "!",
            "avdec_h264",
            "!",
            "fakesink",
            "num-buffers=15",
        ),
    ],
    ids=["ffmpeg", "gstreamer"],
)
async def test_players_that_we_did_not_write_play_it(command):
    program = shutil.which(command[0])
    assert program, f"{command[0]} is not installed: run `make browser`"
    async with served() as (port, _door):
        url = f"rtsp://vlc:k%C3%ADnh-th%C6%B0a@127.0.0.1:{port}/cameras/{CAMERA}"
        process = await asyncio.create_subprocess_exec(
            program, *(word.format(url=url) for word in command[1:]), stderr=asyncio.subprocess.PIPE
        )
        _, errors = await asyncio.wait_for(process.communicate(), 40)
    assert process.returncode == 0, errors.decode()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
async def test_no_bytes_of_a_stranger_end_the_server(junk):
    door = HubDoor(Hub("camera"), TapServer(lambda _view, _why: None))
    async with rtsp_out.listening(door, "127.0.0.1", 0, None) as port:
        async with player(port) as stranger:
            stranger.writer.write(junk)
            stranger.writer.write_eof()
        async with player(port) as friend:
            friend.writer.write(b"OPTIONS * RTSP/1.0\r\nCSeq: 7\r\n\r\n")
            assert b"CSeq: 7" in await friend.reader.readuntil(b"\r\n\r\n")
