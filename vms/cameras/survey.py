"""Look at one device before anything is saved: let it describe itself, then decode one picture of every stream we would use.

Logins are tried once. The first stream is opened alone: when the device refuses the login there, no other stream is tried with it.
"""

import asyncio
import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from streams.types.bus import ProbeRequest, ProbeResult
from streams.types.camera import FaultKind
from streams.types.media import StreamKind
from vms.cameras.addresses import BadAddress, at_host, rtsp_url
from vms.cameras.choice import StreamFacts, facts
from vms.cameras.devices import (
    DeviceChannel,
    DeviceClient,
    DeviceFault,
    DeviceReport,
    DeviceStream,
    DeviceTarget,
)
from vms.cameras.ports import BusRefused, BusUnavailable, Prober
from vms.cameras.wishes import FailureCode, RegistrationFailure, Wish

MOST_CHANNELS = 64
"""The largest recorders sold; a device that claims more is lying or broken, and gets its first ones."""
MOST_JPEG_BYTES = 300_000
PROBE_TIMEOUT_S = 8.0

_STREAM_FAILURES = {
    FaultKind.AUTHENTICATION: FailureCode.AUTHENTICATION,
    FaultKind.NOT_FOUND: FailureCode.STREAM_NOT_FOUND,
    FaultKind.FORMAT: FailureCode.STREAM_FORMAT,
    FaultKind.STALLED: FailureCode.STREAM_STALLED,
}


@dataclass(frozen=True, slots=True)
class SurveyedChannel:
    """A video source with at least one stream of which a picture was decoded; the main stream is always there."""

    key: str
    name: str
    streams: tuple[StreamFacts, ...]
    jpeg: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Survey:
    report: DeviceReport
    channels: tuple[SurveyedChannel, ...]


class Surveyor:
    """Asks devices through `DeviceClient` and media workers through `Prober`; at most `probes` streams at the same time."""

    def __init__(self, devices: DeviceClient, prober: Prober, *, probes: int) -> None:
        self._devices = devices
        self._prober = prober
        self._probes = asyncio.Semaphore(probes)

    async def survey(self, wish: Wish, on_step: Callable[[str], None]) -> Survey:
        """Raises `RegistrationFailure`. `on_step` hears identity, profiles, streams as they begin."""
        on_step("identity")
        report = await self._report(wish)
        on_step("profiles")
        wanted = [channel for channel in map(_usable(wish), report.channels[:MOST_CHANNELS]) if channel is not None]
        if not wanted:
            raise RegistrationFailure(FailureCode.NO_VIDEO)
        on_step("streams")
        return Survey(report, tuple(await self._test(wish, wanted)))

    async def _report(self, wish: Wish) -> DeviceReport:
        if not wish.xaddr:
            sub = DeviceStream(wish.rtsp_sub) if wish.rtsp_sub else None
            return DeviceReport(channels=(DeviceChannel("1", main=DeviceStream(wish.rtsp_main), sub=sub),))
        try:
            return await self._devices.interrogate(DeviceTarget(wish.xaddr, wish.credentials))
        except DeviceFault as fault:
            raise RegistrationFailure(FailureCode(fault.kind.value), fault.detail) from fault

    async def _test(self, wish: Wish, channels: list[DeviceChannel]) -> list[SurveyedChannel]:
        first, *others = channels
        outcomes = [await self._channel(wish, first)]
        if _refused(outcomes[0]):
            raise RegistrationFailure(FailureCode.AUTHENTICATION)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._channel(wish, channel)) for channel in others]
        outcomes.extend(task.result() for task in tasks)
        good = [outcome for outcome in outcomes if isinstance(outcome, SurveyedChannel)]
        # A recorder with empty inputs is a good recorder; a device without a single picture is not.
        if not good:
            raise next(outcome for outcome in outcomes if isinstance(outcome, RegistrationFailure))
        return good

    async def _channel(self, wish: Wish, channel: DeviceChannel) -> SurveyedChannel | RegistrationFailure:
        assert channel.main is not None
        main = await self._probe(wish, channel.main, want_jpeg=channel.sub is None)
        if not main.ok:
            return RegistrationFailure(
                _STREAM_FAILURES.get(main.fault or FaultKind.LOST, FailureCode.STREAM_UNREACHABLE)
            )
        streams = [facts(StreamKind.MAIN, channel.main, main)]
        jpeg = main.jpeg_base64
        # A sub stream that does not work is left out: the camera is usable, and carries the warning that it has none.
        if channel.sub is not None:
            sub = await self._probe(wish, channel.sub, want_jpeg=True)
            if sub.ok and sub.codec is not None:
                streams.append(facts(StreamKind.SUB, channel.sub, sub))
                jpeg = sub.jpeg_base64
        return SurveyedChannel(channel.key, channel.name, tuple(streams), picture(jpeg))

    async def _probe(self, wish: Wish, stream: DeviceStream, *, want_jpeg: bool) -> ProbeResult:
        request = ProbeRequest(
            url=stream.url, credentials=wish.credentials, timeout_s=PROBE_TIMEOUT_S, want_jpeg=want_jpeg
        )
        try:
            async with self._probes:
                result = await self._prober.probe(request)
        except (BusRefused, BusUnavailable) as error:
            raise RegistrationFailure(FailureCode.NO_WORKER) from error
        return result if result.codec is not None or not result.ok else ProbeResult(ok=False, fault=FaultKind.FORMAT)


def picture(jpeg_base64: str) -> bytes:
    """The JPEG in a message, or nothing when it is none or too large: what browsers get must be a picture."""
    if len(jpeg_base64) > MOST_JPEG_BYTES * 4 // 3 + 4:
        return b""
    try:
        jpeg = base64.b64decode(jpeg_base64, validate=True)
    except binascii.Error:
        return b""
    return jpeg if jpeg.startswith(b"\xff\xd8\xff") else b""


def _refused(outcome: SurveyedChannel | RegistrationFailure) -> bool:
    return isinstance(outcome, RegistrationFailure) and outcome.code is FailureCode.AUTHENTICATION


def _usable(wish: Wish) -> Callable[[DeviceChannel], DeviceChannel | None]:
    def usable(channel: DeviceChannel) -> DeviceChannel | None:
        main = _stream(wish, channel.main)
        sub = _stream(wish, channel.sub)
        if main is None:
            main, sub = sub, None
        if sub is not None and main is not None and sub.url == main.url:
            sub = None
        return DeviceChannel(channel.key, channel.name, main, sub) if main else None

    return usable


def _stream(wish: Wish, stream: DeviceStream | None) -> DeviceStream | None:
    """`stream` at the host that answered us: our login goes to no other host that a device names."""
    if stream is None:
        return None
    try:
        url = rtsp_url(stream.url)
    except BadAddress:
        return None
    if wish.xaddr and (urlsplit(url).hostname or "") != wish.host:
        url = at_host(url, wish.host)
    return replace(stream, url=url)
