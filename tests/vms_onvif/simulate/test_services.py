"""Device, Media, Media2 and PTZ, as an honest device answers them."""

from dataclasses import replace
from http import HTTPStatus

import aiohttp
import pytest

from fakes.onvif_rehearsal import H265, JPEG, MAIN, SUB, USER, device, envelope, rehearsal
from vms_onvif.simulate.addresses import Service
from vms_onvif.simulate.device import OnvifChannel
from vms_onvif.simulate.soap import TDS, TRT

PROFILE = "<q:ProfileToken>profile_1_main</q:ProfileToken>"
MOVE = '<q:Velocity><tt:PanTilt x="1" y="-0.5"/><tt:Zoom x="0.5"/></q:Velocity>'


async def test_time_services_and_capabilities_are_told_without_a_login() -> None:
    async with rehearsal() as at:
        time = await at.ask(Service.DEVICE, "GetSystemDateAndTime", user=None)
        services = await at.ask(Service.DEVICE, "GetServices", user=None)
        capabilities = await at.ask(Service.DEVICE, "GetCapabilities", user=None)
        base = at.base()
    assert [time.texts(name)[0] for name in ("Year", "Month", "Day", "Hour", "Minute", "Second")] == [
        "2026", "9", "21", "14", "13", "20",
    ]  # fmt: skip
    assert time.texts("Hour") == ["14", "21"], "UTC, and ICT"
    assert services.texts("Namespace")[:2] == [TDS, TRT]
    assert all(address.startswith(base) for address in services.texts("XAddr") + capabilities.texts("XAddr"))


async def test_who_it_is_needs_a_login() -> None:
    async with rehearsal() as at:
        refused = await at.ask(Service.DEVICE, "GetDeviceInformation", user=None)
        told = await at.ask(Service.DEVICE, "GetDeviceInformation")
    assert refused.status == HTTPStatus.UNAUTHORIZED
    assert refused.subcode == "ter:NotAuthorized"
    assert told.text("Manufacturer") == "Hoa Ban"
    assert told.text("SerialNumber").startswith("VG")


async def test_network_host_scopes_and_users_agree_with_the_device() -> None:
    own = device()
    async with rehearsal(own) as at:
        interfaces = await at.ask(Service.DEVICE, "GetNetworkInterfaces")
        protocols = await at.ask(Service.DEVICE, "GetNetworkProtocols")
        scopes = await at.ask(Service.DEVICE, "GetScopes")
        users = await at.ask(Service.DEVICE, "GetUsers")
        host = await at.ask(Service.DEVICE, "GetHostname", user=None)
        port = at.port()
    assert interfaces.text("HwAddress") == own.mac
    assert interfaces.text("Address") == own.address
    assert protocols.texts("Port") == [str(port), "8554"]
    assert tuple(scopes.texts("ScopeItem")) == own.all_scopes
    assert users.texts("Username") == [USER.name]
    assert USER.password.encode() not in users.raw
    assert host.text("Name").startswith("camera-")


async def test_both_media_services_tell_the_same_streams() -> None:
    encoder = device(channels=(OnvifChannel(1, MAIN, SUB, "AAC"), OnvifChannel(2, replace(MAIN, path="/ch2/main"))))
    async with rehearsal(encoder) as at:
        one = await at.ask(Service.MEDIA, "GetProfiles")
        two = await at.ask(Service.MEDIA2, "GetProfiles", "<q:Type>All</q:Type>")
        bare = await at.ask(Service.MEDIA2, "GetProfiles")
        stream = await at.ask(
            Service.MEDIA2,
            "GetStreamUri",
            "<q:Protocol>RTSP</q:Protocol><q:ProfileToken>profile_2_main</q:ProfileToken>",
        )
        first = await at.ask(Service.MEDIA, "GetStreamUri", PROFILE)
    tokens = ["profile_1_main", "profile_1_sub", "profile_2_main"]
    assert one.attributes("Profiles", "token") == two.attributes("Profiles", "token") == tokens
    assert one.texts("Width") == two.texts("Width") == ["1920", "640", "1920"]
    assert one.texts("GovLength") == two.attributes("VideoEncoder", "GovLength") == ["50", "30", "50"]
    assert one.texts("Encoding") == ["H264", "AAC", "H264", "H264"]
    assert two.texts("Encoding") == ["H264", "MP4A-LATM", "H264", "H264"]
    assert not bare.texts("Encoding")
    assert stream.text("Uri") == f"rtsp://{encoder.address}:8554/ch2/main"
    assert first.text("Uri") == f"rtsp://{encoder.address}:8554/main"


async def test_media2_has_a_word_for_h265() -> None:
    async with rehearsal(device(channels=(OnvifChannel(1, H265, SUB),))) as at:
        answer = await at.ask(Service.MEDIA2, "GetVideoEncoderConfigurations")
        options = await at.ask(Service.MEDIA2, "GetVideoEncoderConfigurationOptions", PROFILE)
    assert answer.texts("Encoding") == ["H265", "H264"]
    assert options.text("Encoding") == "H265"


@pytest.mark.parametrize(
    ("service", "operation", "inside", "subcode"),
    [
        (Service.MEDIA, "GetStreamUri", "<q:ProfileToken>nobody</q:ProfileToken>", "ter:NoProfile"),
        (Service.MEDIA, "GetStreamUri", "", "ter:NoProfile"),
        (Service.MEDIA2, "GetStreamUri", PROFILE + "<q:Protocol>HTTP</q:Protocol>", "ter:InvalidStreamSetup"),
        (Service.MEDIA2, "GetProfiles", "<q:Type>Everything</q:Type>", "ter:InvalidArgVal"),
        (Service.MEDIA, "GetProfile", "<q:ProfileToken>&lt;x&gt;</q:ProfileToken>", "ter:NoProfile"),
        (Service.DEVICE, "SetUser", "", "ter:ActionNotSupported"),
        (Service.PTZ, "Stop", "<q:ProfileToken>x</q:ProfileToken>", "ter:NoProfile"),
        (Service.PTZ, "ContinuousMove", PROFILE, "ter:InvalidArgVal"),
        (
            Service.PTZ,
            "ContinuousMove",
            PROFILE + '<q:Velocity><tt:PanTilt x="nan" y="0"/></q:Velocity>',
            "ter:InvalidArgVal",
        ),
        (Service.PTZ, "ContinuousMove", PROFILE + MOVE + "<q:Timeout>PT1Y</q:Timeout>", "ter:InvalidArgVal"),
        (Service.PTZ, "GotoPreset", PROFILE + "<q:PresetToken>9</q:PresetToken>", "ter:NoToken"),
        (Service.PTZ, "RemovePreset", PROFILE + "<q:PresetToken>9</q:PresetToken>", "ter:NoToken"),
    ],
)
async def test_what_cannot_be_done_is_a_fault_with_its_own_subcode(
    service: Service, operation: str, inside: str, subcode: str
) -> None:
    async with rehearsal(device(ptz=True)) as at:
        answer = await at.ask(service, operation, inside)
    assert answer.status >= HTTPStatus.BAD_REQUEST
    assert answer.subcode == subcode


async def test_an_operation_is_answered_at_the_path_of_its_service_only() -> None:
    async with rehearsal() as at:
        wrong_path = await at.ask(Service.MEDIA, "GetScopes", namespace=TDS)
        wrong_namespace = await at.ask(Service.DEVICE, "GetScopes", namespace=TRT)
        nowhere = await at.ask("/onvif/ptz_service", "GetNodes")
        elsewhere = await at.ask("/nothing", "GetScopes")
    assert wrong_path.subcode == wrong_namespace.subcode == "ter:ActionNotSupported"
    assert nowhere.status == elsewhere.status == HTTPStatus.NOT_FOUND


async def test_a_request_that_is_not_soap_is_refused() -> None:
    call = f'<q:GetScopes xmlns:q="{TDS}"/>'
    async with rehearsal() as at:
        plain = await at.post(Service.DEVICE, envelope(call), **{"Content-Type": "text/plain"})
        soap11 = await at.post(Service.DEVICE, envelope(call).replace("2003/05/soap-envelope", "other"))
        bomb = await at.post(
            Service.DEVICE, '<!DOCTYPE s [<!ENTITY a "x">]>' + envelope(call).replace("GetScopes", "Get&a;")
        )
        async with at.session.get(at.simulator.xaddr(1)) as got:
            status = got.status
    assert plain.status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    assert soap11.subcode == bomb.subcode == "ter:WellFormed"
    assert status == HTTPStatus.METHOD_NOT_ALLOWED


async def test_a_ptz_camera_moves_stops_and_comes_back_to_a_preset() -> None:
    async with rehearsal(device(ptz=True)) as at:
        saved = await at.ask(Service.PTZ, "SetPreset", PROFILE + "<q:PresetName>Cổng</q:PresetName>")
        await at.ask(Service.PTZ, "ContinuousMove", PROFILE + MOVE + "<q:Timeout>PT20S</q:Timeout>")
        at.time.advance(1)
        moving = await at.ask(Service.PTZ, "GetStatus", PROFILE)
        assert at.simulator.position(1) == pytest.approx((0.4, -0.2, 0.2))
        await at.ask(Service.PTZ, "Stop", PROFILE)
        at.time.advance(1)
        stopped = await at.ask(Service.PTZ, "GetStatus", PROFILE)
        preset = f"<q:PresetToken>{saved.text('PresetToken')}</q:PresetToken>"
        await at.ask(Service.PTZ, "GotoPreset", PROFILE + preset)
        at.time.advance(10)
        presets = await at.ask(Service.PTZ, "GetPresets", PROFILE)
        assert at.simulator.position(1) == pytest.approx((0, 0, 0))
        await at.ask(Service.PTZ, "RemovePreset", PROFILE + preset)
        left = await at.ask(Service.PTZ, "GetPresets", PROFILE)
    assert moving.attributes("PanTilt", "x")[0] == stopped.attributes("PanTilt", "x")[0] == "0.4000"
    assert "MOVING" in moving.texts("PanTilt")
    assert "IDLE" in stopped.texts("PanTilt")
    assert presets.text("Name") == "Cổng"
    assert not left.texts("Name")


async def test_absolute_relative_and_home_moves_arrive() -> None:
    async with rehearsal(device(ptz=True)) as at:
        await at.ask(Service.PTZ, "AbsoluteMove", PROFILE + '<q:Position><tt:PanTilt x="0.5" y="0.25"/></q:Position>')
        at.time.advance(5)
        await at.ask(Service.PTZ, "RelativeMove", PROFILE + '<q:Translation><tt:PanTilt x="-9" y="0"/></q:Translation>')
        at.time.advance(5)
        assert at.simulator.position(1) == pytest.approx((-1, 0.25, 0)), "the end stop"
        await at.ask(Service.PTZ, "SetHomePosition", PROFILE)
        await at.ask(Service.PTZ, "AbsoluteMove", PROFILE + '<q:Position><tt:Zoom x="1"/></q:Position>')
        at.time.advance(5)
        assert at.simulator.position(1).zoom == pytest.approx(1)
        await at.ask(Service.PTZ, "GotoHomePosition", PROFILE)
        at.time.advance(5)
        assert at.simulator.position(1) == pytest.approx((-1, 0.25, 0))


async def test_a_snapshot_is_the_picture_of_its_channel_behind_http_digest() -> None:
    encoder = device(channels=(OnvifChannel(7, MAIN), OnvifChannel(8, MAIN)))
    async with rehearsal(encoder) as at:
        uri = await at.ask(Service.MEDIA2, "GetSnapshotUri", "<q:ProfileToken>profile_2_main</q:ProfileToken>")
        async with at.session.get(uri.text("Uri")) as bare:
            assert bare.status == HTTPStatus.UNAUTHORIZED
        login = aiohttp.DigestAuthMiddleware(USER.name, USER.password)
        async with at.session.get(uri.text("Uri"), middlewares=(login,)) as got:
            assert (got.status, got.content_type) == (HTTPStatus.OK, "image/jpeg")
            assert await got.read() == JPEG + b"8"
        async with at.session.get(f"{at.base()}/snapshot/3") as none:
            assert none.status == HTTPStatus.NOT_FOUND
