"""Let a device describe itself: clock, services, identity, profiles, streams. Runs on a thread; one login, tried once."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from vms_onvif import namespaces as ns
from vms_onvif.calls import Calls
from vms_onvif.channels import Channel, choose
from vms_onvif.clock import read_clock
from vms_onvif.faults import FaultKind, OnvifFault
from vms_onvif.media import Media, Profile
from vms_onvif.origin import RTSP_PORT, says_http_port
from vms_onvif.scopes import scope_value
from vms_onvif.stubs import Service
from vms_onvif.values import at, items, number, text

OLD_FIRMWARE: Final = timedelta(days=4 * 365)
"""Makers mend what attackers know for about this long."""
_PLACEHOLDERS: Final = frozenset(
    {"serialnumber", "serial", "sn", "n/a", "na", "none", "null", "unknown", "default", "0"}
)
_BUILD_DATE: Final = re.compile(r"(?<!\d)(?:20)?([0-3]\d)[-./]?(0[1-9]|1[0-2])[-./]?(0[1-9]|[12]\d|3[01])(?!\d)")
_MEANING_NO: Final = (FaultKind.REFUSED, FaultKind.UNSUPPORTED, FaultKind.GARBAGE)


@dataclass(frozen=True, slots=True)
class Services:
    """Paths of a device's services at the origin that answered; None for what it has not."""

    media1: str | None = None
    media2: str | None = None
    events: str | None = None
    ptz: str | None = None
    search: str | None = None
    replay: str | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """What a device says of itself. All text is hostile. `warnings` are codes: old_firmware."""

    name: str
    manufacturer: str
    model: str
    firmware: str
    serial: str
    clock_offset_s: float | None
    services: Services
    channels: tuple[Channel, ...]
    warnings: tuple[str, ...] = ()

    @property
    def profiles(self) -> list[Profile]:
        """Those that were chosen: what `vms_onvif.events.Sources` wants to know."""
        streams = [stream for channel in self.channels for stream in (channel.main, channel.sub)]
        return [stream.profile for stream in streams if stream is not None]


def describe(calls: Calls, path: str, today: date) -> Description:
    """Ask the device whose device service is at `path`. Raises `OnvifFault`."""
    offset_s = read_clock(calls, path)
    calls.sign_at(offset_s or 0.0)
    about = calls.call(Service.DEVICE, path, "GetDeviceInformation")
    if offset_s is None:  # it wanted a password for its clock, and now it has one
        offset_s = read_clock(calls, path, secured=True)
        calls.sign_at(offset_s or 0.0)
    services = find_services(calls, path)
    media = Media(calls, services.media1, services.media2)
    firmware = text(about, "FirmwareVersion")
    return Description(
        name=_name(calls, path),
        manufacturer=text(about, "Manufacturer"),
        model=text(about, "Model"),
        firmware=firmware,
        serial=_serial(text(about, "SerialNumber")),
        clock_offset_s=offset_s,
        services=services,
        channels=tuple(_channels(calls, path, media)),
        warnings=("old_firmware",) if is_old(firmware, today) else (),
    )


def find_services(calls: Calls, path: str) -> Services:
    """Where the device's services are. Raises `OnvifFault`."""
    try:
        answer = calls.call(Service.DEVICE, path, "GetServices", IncludeCapability=False)
        found = {text(item, "Namespace").rstrip("/"): text(item, "XAddr") for item in items(answer)}
    except OnvifFault as fault:
        if fault.kind not in _MEANING_NO:
            raise
        found = {}
    if not (found.get(ns.TRT) or found.get(ns.TR2)):
        found |= _capabilities(calls, path)

    def path_of(namespace: str) -> str | None:
        said = found.get(namespace)
        return None if said is None else calls.origin.path_of(said, path)

    return Services(
        path_of(ns.TRT), path_of(ns.TR2), path_of(ns.TEV), path_of(ns.TPTZ), path_of(ns.TSE), path_of(ns.TRP)
    )


def is_old(firmware: str, today: date) -> bool:
    """Whether a build date is written in `firmware`, and long ago."""
    for year, month, day in _BUILD_DATE.findall(firmware):
        try:
            built = date(2000 + int(year), int(month), int(day))
        except ValueError:
            continue
        if built <= today:
            return today - built > OLD_FIRMWARE
    return False


def _capabilities(calls: Calls, path: str) -> dict[str, str]:
    """As GetServices, for devices older than it. It knows no Media2."""
    answer = calls.call(Service.DEVICE, path, "GetCapabilities", Category=["All"])
    said = {
        ns.TRT: text(answer, "Media", "XAddr"),
        ns.TEV: text(answer, "Events", "XAddr"),
        ns.TPTZ: text(answer, "PTZ", "XAddr"),
    }
    return {namespace: xaddr for namespace, xaddr in said.items() if xaddr}


def _channels(calls: Calls, path: str, media: Media) -> list[Channel]:
    port: int | None = None

    def url_of(profile: Profile) -> str | None:
        nonlocal port
        said = media.stream_uri(profile.token)
        if not said or not says_http_port(said, calls.origin):
            return calls.origin.stream_url(said) if said else None
        if port is None:  # asked once per device, and only when it says what cannot be
            port = _rtsp_port(calls, path)
        return calls.origin.stream_url(said, port)

    try:
        found = choose(media.profiles(), url_of)
    except OnvifFault as fault:
        if fault.kind in _MEANING_NO:
            return []
        raise
    return [replace(channel, snapshot_url=_snapshot_url(calls, media, channel)) for channel in found]


def _snapshot_url(calls: Calls, media: Media, channel: Channel) -> str:
    said = media.snapshot_uri(channel.main.profile.token)
    path = calls.origin.path_of(said, "")
    return calls.origin.url(path) if path else ""


def _rtsp_port(calls: Calls, path: str) -> int:
    for protocol in _asked(calls, path, "GetNetworkProtocols"):
        ports = items(at(protocol, "Port"))
        if text(protocol, "Name").upper() == "RTSP" and ports:
            port = int(number(ports[0]))
            return port if 1 <= port <= 65_535 else RTSP_PORT
    return RTSP_PORT


def _name(calls: Calls, path: str) -> str:
    return scope_value((text(scope, "ScopeItem") for scope in _asked(calls, path, "GetScopes")), "name")


def _asked(calls: Calls, path: str, operation: str) -> list[Any]:
    """The answer to something that we can do without; nothing when the device, or the user's rights, say no."""
    try:
        return items(calls.call(Service.DEVICE, path, operation))
    except OnvifFault as fault:
        if fault.kind not in (*_MEANING_NO, FaultKind.AUTHENTICATION):
            raise
        return []


def _serial(said: str) -> str:
    """Fakes carry the name of the field as its value, or nothing but zeros (quirk 18)."""
    bare = said.strip().lower()
    return "" if bare in _PLACEHOLDERS or not bare.strip("0-: ") else said
