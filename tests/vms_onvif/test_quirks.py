"""The twenty habits of real devices, each against a simulated device that has it. Those of discovery and of events are in their folders."""

import time

import pytest

from fakes.onvif_devices import H265_MAIN, LOGIN, USER, WRONG, onvif_device, recorder, simulated
from vms_onvif.client import Client
from vms_onvif.describe import Description
from vms_onvif.faults import FaultKind, OnvifFault
from vms_onvif.login import Login as DeviceLogin
from vms_onvif.simulate.device import ODD, ONVIF_ONLY, Login, OnvifDevice, User
from vms_onvif.simulate.faults import Fault
from vms_onvif.simulate.quirks import Quirk


async def described(client: Client, device: OnvifDevice, login: DeviceLogin = LOGIN) -> Description:
    async with simulated(device) as simulator:
        return await client.describe(simulator.xaddr(device.number), login)


def urls(said: Description) -> list[tuple[str, str | None]]:
    return [(channel.main.url, channel.sub.url if channel.sub else None) for channel in said.channels]


def right_urls(device: OnvifDevice) -> list[tuple[str, str]]:
    return [(f"rtsp://{device.address}:8554/cam/main", f"rtsp://{device.address}:8554/cam/sub")]


@pytest.mark.parametrize("login", list(Login))
async def test_a_device_without_quirks_describes_itself(client: Client, login: Login) -> None:
    device = onvif_device(login=login)
    said = await described(client, device)
    assert (said.name, said.manufacturer, said.model) == ("Cổng 1", "Vong", "VG-2026")
    assert said.serial == device.shown_serial
    assert said.clock_offset_s is not None
    assert abs(said.clock_offset_s) < 1.0
    assert urls(said) == right_urls(device)
    (channel,) = said.channels
    assert channel.sub is not None
    main, sub = channel.main.profile, channel.sub.profile
    assert (main.codec, main.width_px, main.height_px, main.fps, main.gop_s, main.audio) == (
        "H264",
        1920,
        1080,
        25.0,
        2.0,
        "AAC",
    )
    assert (sub.codec, sub.width_px, sub.height_px, sub.fps, sub.gop_s) == ("H264", 640, 360, 15.0, 4.0)
    assert channel.snapshot_url.startswith(f"http://{device.address}:")


@pytest.mark.parametrize(("quirk", "offset_s"), [(Quirk.CLOCK_SKEW, 47.0), (Quirk.CLOCK_MONTHS_OFF, -100 * 86_400.0)])
async def test_quirk_01_a_token_is_signed_with_the_devices_clock(client: Client, quirk: Quirk, offset_s: float) -> None:
    said = await described(client, onvif_device(quirk, login=Login.TOKEN))
    assert said.clock_offset_s == pytest.approx(offset_s, abs=1.0)


@pytest.mark.parametrize("quirk", [Quirk.LOCAL_TIME_AS_UTC, Quirk.NO_UTC_TIME])
async def test_quirk_02_a_clock_that_tells_local_time_is_understood(client: Client, quirk: Quirk) -> None:
    said = await described(client, onvif_device(quirk, login=Login.TOKEN))
    expected_s = 7 * 3600.0 if quirk is Quirk.LOCAL_TIME_AS_UTC else 0.0
    assert said.clock_offset_s == pytest.approx(expected_s, abs=1.0)


@pytest.mark.parametrize("login", list(Login))
async def test_quirk_02_a_clock_behind_a_password_is_read_after_logging_in(client: Client, login: Login) -> None:
    said = await described(client, onvif_device(Quirk.TIME_NEEDS_PASSWORD, login=login))
    assert said.clock_offset_s == pytest.approx(0.0, abs=1.0)


async def test_quirk_03_http_digest_is_used_where_it_alone_is_taken(client: Client) -> None:
    device = onvif_device(Quirk.DIGEST_ONLY)
    assert urls(await described(client, device)) == right_urls(device)
    with pytest.raises(OnvifFault) as caught:
        await described(client, device, WRONG)
    assert caught.value.kind is FaultKind.AUTHENTICATION


@pytest.mark.parametrize("quirk", [Quirk.H265_MISSING_IN_MEDIA1, Quirk.H265_INCOMPLETE_IN_MEDIA1, Quirk.ONLY_MEDIA2])
async def test_quirk_04_h265_is_found_through_media2(client: Client, quirk: Quirk) -> None:
    device = onvif_device(quirk, main=H265_MAIN)
    (channel,) = (await described(client, device)).channels
    assert (channel.main.profile.codec, channel.main.profile.width_px) == ("H265", 2560)
    assert channel.sub is not None
    assert channel.sub.profile.codec == "H264"


async def test_quirk_05_service_addresses_are_asked_at_the_host_that_answered(client: Client) -> None:
    device = onvif_device(Quirk.WRONG_XADDR)
    said = await described(client, device)
    assert urls(said) == right_urls(device)
    assert said.services.media1 == "/onvif/media_service"
    assert said.channels[0].snapshot_url.startswith(f"http://{device.address}:")


@pytest.mark.parametrize("quirk", [Quirk.WRONG_STREAM_HOST, Quirk.WRONG_STREAM_PORT, Quirk.NO_STREAM_URI])
async def test_quirk_06_stream_addresses_are_corrected(client: Client, quirk: Quirk) -> None:
    device = onvif_device(quirk)
    assert urls(await described(client, device)) == right_urls(device)


async def test_quirk_09_faults_with_undeclared_prefixes_keep_their_meaning(client: Client) -> None:
    device = onvif_device(Quirk.UNDECLARED_PREFIXES, login=Login.TOKEN)
    assert urls(await described(client, device)) == right_urls(device)
    with pytest.raises(OnvifFault) as caught:
        await described(client, device, WRONG)
    assert caught.value.kind is FaultKind.AUTHENTICATION


async def test_quirk_14_a_connection_that_was_closed_without_notice_is_opened_again(client: Client) -> None:
    device = onvif_device(Quirk.CLOSES_KEEP_ALIVE)
    assert urls(await described(client, device)) == right_urls(device)


async def test_quirk_18_a_placeholder_is_no_serial_number(client: Client) -> None:
    assert (await described(client, onvif_device(Quirk.PLACEHOLDER_SERIAL))).serial == ""


async def test_quirk_18_a_recorder_is_many_channels_on_one_address(client: Client) -> None:
    said = await described(client, recorder(4))
    assert [channel.main.url.rpartition(":8554")[2] for channel in said.channels] == [
        "/0/main",
        "/1/main",
        "/2/main",
        "/3/main",
    ]
    assert len({channel.source for channel in said.channels}) == 4


@pytest.mark.parametrize("quirk", [Quirk.SPACED_TOKENS, Quirk.HOSTILE_NAMES, Quirk.PROFILE_WITHOUT_STREAM])
async def test_quirk_19_odd_tokens_names_and_profiles_do_no_harm(client: Client, quirk: Quirk) -> None:
    device = onvif_device(quirk)
    said = await described(client, device)
    assert urls(said) == right_urls(device)
    assert len(said.name) <= 600
    assert len(said.model) <= 4000


@pytest.mark.parametrize("login", [Login.TOKEN, Login.DIGEST])
@pytest.mark.parametrize(
    ("quirk", "user"), [(Quirk.OTHER_RTSP_USER, ONVIF_ONLY), (Quirk.ODD_PASSWORD, ODD), (Quirk.SPACED_TOKENS, USER)]
)
async def test_quirk_20_any_password_is_carried_unchanged(
    client: Client, quirk: Quirk, user: User, login: Login
) -> None:
    device = onvif_device(quirk, login=login)
    said = await described(client, device, DeviceLogin(user.name, user.password))
    assert urls(said) == right_urls(device)


@pytest.mark.parametrize("login", list(Login))
async def test_quirk_20_a_refused_login_is_tried_once(client: Client, login: Login) -> None:
    device = onvif_device(login=login)
    async with simulated(device) as simulator:
        gate = simulator._by_number[1].gate
        with pytest.raises(OnvifFault) as caught:
            await client.describe(simulator.xaddr(1), WRONG)
        assert caught.value.kind is FaultKind.AUTHENTICATION
        assert gate._wrong == 1
        with pytest.raises(OnvifFault):
            await client.describe(simulator.xaddr(1), DeviceLogin())
        assert gate._wrong == 1
        said = await client.describe(simulator.xaddr(1), LOGIN)
    assert urls(said) == right_urls(device)


@pytest.mark.parametrize("login", [Login.TOKEN, Login.DIGEST])
async def test_quirk_20_a_locked_device_says_so(client: Client, login: Login) -> None:
    async with simulated(onvif_device(login=login)) as simulator:
        for _ in range(5):
            with pytest.raises(OnvifFault):
                await client.describe(simulator.xaddr(1), WRONG)
        with pytest.raises(OnvifFault) as caught:
            await client.describe(simulator.xaddr(1), LOGIN)
    assert caught.value.kind is FaultKind.LOCKED


async def test_a_device_with_every_quirk_of_one_maker_still_describes_itself(client: Client) -> None:
    device = onvif_device(
        Quirk.CLOCK_MONTHS_OFF,
        Quirk.WRONG_XADDR,
        Quirk.WRONG_STREAM_HOST,
        Quirk.UNDECLARED_PREFIXES,
        Quirk.CLOSES_KEEP_ALIVE,
        Quirk.SPACED_TOKENS,
        Quirk.PROFILE_WITHOUT_STREAM,
        Quirk.H265_MISSING_IN_MEDIA1,
        Quirk.HOSTILE_NAMES,
        login=Login.TOKEN,
        main=H265_MAIN,
    )
    assert urls(await described(client, device)) == right_urls(device)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.POWER_OFF, FaultKind.UNREACHABLE),
        (Fault.STALL, FaultKind.UNREACHABLE),
        (Fault.DRIP, FaultKind.UNREACHABLE),
        (Fault.UNAUTHORIZED, FaultKind.AUTHENTICATION),
    ],
)
async def test_what_is_wrong_with_a_device_becomes_a_typed_fault_within_the_time_out(
    fault: Fault, kind: FaultKind
) -> None:
    hasty = Client(1, timeout_s=0.4)
    async with simulated(onvif_device()) as simulator:
        simulator.faults.set([1], fault, 50 if fault is Fault.DRIP else None)
        began_s = time.monotonic()
        with pytest.raises(OnvifFault) as caught:
            await hasty.describe(simulator.xaddr(1), LOGIN)
    assert caught.value.kind is kind
    assert time.monotonic() - began_s < 5.0


@pytest.mark.parametrize("garbage", range(1, 7))
async def test_garbage_becomes_a_typed_fault(client: Client, garbage: int) -> None:
    async with simulated(onvif_device()) as simulator:
        simulator.faults.set([1], Fault.GARBAGE, garbage)
        with pytest.raises(OnvifFault) as caught:
            await client.describe(simulator.xaddr(1), LOGIN)
    assert caught.value.kind in (FaultKind.GARBAGE, FaultKind.UNREACHABLE)
