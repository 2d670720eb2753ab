import asyncio
import hashlib
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from fakes.rtp_packets import IDR, PPS, SPS_640X360, SPS_1280X720, Camera, P, sender_report
from fakes.rtsp_server import FakeCamera, Player
from fakes.units import Kept
from streams.contract import Timeouts
from streams.rtsp.faults import NotSpoken
from streams.rtsp.reader import RtspSource
from streams.source import open_source
from streams.types.camera import Credentials, FaultKind, Ingest, SourceFault, StreamSpec, Transport
from streams.types.media import StreamKind

QUICK = Timeouts(connect_s=1.0, response_s=0.3, stall_s=0.2, close_s=0.2)
PATIENT = Timeouts(connect_s=5.0, response_s=5.0, stall_s=5.0, close_s=0.5)
VONG = Credentials(username="vong", password="s3cret")


def source(camera: FakeCamera, *, timeouts: Timeouts = PATIENT, transport: Transport = Transport.TCP) -> RtspSource:
    spec = StreamSpec(kind=StreamKind.SUB, url=camera.url, transport=transport)
    return RtspSource(spec, VONG, timeouts, time.time_ns)


async def fault_of(reader: RtspSource) -> SourceFault:
    with pytest.raises(SourceFault) as caught:
        await reader.run_once(Kept())
    return caught.value


async def read(reader: RtspSource, units: int) -> Kept:
    """Run until `units` have come, then cancel as a supervisor would."""
    kept = Kept()
    task = asyncio.create_task(reader.run_once(kept))
    waiting = asyncio.create_task(kept.have(units))
    await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
    for ending in (task, waiting):
        ending.cancel()
    await asyncio.gather(task, waiting, return_exceptions=True)
    if len(kept.units) < units:
        await task
    return kept


async def play_pictures(player: Player) -> None:
    camera = Camera(sequence=65_530)
    for number in range(20):
        await player.send(camera.picture(*(P,) if number % 10 else (IDR,)))
    await asyncio.Event().wait()


async def test_pictures_come_whole_with_their_parameter_sets_and_the_session_is_closed_politely():
    async with FakeCamera(play_pictures).serving() as camera:
        kept = await read(source(camera), 20)
    assert [unit.keyframe for unit in kept.units] == [number % 10 == 0 for number in range(20)]
    assert kept.units[0].parts == (SPS_640X360, PPS, IDR)
    assert kept.units[1].parts == (P,)
    assert (kept.tracks[0][0].width_px, kept.tracks[0][0].height_px) == (640, 360)
    assert camera.methods() == ["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "TEARDOWN"]


async def test_pictures_come_over_udp_too():
    async with FakeCamera(play_pictures).serving() as camera:
        kept = await read(source(camera, transport=Transport.UDP), 20)
    assert len(kept.units) == 20
    assert "client_port" in camera.asked[2].headers["transport"]


async def test_a_transport_that_the_camera_refuses_is_changed():
    async with FakeCamera(play_pictures, replies={"SETUP": ["461 Unsupported transport"]}).serving() as camera:
        await read(source(camera, transport=Transport.UDP), 1)
    assert camera.connections == 2
    assert "interleaved" in camera.asked[-3].headers["transport"]


@pytest.mark.parametrize("basic", [True, False])
async def test_the_right_password_opens(basic):
    async with FakeCamera(play_pictures, password="s3cret", basic=basic).serving() as camera:
        await read(source(camera), 1)
    assert camera.refused_sign_ins == 0


@pytest.mark.parametrize("basic", [True, False])
async def test_a_wrong_password_is_sent_exactly_once(basic):
    async with FakeCamera(password="another", basic=basic).serving() as camera:
        fault = await fault_of(source(camera))
    assert fault.kind is FaultKind.AUTHENTICATION
    assert camera.refused_sign_ins == 1
    assert "s3cret" not in str(fault)


@pytest.mark.parametrize(
    ("replies", "kind"),
    [
        ({"DESCRIBE": ["404 Not Found"]}, FaultKind.NOT_FOUND),
        ({"DESCRIBE": ["403 Forbidden"]}, FaultKind.AUTHENTICATION),
        ({"DESCRIBE": ["500 Oops"]}, FaultKind.FORMAT),
        ({"DESCRIBE": ["200 OK\r\nContent-Length: 999999\r\n"]}, FaultKind.FORMAT),
        ({"SETUP": ["200 OK\r\n"]}, FaultKind.FORMAT),
        ({"PLAY": ["453 Not Enough Bandwidth"]}, FaultKind.REFUSED),
        ({"DESCRIBE": ["302 Moved\r\nLocation: rtsp://10.9.9.9/live\r\n"]}, FaultKind.NOT_FOUND),
        ({"DESCRIBE": ["302 Moved\r\nLocation: http://127.0.0.1/live\r\n"]}, FaultKind.NOT_FOUND),
        ({"DESCRIBE": ["302 Moved\r\n"]}, FaultKind.NOT_FOUND),
        ({"DESCRIBE": ["302 Moved\r\nLocation: /round\r\n"] * 9}, FaultKind.FORMAT),
    ],
)
async def test_each_refusal_has_its_kind(replies, kind):
    async with FakeCamera(replies=replies).serving() as camera:
        assert (await fault_of(source(camera))).kind is kind


async def test_a_redirect_on_the_same_host_is_followed():
    camera = FakeCamera(play_pictures, replies={"DESCRIBE": ["301 Moved\r\nLocation: /elsewhere\r\n"]})
    async with camera.serving():
        await read(source(camera), 1)
    assert camera.asked[-1].url.endswith("/elsewhere")


async def test_a_codec_that_we_do_not_speak_says_so():
    async with FakeCamera(sdp=b"m=video 0 RTP/AVP 26\r\na=control:t\r\n").serving() as camera:
        assert isinstance(await fault_of(source(camera)), NotSpoken)


async def test_nobody_listening_is_refused_and_silence_is_unreachable():
    camera = FakeCamera()
    async with camera.serving():
        pass
    assert (await fault_of(source(camera))).kind is FaultKind.REFUSED


async def test_a_stall_with_the_connection_open_is_found_in_time():
    async def play_three(player: Player) -> None:
        await player.send(Camera().picture(IDR))
        await asyncio.Event().wait()

    async with FakeCamera(play_three).serving() as camera:
        begun_s = time.monotonic()
        fault = await fault_of(source(camera, timeouts=QUICK))
    assert fault.kind is FaultKind.STALLED
    assert 0.15 < time.monotonic() - begun_s < 1.0


async def test_bytes_dripping_one_at_a_time_are_a_stall():
    async def drip(player: Player) -> None:
        for byte in b"$\x00\xff\xff" + bytes(10_000):
            await player.raw(bytes((byte,)))
            await asyncio.sleep(0)
        await asyncio.Event().wait()

    async with FakeCamera(drip).serving() as camera:
        assert (await fault_of(source(camera, timeouts=QUICK))).kind is FaultKind.STALLED


async def test_a_camera_that_accepts_and_says_nothing_is_stalled():
    async with FakeCamera(replies={"OPTIONS": ["200 OK\r\nContent-Length: 5\r\n"]}).serving() as camera:
        assert (await fault_of(source(camera, timeouts=QUICK))).kind is FaultKind.STALLED


async def test_a_reset_is_lost():
    async def reset(player: Player) -> None:
        player.reset()

    async with FakeCamera(reset).serving() as camera:
        assert (await fault_of(source(camera))).kind is FaultKind.LOST


async def test_endless_garbage_is_a_format_fault():
    async def rubbish(player: Player) -> None:
        while True:
            await player.raw(b"\xfe\xdc\xba" * 20_000)

    async with FakeCamera(rubbish).serving() as camera:
        assert (await fault_of(source(camera))).kind is FaultKind.FORMAT


async def test_garbage_between_pictures_costs_at_most_the_pictures_around_it():
    async def dirty(player: Player) -> None:
        stream = Camera()
        for number in range(20):
            if number == 7:
                await player.raw(b"\x00\xfe garbage \xff" * 50)
            await player.send(stream.picture(*(P,) if number else (IDR,)))
        await asyncio.Event().wait()

    async with FakeCamera(dirty).serving() as camera:
        kept = await read(source(camera), 18)
    assert len(kept.units) >= 18


async def test_a_lost_packet_drops_its_picture_and_marks_the_next():
    async def lossy(player: Player) -> None:
        stream = Camera()
        await player.send(stream.picture(IDR))
        await player.send(stream.picture(IDR)[1:])
        await player.send(stream.picture(P))
        await asyncio.Event().wait()

    async with FakeCamera(lossy).serving() as camera:
        reader = source(camera)
        kept = await read(reader, 2)
    assert [(unit.keyframe, unit.discontinuity) for unit in kept.units] == [(True, False), (False, True)]
    assert reader.lost_packets == 1


async def test_a_new_resolution_in_mid_stream_is_announced_before_its_first_picture():
    async def change(player: Player) -> None:
        stream = Camera()
        await player.send(stream.picture(IDR))
        await player.send(stream.picture(SPS_1280X720, PPS, IDR))
        await asyncio.Event().wait()

    async with FakeCamera(change).serving() as camera:
        kept = await read(source(camera), 2)
    assert [tracks[0].width_px for tracks in kept.tracks] == [640, 1280]


async def test_capture_time_is_the_cameras_corrected_by_its_clock():
    begun_ns = time.time_ns()

    async def skewed(player: Player) -> None:
        stream = Camera(timestamp=90_000)
        await player.send([sender_report(begun_ns / 1e9 - 3600, 90_000)], channel=1)
        for number in range(3):
            await player.send(stream.picture(IDR if number == 0 else P))
        await asyncio.Event().wait()

    async with FakeCamera(skewed).serving() as camera:
        reader = source(camera)
        kept = await read(reader, 3)
    # All were sent at once; the camera says that they were taken 1/15 s apart, so only the first can be as old as its report.
    assert abs(kept.units[0].capture_ns - begun_ns) < 50_000_000 + (kept.units[0].arrival_ns - begun_ns)
    assert reader.clock_offset_ms is not None
    assert abs(reader.clock_offset_ms + 3_600_000) < 1000


async def test_a_session_is_kept_alive_by_the_method_that_the_camera_knows():
    async def slow_pictures(player: Player) -> None:
        stream = Camera()
        while True:
            await player.send(stream.picture(IDR))
            await asyncio.sleep(0.05)

    for public, method in (("GET_PARAMETER", "GET_PARAMETER"), ("DESCRIBE", "OPTIONS")):
        async with FakeCamera(slow_pictures, public=public, session="1;timeout=2").serving() as camera:
            await read(source(camera), 30)
        assert set(camera.methods()[4:-1]) == {method}


async def test_a_camera_that_never_answers_goodbye_cannot_hold_us():
    async with FakeCamera(play_pictures).serving() as camera:
        reader = source(camera)
        camera.replies["TEARDOWN"] = ["200 OK\r\nContent-Length: 5\r\n"]
        begun_s = time.monotonic()
        await read(reader, 20)
    assert time.monotonic() - begun_s < 1.0


async def test_a_source_runs_again_after_it_ended():
    async def one_then_reset(player: Player) -> None:
        await player.send(Camera().picture(IDR))
        await asyncio.sleep(0)
        player.writer.close()

    async with FakeCamera(one_then_reset).serving() as camera:
        reader = source(camera)
        assert (await fault_of(reader)).kind is FaultKind.LOST
        assert (await fault_of(reader)).kind is FaultKind.LOST
    assert camera.connections == 2


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=camera -keyout {key} -out {certificate}"
    subprocess.run(command.split(), check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    return tls


@pytest.fixture
def fingerprint(self_signed, tmp_path: Path) -> str:
    der = ssl.PEM_cert_to_DER_cert((tmp_path / "certificate.pem").read_text())
    return hashlib.sha256(der).hexdigest()


async def test_pictures_come_through_tls_with_the_cameras_own_certificate_which_is_shown(self_signed, fingerprint):
    async with FakeCamera(play_pictures, tls=self_signed).serving() as camera:
        reader = source(camera)
        assert len((await read(reader, 20)).units) == 20
    assert reader.certificate_sha256 == fingerprint


async def test_a_camera_is_held_to_its_pinned_certificate(self_signed, fingerprint):
    async with FakeCamera(play_pictures, tls=self_signed).serving() as camera:
        spec = StreamSpec(kind=StreamKind.SUB, url=camera.url, certificate_sha256=fingerprint)
        assert (await read(RtspSource(spec, VONG, PATIENT, time.time_ns), 1)).units


async def test_another_certificate_than_the_pinned_one_gets_no_word_from_us(self_signed):
    async with FakeCamera(play_pictures, tls=self_signed).serving() as camera:
        spec = StreamSpec(kind=StreamKind.SUB, url=camera.url, certificate_sha256="0" * 64, ingest=Ingest.PYAV)
        pinned = open_source(spec, VONG, PATIENT)
        assert (await fault_of(pinned)).kind is FaultKind.AUTHENTICATION
    assert camera.asked == []


async def test_a_redirect_away_from_tls_is_not_followed(self_signed):
    moved = {"DESCRIBE": ["302 Moved\r\nLocation: rtsp://127.0.0.1/live\r\n"]}
    async with FakeCamera(play_pictures, tls=self_signed, replies=moved).serving() as camera:
        assert (await fault_of(source(camera))).kind is FaultKind.NOT_FOUND
