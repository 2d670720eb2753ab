"""The Device service (ONVIF Core 8, ver10/device/wsdl): who it is, what time it has, what it offers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from vms_onvif.simulate.addresses import Addresses, Service
from vms_onvif.simulate.clock import TIME_ZONE, ZONE_S, DeviceClock, date_time
from vms_onvif.simulate.device import OnvifDevice
from vms_onvif.simulate.quirks import Quirk
from vms_onvif.simulate.services.table import Operations
from vms_onvif.simulate.soap import TDS, TEV, TPTZ, TR2, TRC, TRP, TRT, TSE, Request, x

_CAPABILITIES: Final = (
    '<tds:Capabilities><tds:Network IPFilter="false" ZeroConfiguration="false" IPVersion6="false"/>'
    '<tds:Security UsernameToken="{token}" HttpDigest="{digest}" MaxUsers="8"/>'
    '<tds:System DiscoveryResolve="true" DiscoveryBye="false"/></tds:Capabilities>'
)
_STORAGE: Final = (
    (TRC, Service.RECORDING, (2, 60)),
    (TSE, Service.SEARCH, (2, 60)),
    (TRP, Service.REPLAY, (2, 60)),
)


class DeviceService:
    """`reboot` loses what a reboot loses."""

    def __init__(
        self,
        device: OnvifDevice,
        addresses: Addresses,
        clock: DeviceClock,
        port: int,
        reboot: Callable[[], None],
    ) -> None:
        self._device = device
        self._addresses = addresses
        self._clock = clock
        self._port = port
        self._reboot = reboot

    @property
    def operations(self) -> Operations:
        return {
            "GetSystemDateAndTime": self._time,
            "GetDeviceInformation": self._information,
            "GetServices": self._services,
            "GetServiceCapabilities": lambda _: self._own_capabilities(),
            "GetCapabilities": self._capabilities,
            "GetNetworkInterfaces": self._interfaces,
            "GetNetworkProtocols": self._protocols,
            "GetNetworkDefaultGateway": lambda _: "<tds:NetworkGateway/>",
            "GetDNS": lambda _: "<tds:DNSInformation><tt:FromDHCP>false</tt:FromDHCP></tds:DNSInformation>",
            "GetNTP": lambda _: "<tds:NTPInformation><tt:FromDHCP>false</tt:FromDHCP></tds:NTPInformation>",
            "GetHostname": self._hostname,
            "GetScopes": self._scopes,
            "GetUsers": self._users,
            "GetDiscoveryMode": lambda _: "<tds:DiscoveryMode>Discoverable</tds:DiscoveryMode>",
            "GetEndpointReference": lambda _: f"<tds:GUID>{x(self._device.endpoint)}</tds:GUID>",
            "GetWsdlUrl": lambda _: "<tds:WsdlUrl>http://www.onvif.org/</tds:WsdlUrl>",
            "SystemReboot": self._restart,
        }

    def _time(self, _: Request) -> str:
        now = self._clock.utc()
        quirks = self._device.quirks
        local = now if Quirk.LOCAL_TIME_AS_UTC in quirks else now + timedelta(seconds=ZONE_S)
        utc = "" if Quirk.NO_UTC_TIME in quirks else date_time("UTCDateTime", now)
        return (
            "<tds:SystemDateAndTime><tt:DateTimeType>Manual</tt:DateTimeType>"
            "<tt:DaylightSavings>false</tt:DaylightSavings>"
            f"<tt:TimeZone><tt:TZ>{TIME_ZONE}</tt:TZ></tt:TimeZone>{utc}{date_time('LocalDateTime', local)}"
            "</tds:SystemDateAndTime>"
        )

    def _information(self, _: Request) -> str:
        device = self._device
        hostile = Quirk.HOSTILE_NAMES in device.quirks
        return (
            f"<tds:Manufacturer>{x(device.manufacturer)}</tds:Manufacturer>"
            f"<tds:Model>{x(device.shown_name if hostile else device.model)}</tds:Model>"
            f"<tds:FirmwareVersion>{x(device.firmware)}</tds:FirmwareVersion>"
            f"<tds:SerialNumber>{x(device.shown_serial)}</tds:SerialNumber><tds:HardwareId>1.0</tds:HardwareId>"
        )

    @property
    def offered(self) -> tuple[tuple[str, Service, tuple[int, int]], ...]:
        quirks = self._device.quirks
        media = () if Quirk.ONLY_MEDIA2 in quirks else ((TRT, Service.MEDIA, (2, 60)),)
        ptz = ((TPTZ, Service.PTZ, (2, 60)),) if self._device.ptz else ()
        return (
            (TDS, Service.DEVICE, (21, 6)),
            *media,
            (TR2, Service.MEDIA2, (21, 6)),
            (TEV, Service.EVENTS, (2, 60)),
            *ptz,
            *(_STORAGE if self._device.card else ()),
        )

    def _services(self, request: Request) -> str:
        detailed = request.text("IncludeCapability") in {"true", "1"}
        return "".join(
            f"<tds:Service><tds:Namespace>{x(namespace)}</tds:Namespace>"
            f"<tds:XAddr>{x(self._addresses.service(path))}</tds:XAddr>"
            f"{self._wrapped(namespace) if detailed else ''}"
            f"<tds:Version><tt:Major>{major}</tt:Major><tt:Minor>{minor}</tt:Minor></tds:Version></tds:Service>"
            for namespace, path, (major, minor) in self.offered
        )

    def _wrapped(self, namespace: str) -> str:
        inside = self._own_capabilities() if namespace == TDS else ""
        return f"<tds:Capabilities>{inside}</tds:Capabilities>"

    def _own_capabilities(self) -> str:
        token, digest = ("true" if able else "false" for able in (self._device.takes_token, self._device.takes_digest))
        return _CAPABILITIES.format(token=token, digest=digest)

    def _capabilities(self, _: Request) -> str:
        quirks, at = self._device.quirks, self._addresses.service
        pulls = "false" if Quirk.DENIES_PULL_POINTS in quirks else "true"
        media = (
            f"<tt:Media><tt:XAddr>{x(at(Service.MEDIA))}</tt:XAddr><tt:StreamingCapabilities>"
            "<tt:RTPMulticast>false</tt:RTPMulticast><tt:RTP_TCP>false</tt:RTP_TCP>"
            "<tt:RTP_RTSP_TCP>true</tt:RTP_RTSP_TCP></tt:StreamingCapabilities></tt:Media>"
        )
        ptz = f"<tt:PTZ><tt:XAddr>{x(at(Service.PTZ))}</tt:XAddr></tt:PTZ>" if self._device.ptz else ""
        return (
            f"<tds:Capabilities><tt:Device><tt:XAddr>{x(at(Service.DEVICE))}</tt:XAddr></tt:Device>"
            f"<tt:Events><tt:XAddr>{x(at(Service.EVENTS))}</tt:XAddr>"
            "<tt:WSSubscriptionPolicySupport>false</tt:WSSubscriptionPolicySupport>"
            f"<tt:WSPullPointSupport>{pulls}</tt:WSPullPointSupport>"
            "<tt:WSPausableSubscriptionManagerInterfaceSupport>false"
            "</tt:WSPausableSubscriptionManagerInterfaceSupport></tt:Events>"
            f"{'' if Quirk.ONLY_MEDIA2 in quirks else media}{ptz}</tds:Capabilities>"
        )

    def _interfaces(self, _: Request) -> str:
        device = self._device
        return (
            '<tds:NetworkInterfaces token="eth0"><tt:Enabled>true</tt:Enabled><tt:Info><tt:Name>eth0</tt:Name>'
            f"<tt:HwAddress>{x(device.mac)}</tt:HwAddress><tt:MTU>1500</tt:MTU></tt:Info>"
            "<tt:IPv4><tt:Enabled>true</tt:Enabled><tt:Config>"
            f"<tt:Manual><tt:Address>{x(device.address)}</tt:Address><tt:PrefixLength>16</tt:PrefixLength></tt:Manual>"
            "<tt:DHCP>false</tt:DHCP></tt:Config></tt:IPv4></tds:NetworkInterfaces>"
        )

    def _protocols(self, _: Request) -> str:
        return "".join(
            f"<tds:NetworkProtocols><tt:Name>{name}</tt:Name><tt:Enabled>true</tt:Enabled>"
            f"<tt:Port>{port}</tt:Port></tds:NetworkProtocols>"
            for name, port in (("HTTP", self._port), ("RTSP", self._device.rtsp_port))
        )

    def _hostname(self, _: Request) -> str:
        tail = self._device.mac.replace(":", "")[-6:]
        return (
            "<tds:HostnameInformation><tt:FromDHCP>false</tt:FromDHCP>"
            f"<tt:Name>camera-{tail}</tt:Name></tds:HostnameInformation>"
        )

    def _scopes(self, _: Request) -> str:
        return "".join(
            f"<tds:Scopes><tt:ScopeDef>Fixed</tt:ScopeDef><tt:ScopeItem>{x(scope)}</tt:ScopeItem></tds:Scopes>"
            for scope in self._device.all_scopes
        )

    def _users(self, _: Request) -> str:
        return "".join(
            f"<tds:User><tt:Username>{x(user.name)}</tt:Username>"
            f"<tt:UserLevel>{x(user.level)}</tt:UserLevel></tds:User>"
            for user in self._device.all_users
        )

    def _restart(self, _: Request) -> str:
        self._reboot()
        return "<tds:Message>restarting</tds:Message>"
