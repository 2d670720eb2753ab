"""Each habit of real devices, acted out: one test named after each quirk."""

import asyncio
import re
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import aiohttp
import pytest
from lxml import etree

from fakes.onvif_probe import probe, prober
from fakes.onvif_rehearsal import H265, SUB, USER, Answer, Rehearsal, device, path_of, rehearsal
from vms_onvif.simulate.addresses import ALL_SUBSCRIPTIONS, FACTORY_HOST, LAN_HOST, Service
from vms_onvif.simulate.clock import MONTHS_S, SKEW_S, ZONE_S
from vms_onvif.simulate.device import ODD, ONVIF_ONLY, OnvifChannel, User
from vms_onvif.simulate.quirks import Quirk
from vms_onvif.simulate.services.event_service import DROPPED_AFTER_S, FEW_SLOTS

BIG = device(channels=(OnvifChannel(1, H265, SUB),))
MAIN_TOKEN = "<q:ProfileToken>profile_1_main</q:ProfileToken>"
STREAM2 = MAIN_TOKEN + "<q:Protocol>RTSP</q:Protocol>"
ADDRESSING = (
    '<wsa:Action xmlns:wsa="http://www.w3.org/2005/08/addressing">a</wsa:Action>'
    '<wsa:To xmlns:wsa="http://www.w3.org/2005/08/addressing">{to}</wsa:To>'
)


def test_every_quirk_has_a_test_named_after_it() -> None:
    tests = [name for name in globals() if name.startswith("test_")]
    assert not [quirk for quirk in Quirk if not any(name.startswith(f"test_{quirk}") for name in tests)]


def hour(answer: Answer) -> int:
    return int(answer.texts("Hour")[0])


def values(answer: Answer) -> list[str]:
    """The states of motion in an answer."""
    return [value for value in answer.attributes("SimpleItem", "Value") if value in {"true", "false"}]


async def information(at: Rehearsal, ahead_s: float = 0.0) -> int:
    return (await at.ask(Service.DEVICE, "GetDeviceInformation", ahead_s=ahead_s)).status


async def motions(at: Rehearsal, path: str) -> Answer:
    await at.pull(path)
    at.simulator.motion(1, moving=True)
    at.simulator.motion(1, moving=False)
    return await at.pull(path)


# 1 and 2: clocks


@pytest.mark.parametrize(("quirk", "ahead_s"), [(Quirk.CLOCK_SKEW, SKEW_S), (Quirk.CLOCK_MONTHS_OFF, MONTHS_S)])
async def test_clock_skew_and_months_off_admit_only_who_signs_with_the_devices_time(
    quirk: Quirk, ahead_s: float
) -> None:
    async with rehearsal(device(quirk)) as at:
        assert await information(at) == HTTPStatus.UNAUTHORIZED
        assert await information(at, ahead_s) == HTTPStatus.OK


async def test_clock_months_off_shows_in_the_time_that_it_tells() -> None:
    async with rehearsal(device(Quirk.CLOCK_MONTHS_OFF)) as at:
        answer = await at.ask(Service.DEVICE, "GetSystemDateAndTime", user=None)
    assert answer.texts("Month")[0] == "6"


async def test_local_time_as_utc_is_told_and_believed() -> None:
    async with rehearsal(device(Quirk.LOCAL_TIME_AS_UTC)) as at:
        answer = await at.ask(Service.DEVICE, "GetSystemDateAndTime", user=None)
        assert answer.texts("Hour") == ["21", "21"]
        assert await information(at) == HTTPStatus.UNAUTHORIZED
        assert await information(at, ZONE_S) == HTTPStatus.OK


async def test_no_utc_time_leaves_the_local_time_and_its_zone() -> None:
    async with rehearsal(device(Quirk.NO_UTC_TIME)) as at:
        answer = await at.ask(Service.DEVICE, "GetSystemDateAndTime", user=None)
        assert await information(at) == HTTPStatus.OK
    assert answer.texts("UTCDateTime") == []
    assert answer.text("Hour") == "21"
    assert answer.text("TZ") == "ICT-7"


async def test_time_needs_password() -> None:
    async with rehearsal(device(Quirk.TIME_NEEDS_PASSWORD)) as at:
        refused = await at.ask(Service.DEVICE, "GetSystemDateAndTime", user=None)
        told = await at.ask(Service.DEVICE, "GetSystemDateAndTime")
    assert refused.status == HTTPStatus.UNAUTHORIZED
    assert hour(told) == 14


# 3: logins


async def test_digest_only_answers_401_without_soap_and_looks_at_no_token() -> None:
    async with rehearsal(device(Quirk.DIGEST_ONLY)) as at:
        refused = await at.ask(Service.DEVICE, "GetDeviceInformation")
        at.session._middlewares = (aiohttp.DigestAuthMiddleware(USER.name, USER.password),)
        told = await at.ask(Service.DEVICE, "GetDeviceInformation", user=None)
    assert (refused.status, refused.raw) == (HTTPStatus.UNAUTHORIZED, b"")
    assert refused.headers["WWW-Authenticate"].startswith("Digest ")
    assert told.status == HTTPStatus.OK


# 4: H.265


async def test_h265_missing_in_media1() -> None:
    async with rehearsal(replace(BIG, quirks=frozenset({Quirk.H265_MISSING_IN_MEDIA1}))) as at:
        one = await at.ask(Service.MEDIA, "GetProfiles")
        two = await at.ask(Service.MEDIA2, "GetProfiles")
    assert one.attributes("Profiles", "token") == ["profile_1_sub"]
    assert two.attributes("Profiles", "token") == ["profile_1_main", "profile_1_sub"]


async def test_h265_incomplete_in_media1_is_a_profile_without_its_encoder() -> None:
    async with rehearsal(replace(BIG, quirks=frozenset({Quirk.H265_INCOMPLETE_IN_MEDIA1}))) as at:
        one = await at.ask(Service.MEDIA, "GetProfiles")
        two = await at.ask(Service.MEDIA2, "GetProfiles", "<q:Type>VideoEncoder</q:Type>")
    assert one.attributes("Profiles", "token") == ["profile_1_main", "profile_1_sub"]
    assert one.texts("Encoding") == ["H264"]
    assert two.texts("Encoding") == ["H265", "H264"]


async def test_only_media2() -> None:
    async with rehearsal(device(Quirk.ONLY_MEDIA2)) as at:
        services = await at.ask(Service.DEVICE, "GetServices", user=None)
        capabilities = await at.ask(Service.DEVICE, "GetCapabilities", user=None)
        one = await at.ask(Service.MEDIA, "GetProfiles")
        two = await at.ask(Service.MEDIA2, "GetStreamUri", STREAM2)
    assert "http://www.onvif.org/ver10/media/wsdl" not in services.texts("Namespace")
    assert capabilities.texts("Media") == []
    assert one.status == HTTPStatus.NOT_FOUND
    assert two.text("Uri").endswith("/main")


# 5 and 6: addresses


async def test_wrong_xaddr_is_told_everywhere_but_in_discovery() -> None:
    async with rehearsal(device(Quirk.WRONG_XADDR), discovery=True) as at:
        services = await at.ask(Service.DEVICE, "GetServices", user=None)
        snapshot = await at.ask(Service.MEDIA, "GetSnapshotUri", MAIN_TOKEN)
        subscription = await at.subscribe()
        assert (await at.pull(path_of(subscription))).status == HTTPStatus.OK
        with prober(at.simulator.discovery_port) as asking:
            (found,) = await asking.ask(probe())
        assert found.xaddrs == (at.simulator.xaddr(1),)
    told = [*services.texts("XAddr"), snapshot.text("Uri"), subscription]
    assert all(address.startswith(f"http://{LAN_HOST}/") for address in told)


@pytest.mark.parametrize(
    ("quirk", "authority"),
    [(Quirk.WRONG_STREAM_HOST, "127.0.1.1:8554"), (Quirk.WRONG_STREAM_PORT, f"{device().address}:80")],
)
async def test_wrong_stream_host_and_port_are_told_by_both_media_services(quirk: Quirk, authority: str) -> None:
    async with rehearsal(device(quirk)) as at:
        one = await at.ask(Service.MEDIA, "GetStreamUri", MAIN_TOKEN)
        two = await at.ask(Service.MEDIA2, "GetStreamUri", STREAM2)
    assert one.text("Uri") == two.text("Uri") == f"rtsp://{authority}/main"


async def test_wrong_stream_port_is_put_right_by_the_network_protocols() -> None:
    async with rehearsal(device(Quirk.WRONG_STREAM_PORT)) as at:
        answer = await at.ask(Service.DEVICE, "GetNetworkProtocols")
    assert dict(zip(answer.texts("Name"), answer.texts("Port"), strict=True))["RTSP"] == "8554"


async def test_no_stream_uri_in_the_answer_of_media2() -> None:
    async with rehearsal(device(Quirk.NO_STREAM_URI)) as at:
        two = await at.ask(Service.MEDIA2, "GetStreamUri", STREAM2)
        one = await at.ask(Service.MEDIA, "GetStreamUri", MAIN_TOKEN)
    assert (two.status, two.texts("Uri")) == (HTTPStatus.OK, [])
    assert one.text("Uri")


# 7 and 8: discovery


async def test_several_xaddrs_with_one_that_works() -> None:
    async with rehearsal(device(Quirk.SEVERAL_XADDRS), discovery=True) as at:
        with prober(at.simulator.discovery_port) as asking:
            (found,) = await asking.ask(probe())
        right = at.simulator.xaddr(1)
    assert len(found.xaddrs) == 4
    assert [right in found.xaddrs, found.xaddrs[0].startswith("http://[fe80:")] == [True, True]
    assert any(address.startswith("https:") for address in found.xaddrs)
    assert any("//169.254." in address for address in found.xaddrs)


async def test_only_source_address_works() -> None:
    async with rehearsal(device(Quirk.ONLY_SOURCE_ADDRESS_WORKS), discovery=True) as at:
        with prober(at.simulator.discovery_port) as asking:
            (found,) = await asking.ask(probe())
        port = at.port()
    assert found.xaddrs == (f"http://{FACTORY_HOST}:{port}{Service.DEVICE}",)
    assert found.source[0] == device().address


async def test_ignores_line_breaks() -> None:
    deaf, plain = device(Quirk.IGNORES_LINE_BREAKS, number=1), device(number=2)
    async with rehearsal(deaf, plain, discovery=True) as at:
        with prober(at.simulator.discovery_port) as asking:
            for gap in ("\n", "\r\n"):
                asking.send(probe(gap=gap), deaf.address)
                (only,) = await asking.ask(probe(gap=gap))
                assert only.source[0] == plain.address
            both = await asking.ask(probe() + b"\n", expect=2)
    assert {match.source[0] for match in both} == {deaf.address, plain.address}


# 9 to 14: SOAP and HTTP


async def test_undeclared_prefixes_make_a_fault_that_no_parser_takes() -> None:
    async with rehearsal(device(Quirk.UNDECLARED_PREFIXES)) as at:
        answer = await at.ask(Service.DEVICE, "GetDeviceInformation", user=None)
        fine = await at.ask(Service.DEVICE, "GetDeviceInformation")
    assert answer.status == HTTPStatus.UNAUTHORIZED
    with pytest.raises(etree.XMLSyntaxError, match="prefix ter"):
        _ = answer.root
    assert b"ter:NotAuthorized" in answer.raw
    assert fine.text("Model") == "HB-D210"


async def test_topic_variant_has_another_prefix_and_white_space_and_no_dialect() -> None:
    async with rehearsal(device(Quirk.TOPIC_VARIANT)) as at:
        answer = await at.pull(path_of(await at.subscribe()))
    (topic,) = answer.root.iter("{*}Topic")
    assert topic.get("Dialect") is None
    assert re.fullmatch(r"\s+ns7:RuleEngine/CellMotionDetector/Motion\s+", topic.text or "")
    assert topic.nsmap["ns7"] == "http://www.onvif.org/ver10/topics"


async def test_reference_parameters_must_come_back_as_headers() -> None:
    async with rehearsal(device(Quirk.REFERENCE_PARAMETERS)) as at:
        created = await at.ask(Service.EVENTS, "CreatePullPointSubscription")
        other = await at.ask(Service.EVENTS, "CreatePullPointSubscription")
        (echo,) = created.root.iter("{*}ReferenceParameters")
        header = etree.tostring(echo[0], encoding="unicode")
        forgotten = await at.pull(ALL_SUBSCRIPTIONS)
        pulled = await at.pull(ALL_SUBSCRIPTIONS, header=header)
        ended = await at.unsubscribe(ALL_SUBSCRIPTIONS, header=header)
        assert at.simulator.pull_points(1) == 1
    assert created.text("Address") == other.text("Address")
    assert path_of(created.text("Address")) == ALL_SUBSCRIPTIONS
    assert forgotten.subcode == "wsrf-rw:ResourceUnknownFault"
    assert pulled.texts("Topic")
    assert ended.status == HTTPStatus.OK


async def test_needs_addressing() -> None:
    async with rehearsal(device(Quirk.NEEDS_ADDRESSING)) as at:
        address = await at.subscribe()
        bare = await at.pull(path_of(address))
        addressed = await at.pull(path_of(address), header=ADDRESSING.format(to=address))
    assert bare.status == HTTPStatus.BAD_REQUEST
    assert bare.subcode == "wsa:MessageAddressingHeaderRequired"
    assert addressed.texts("Topic")
    assert addressed.texts("Action") == ["aResponse"]


async def test_drops_long_pulls_and_keeps_the_subscription() -> None:
    async with rehearsal(device(Quirk.DROPS_LONG_PULLS)) as at:
        path = path_of(await at.subscribe())
        await at.pull(path)
        at.time.skips = True
        with pytest.raises(aiohttp.ClientConnectionError):
            await at.pull(path, timeout="PT60S")
        assert at.time.waits == [DROPPED_AFTER_S]
        at.simulator.motion(1, moving=True)
        assert values(await at.pull(path, timeout="PT60S")) == ["true"]
        assert (await at.pull(path, timeout="PT10S")).status == HTTPStatus.OK


async def test_closes_keep_alive_without_having_said_so() -> None:
    async with rehearsal(device(Quirk.CLOSES_KEEP_ALIVE)) as at:
        reader, writer = await asyncio.open_connection(device().address, at.port())
        for _ in range(2):
            writer.write(b"GET /onvif/device_service HTTP/1.1\r\nHost: x\r\n\r\n")
        raw = await reader.read()
        writer.close()
    assert raw.count(b"HTTP/1.1 405") == 1
    assert b"connection:" not in raw.lower()


# 15 and 16: pull points


async def test_few_pull_points() -> None:
    async with rehearsal(device(Quirk.FEW_PULL_POINTS)) as at:
        for _ in range(FEW_SLOTS):
            await at.subscribe()
        refused = await at.ask(Service.EVENTS, "CreatePullPointSubscription")
    assert (FEW_SLOTS, refused.subcode) == (4, "ter:Action")


async def test_renews_in_seconds_and_in_nothing_else() -> None:
    async with rehearsal(device(Quirk.RENEWS_IN_SECONDS)) as at:
        path = path_of(await at.subscribe("<q:InitialTerminationTime>PT600S</q:InitialTerminationTime>"))
        good = await at.renew(path, "PT600S")
        bad = [await at.renew(path, lasts) for lasts in ("PT10M", "P0DT600S", "2026-09-21T14:23:20Z")]
    assert good.status == HTTPStatus.OK
    assert {answer.subcode for answer in bad} == {"wsnt:UnacceptableTerminationTimeFault"}


async def test_denies_pull_points_and_has_them() -> None:
    async with rehearsal(device(Quirk.DENIES_PULL_POINTS)) as at:
        capabilities = await at.ask(Service.DEVICE, "GetCapabilities", user=None)
        own = await at.ask(Service.EVENTS, "GetServiceCapabilities", user=None)
        assert (await at.pull(path_of(await at.subscribe()))).texts("Topic")
    assert capabilities.text("WSPullPointSupport") == "false"
    assert own.attributes("Capabilities", "WSPullPointSupport") == ["false"]


async def test_claims_pull_points_and_has_none() -> None:
    async with rehearsal(device(Quirk.CLAIMS_PULL_POINTS)) as at:
        capabilities = await at.ask(Service.DEVICE, "GetCapabilities", user=None)
        answer = await at.ask(Service.EVENTS, "CreatePullPointSubscription")
    assert capabilities.text("WSPullPointSupport") == "true"
    assert answer.subcode == "ter:ActionNotSupported"


async def test_urn_subscription_is_asked_at_the_event_service_with_its_urn_as_wsa_to() -> None:
    async with rehearsal(device(Quirk.URN_SUBSCRIPTION)) as at:
        address = await at.subscribe()
        lost = await at.pull(Service.EVENTS)
        found = await at.pull(Service.EVENTS, header=ADDRESSING.format(to=address))
        await at.unsubscribe(Service.EVENTS, header=ADDRESSING.format(to=address))
        assert at.simulator.pull_points(1) == 0
    assert address.startswith("urn:uuid:")
    assert lost.subcode == "wsrf-rw:ResourceUnknownFault"
    assert found.texts("Topic")


# 17: motion


async def test_motion_alarm_topic() -> None:
    async with rehearsal(device(Quirk.MOTION_ALARM_TOPIC)) as at:
        answer = await motions(at, path_of(await at.subscribe()))
        described = await at.ask(Service.EVENTS, "GetEventProperties")
    assert set(answer.texts("Topic")) == {"tns1:VideoSource/MotionAlarm"}
    assert answer.attributes("SimpleItem", "Name") == ["Source", "State", "Source", "State"]
    assert values(answer) == ["true", "false"]
    assert described.texts("MotionAlarm")


async def test_empty_no_motion() -> None:
    async with rehearsal(device(Quirk.EMPTY_NO_MOTION)) as at:
        answer = await motions(at, path_of(await at.subscribe()))
    assert len(answer.texts("Topic")) == 2
    assert len(answer.texts("Data")) == 1
    assert values(answer) == ["true"]


async def test_stuck_motion_never_ends() -> None:
    async with rehearsal(device(Quirk.STUCK_MOTION)) as at:
        path = path_of(await at.subscribe())
        assert values(await motions(at, path)) == ["true"]
        assert values(await at.pull(path_of(await at.subscribe()))) == ["true"]


# 18 and 19: identity and names


async def test_placeholder_serial() -> None:
    async with rehearsal(device(Quirk.PLACEHOLDER_SERIAL)) as at:
        answer = await at.ask(Service.DEVICE, "GetDeviceInformation")
    assert answer.text("SerialNumber") == "SerialNumber"


async def test_duplicate_serial_and_mac_and_endpoint() -> None:
    twins = [device(Quirk.DUPLICATE_SERIAL, number=number) for number in (1, 2)]
    async with rehearsal(*twins, discovery=True) as at:
        serials = {
            (await at.ask(Service.DEVICE, "GetDeviceInformation", number=n)).text("SerialNumber") for n in (1, 2)
        }
        macs = {(await at.ask(Service.DEVICE, "GetNetworkInterfaces", number=n)).text("HwAddress") for n in (1, 2)}
        with prober(at.simulator.discovery_port) as asking:
            found = await asking.ask(probe(), expect=2)
    assert (len(serials), len(macs), len({match.endpoint for match in found})) == (1, 1, 1)
    assert len({match.source for match in found}) == 2


async def test_spaced_tokens() -> None:
    async with rehearsal(device(Quirk.SPACED_TOKENS)) as at:
        one = await at.ask(Service.MEDIA, "GetProfiles")
        named = "<q:ProfileToken>Profile 1 main</q:ProfileToken>"
        two = await at.ask(Service.MEDIA2, "GetStreamUri", named + "<q:Protocol>RTSP</q:Protocol>")
    assert one.attributes("Profiles", "token") == ["Profile 1 main", "Profile 1 sub"]
    assert two.text("Uri").endswith("/main")


async def test_hostile_names_are_valid_xml_all_the_same() -> None:
    own = device(Quirk.HOSTILE_NAMES)
    async with rehearsal(own, discovery=True) as at:
        information = await at.ask(Service.DEVICE, "GetDeviceInformation")
        profiles = await at.ask(Service.MEDIA2, "GetProfiles")
        with prober(at.simulator.discovery_port) as asking:
            (found,) = await asking.ask(probe())
    assert information.text("Model") == own.shown_name
    assert profiles.texts("Name")[0] == own.shown_name
    assert all(part in own.shown_name for part in ("<script>", "\u202e", "\n", "DROP TABLE", "{{7*7}}"))
    assert len(own.shown_name) > 2000
    assert any("%3Cscript%3E" in scope for scope in found.scopes)


async def test_profile_without_stream_comes_first() -> None:
    async with rehearsal(device(Quirk.PROFILE_WITHOUT_STREAM)) as at:
        one = await at.ask(Service.MEDIA, "GetProfiles")
        two = await at.ask(Service.MEDIA2, "GetProfiles")
        token = "<q:ProfileToken>analytics</q:ProfileToken>"
        none = [
            await at.ask(Service.MEDIA, "GetStreamUri", token),
            await at.ask(Service.MEDIA2, "GetStreamUri", token + "<q:Protocol>RTSP</q:Protocol>"),
        ]
    first = "analytics"
    assert one.attributes("Profiles", "token")[0] == two.attributes("Profiles", "token")[0] == first
    assert {answer.subcode for answer in none} == {"ter:IncompleteConfiguration"}


# 20: logins


@pytest.mark.parametrize(("quirk", "own"), [(Quirk.OTHER_RTSP_USER, ONVIF_ONLY), (Quirk.ODD_PASSWORD, ODD)])
async def test_other_rtsp_user_and_odd_password_are_taken_by_onvif(quirk: Quirk, own: User) -> None:
    async with rehearsal(device(quirk)) as at:
        by_token = await at.ask(Service.DEVICE, "GetUsers", user=own)
        login = aiohttp.DigestAuthMiddleware(own.name, own.password)
        async with at.session.get(f"{at.base()}/snapshot/1", middlewares=(login,)) as got:
            by_digest = got.status
    assert by_token.texts("Username") == [USER.name, own.name]
    assert by_digest == HTTPStatus.OK


def test_odd_password_needs_quoting_everywhere() -> None:
    assert set("@:/#%") <= set(ODD.password)
    assert not set(ODD.password) <= {chr(code) for code in range(128)}


def test_the_document_names_every_quirk() -> None:
    document = (Path(__file__).parents[3] / "docs" / "onvif-quirks.md").read_text()
    assert not [quirk for quirk in Quirk if f"`{quirk}`" not in document]
    assert ODD.password in document
    assert f"{ONVIF_ONLY.name} / {ONVIF_ONLY.password}" in document
