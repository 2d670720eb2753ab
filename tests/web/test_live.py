import pytest
from aiohttp import WSMsgType, WSServerHandshakeError

from fakes.api_browser import Browser
from fakes.control_ports import NO_PICTURE, FakePorts
from fakes.province import AREA_A, AREA_B, add_camera
from fakes.signed_in import SignInAs
from streams.types.media import Codec, StreamKind
from streams.types.tap import EndReason, TapFormat, TapFrame, TapTrack
from vms.access import Role
from web.services import Services


@pytest.fixture
async def camera(control: Services, people: SignInAs) -> str:
    return await add_camera(control.db, 1)


@pytest.fixture
async def officer(people: SignInAs) -> Browser:
    return await people(Role.DUTY_OFFICER, AREA_A)


async def test_segments_come_behind_what_a_player_must_know(camera: str, officer: Browser, ports: FakePorts) -> None:
    async with officer.client.ws_connect(f"/api/cameras/{camera}/live?stream=main") as socket:
        assert await socket.receive_json() == {
            "type": "info",
            "base_ms": 1000,
            "codec": "H264",
            "sound": False,
            "transcoded": False,
        }
        (tap,) = ports.taps.opened
        tap.pieces.put_nowait((TapFrame.INIT, b"avc1.42E01E\nftypmoov"))
        tap.pieces.put_nowait((TapFrame.DATA, b"moofmdat"))
        assert await socket.receive_json() == {"type": "init", "codecs": "avc1.42E01E"}
        assert await socket.receive_bytes() == b"ftypmoov"
        assert await socket.receive_bytes() == b"moofmdat"
    (request,) = ports.taps.requests
    assert (request.camera_id, request.kind, request.format) == (camera, StreamKind.MAIN, TapFormat.FMP4)


async def test_a_viewer_reads_why_the_picture_ended(camera: str, officer: Browser, ports: FakePorts) -> None:
    async with officer.client.ws_connect(f"/api/cameras/{camera}/live") as socket:
        await socket.receive_json()
        (tap,) = ports.taps.opened
        tap.ends = EndReason.NO_RIGHT
        tap.pieces.put_nowait(None)
        assert await socket.receive_json() == {"type": "end", "reason": "no_right"}
        assert (await socket.receive()).type is WSMsgType.CLOSE


async def test_sound_comes_only_when_it_is_wanted_and_there(camera: str, officer: Browser, ports: FakePorts) -> None:
    ports.taps.sound = TapTrack(codec=Codec.AAC, clock_rate_hz=48_000, channels=1)
    for query, sound in (("", False), ("?sound=true", True)):
        async with officer.client.ws_connect(f"/api/cameras/{camera}/live{query}") as socket:
            assert (await socket.receive_json())["sound"] is sound
        assert ports.taps.opened[-1].sound is sound


async def test_leaving_closes_the_view(camera: str, officer: Browser, ports: FakePorts) -> None:
    async with officer.client.ws_connect(f"/api/cameras/{camera}/live") as socket:
        await socket.receive_json()
        await socket.close()
    await officer.get("/api/session")
    assert ports.taps.opened[0].closed


async def test_a_browser_that_talks_is_sent_away(camera: str, officer: Browser, ports: FakePorts) -> None:
    async with officer.client.ws_connect(f"/api/cameras/{camera}/live") as socket:
        await socket.receive_json()
        await socket.send_str("hello")
        assert (await socket.receive()).type is WSMsgType.CLOSE


async def test_foreign_and_absent_cameras_are_the_same_404(camera: str, people: SignInAs, ports: FakePorts) -> None:
    stranger = await people(Role.DUTY_OFFICER, AREA_B)
    for path in (camera, "absent-camera-000"):
        with pytest.raises(WSServerHandshakeError) as refused:
            await stranger.client.ws_connect(f"/api/cameras/{path}/live")
        assert refused.value.status == 404
    assert ports.taps.requests == []


async def test_no_picture_is_said_before_the_socket_opens(camera: str, officer: Browser, ports: FakePorts) -> None:
    ports.taps.refusal = NO_PICTURE
    with pytest.raises(WSServerHandshakeError) as refused:
        await officer.client.ws_connect(f"/api/cameras/{camera}/live")
    assert refused.value.status == 503
    assert (await officer.get(f"/api/cameras/{camera}/live")).status in (400, 426)
