"""`DeviceClient` over ONVIF: translates between the camera domain and `vms_onvif`. Decides nothing."""

from collections.abc import Callable

from streams.types.camera import Credentials
from streams.types.media import Codec
from vms.cameras.devices import (
    DeviceChannel,
    DeviceFault,
    DeviceFaultKind,
    DeviceReport,
    DeviceStream,
    DeviceTarget,
    DiscoveryPlan,
    DiscoveryProgress,
    FoundDevice,
)
from vms_onvif.channels import Channel, Stream
from vms_onvif.client import Client
from vms_onvif.describe import Description
from vms_onvif.discovery import Found, Progress, Search
from vms_onvif.faults import FaultKind, OnvifFault
from vms_onvif.login import Login
from vms_onvif.origin import Origin

_KINDS = {
    FaultKind.UNREACHABLE: DeviceFaultKind.UNREACHABLE,
    FaultKind.AUTHENTICATION: DeviceFaultKind.AUTHENTICATION,
    FaultKind.LOCKED: DeviceFaultKind.LOCKED,
}


class OnvifDevices:
    """`parallel` devices are asked at the same time. `discovery_timeout_s` is how long answers to probes are waited for."""

    def __init__(self, parallel: int, *, discovery_timeout_s: float = 4.0) -> None:
        self._client = Client(parallel)
        self._discovery_timeout_s = discovery_timeout_s

    async def discover(
        self, plan: DiscoveryPlan, on_progress: Callable[[DiscoveryProgress], None]
    ) -> list[FoundDevice]:
        search = Search(multicast=plan.multicast, addresses=plan.addresses, timeout_s=self._discovery_timeout_s)

        def told(progress: Progress) -> None:
            on_progress(DiscoveryProgress(progress.probed, progress.to_probe, tuple(map(_found, progress.found))))

        try:
            return [_found(device) for device in await search.run(told)]
        except OnvifFault as fault:
            raise _device_fault(fault) from fault

    async def interrogate(self, target: DeviceTarget) -> DeviceReport:
        try:
            description = await self._client.describe(target.xaddr, _login(target.credentials))
        except OnvifFault as fault:
            raise _device_fault(fault) from fault
        if not description.channels:
            raise DeviceFault(DeviceFaultKind.NO_VIDEO)
        return _report(description)

    async def synchronize(self, target: DeviceTarget, profile: str) -> None:
        try:
            await self._client.synchronize(target.xaddr, _login(target.credentials), profile)
        except OnvifFault as fault:
            raise _device_fault(fault) from fault

    async def replay_url(self, target: DeviceTarget, channel: str, span_ms: tuple[int, int]) -> str:
        span_s = span_ms[0] / 1000, span_ms[1] / 1000
        try:
            return await self._client.replay_url(target.xaddr, _login(target.credentials), channel, span_s)
        except OnvifFault as fault:
            raise _device_fault(fault) from fault


def _login(credentials: Credentials) -> Login:
    return Login(credentials.username, credentials.password)


def _device_fault(fault: OnvifFault) -> DeviceFault:
    return DeviceFault(_KINDS.get(fault.kind, DeviceFaultKind.NOT_ONVIF), fault.detail)


def _found(device: Found) -> FoundDevice:
    return FoundDevice(
        Origin(device.host, device.port).authority,
        device.xaddr,
        device.name,
        device.hardware,
        device.location,
        device.endpoint,
    )


def _report(said: Description) -> DeviceReport:
    return DeviceReport(
        name=said.name,
        manufacturer=said.manufacturer,
        model=said.model,
        firmware=said.firmware,
        serial=said.serial,
        clock_offset_ms=None if said.clock_offset_s is None else round(said.clock_offset_s * 1000),
        warnings=said.warnings,
        channels=tuple(map(_channel, said.channels)),
    )


def _channel(channel: Channel) -> DeviceChannel:
    sub = None if channel.sub is None else _stream(channel.sub)
    return DeviceChannel(key=channel.source, main=_stream(channel.main), sub=sub)


def _stream(stream: Stream) -> DeviceStream:
    profile = stream.profile
    return DeviceStream(
        stream.url,
        _codec(profile.codec),
        profile.width_px,
        profile.height_px,
        profile.fps,
        profile.gop_s,
        _codec(profile.audio),
        profile.token,
    )


def _codec(name: str) -> Codec | None:
    """None for what we cannot play."""
    return Codec(name) if name in {codec.value for codec in Codec} else None
