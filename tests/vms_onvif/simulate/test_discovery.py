"""WS-Discovery over real datagrams: to the group and to one address, and nothing for whom it does not concern."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.onvif_probe import probe, prober, resolve
from fakes.onvif_rehearsal import device, rehearsal
from vms_onvif.simulate.addresses import Addresses
from vms_onvif.simulate.discovery import Probe, answer, matches, parse_probe
from vms_onvif.simulate.faults import Fault
from vms_onvif.simulate.soap import parse_xml


async def test_every_device_answers_the_group_from_its_own_address() -> None:
    devices = [device(number=number) for number in range(1, 21)]
    async with rehearsal(*devices, discovery=True) as at:
        with prober(at.simulator.discovery_port) as asking:
            found = await asking.ask(probe(), expect=20)
        real = {(f"127.23.0.{number + 1}", at.simulator.xaddr(number)) for number in range(1, 21)}
    assert {(match.source[0], match.xaddrs[0]) for match in found} == real
    assert {match.endpoint for match in found} == {one.endpoint for one in devices}
    assert {match.relates_to for match in found} == {"uuid:17"}


async def test_a_directed_probe_reaches_one_device_and_only_a_device() -> None:
    async with rehearsal(device(number=1), device(number=2), discovery=True) as at:
        with prober(at.simulator.discovery_port) as asking:
            asking.send(probe(), "127.23.0.99")
            (found,) = await asking.ask(probe(), "127.23.0.3")
    assert found.source[0] == "127.23.0.3"


async def test_a_device_without_power_says_nothing() -> None:
    async with rehearsal(device(number=1), device(number=2), discovery=True) as at:
        at.simulator.faults.set([1], Fault.POWER_OFF)
        with prober(at.simulator.discovery_port) as asking:
            asking.send(probe(), "127.23.0.2")
            (found,) = await asking.ask(probe())
            at.simulator.faults.clear([1])
            (back,) = await asking.ask(probe(), "127.23.0.2")
    assert found.source[0] == "127.23.0.3"
    assert back.source[0] == "127.23.0.2"


async def test_resolve_finds_the_address_of_an_endpoint() -> None:
    async with rehearsal(device(number=1), device(number=2), discovery=True) as at:
        with prober(at.simulator.discovery_port) as asking:
            (found,) = await asking.ask(resolve(device(number=2).endpoint))
    assert found.source[0] == "127.23.0.3"


async def test_junk_is_not_answered_and_harms_nobody() -> None:
    async with rehearsal(discovery=True) as at:
        with prober(at.simulator.discovery_port) as asking:
            for junk in (b"", b"\xff" * 9000, b"<a/>", b"<!DOCTYPE a>" + probe(), probe() + b" " * 20_000):
                asking.send(junk)
            (found,) = await asking.ask(probe())
    assert found.source[0] == "127.23.0.2"


@pytest.mark.parametrize(
    ("types", "scopes", "rule", "hit"),
    [
        ("", "", "", True),
        ("dn:NetworkVideoTransmitter tds:Device", "", "", True),
        ("dn:Printer", "", "", False),
        ("unknown:Device", "", "", False),
        ("", "onvif://www.onvif.org/type", "", True),
        ("", "onvif://www.onvif.org/typ", "", False),
        ("", "ONVIF://WWW.ONVIF.ORG/hardware/HB%2dD210/", "", True),
        ("", "onvif://www.onvif.org/hardware/hb-d210", "", False),
        ("", "onvif://www.onvif.org/type onvif://www.onvif.org/nothing", "", False),
        ("", "onvif://www.onvif.org/type", "http://schemas.xmlsoap.org/ws/2005/04/discovery/strcmp0", False),
        (
            "",
            "onvif://www.onvif.org/Profile/T",
            "http://schemas.xmlsoap.org/ws/2005/04/discovery/strcmp0",
            True,
        ),
        ("", "onvif://www.onvif.org/type", "http://schemas.xmlsoap.org/ws/2005/04/discovery/ldap", False),
    ],
)
def test_types_and_scopes_choose(types: str, scopes: str, rule: str, hit: bool) -> None:
    asked = parse_probe(probe(types, scopes, rule))
    assert asked is not None
    assert matches(device(), asked) is hit


@given(st.binary(max_size=300) | st.text().map(str.encode))
def test_no_datagram_breaks_the_reader(raw: bytes) -> None:
    parse_probe(raw)
    parse_probe(probe().replace(b"uuid:17", raw))


@given(st.text())
def test_no_name_and_no_message_id_breaks_the_answer(text: str) -> None:
    own = device(name=text, model=text, manufacturer=text)
    raw = answer(own, Addresses(own, 8080), Probe(text), lambda: text)
    parse_xml(raw)
