"""A source read by FFmpeg's demuxers through PyAV: the fallback for RTSP, and the way for everything that is not RTSP.

One daemon thread per running source; it hands units over through a bounded queue that drops to the next keyframe when the event
loop is busy. Costs about ten times our own reader (docs/benchmarks.md).
"""

import asyncio
import threading
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import av
import av.error
import structlog

from streams.contract import ClockNs, Timeouts
from streams.rtsp.faults import NotSpoken
from streams.source.pyav_packets import SoundPackets, VideoPackets, codec_of
from streams.subscription import DropQueue
from streams.types.camera import Credentials, FaultKind, SourceFault, StreamSpec
from streams.types.media import AccessUnit, Sink, Track

_log = structlog.get_logger(__name__)

_PROTOCOLS = "rtsp,rtp,udp,tcp,tls,http,https,rtmp,rtmps,rtmpt,crypto,httpproxy"


class _Stopped(Exception):
    """The reader of this thread has gone."""


class _Handover:
    """What the thread leaves for the event loop. All methods may be called from either side."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._queue = DropQueue()
        self._tracks: tuple[Track, ...] | None = None
        self._ended: BaseException | None = None
        self.ready = asyncio.Event()
        self.finished = asyncio.Event()
        self.stop = threading.Event()

    def put_unit(self, unit: AccessUnit) -> None:
        if self.stop.is_set():
            raise _Stopped
        with self._lock:
            wake = not len(self._queue)
            self._queue.push(unit)
        if wake:
            self._call(self.ready.set)

    def put_tracks(self, tracks: tuple[Track, ...]) -> None:
        with self._lock:
            self._tracks = tracks
        self._call(self.ready.set)

    def end(self, why: BaseException) -> None:
        with self._lock:
            self._ended = why
        self._call(self.ready.set)
        self._call(self.finished.set)

    def take(self) -> tuple[tuple[Track, ...] | None, list[AccessUnit], BaseException | None]:
        with self._lock:
            units = [self._queue.pop() for _ in range(len(self._queue))]
            tracks, self._tracks = self._tracks, None
            return tracks, units, self._ended

    def _call(self, function: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(function)
        except RuntimeError:
            # The loop closed while FFmpeg was still waiting for a camera: nobody is left to tell.
            self.stop.set()


class PyavSource:
    """`Source` over `av.open`. Holds nothing until it runs; may run again after it ended."""

    def __init__(self, spec: StreamSpec, credentials: Credentials, timeouts: Timeouts, clock_ns: ClockNs) -> None:
        self._spec = spec
        self._credentials = credentials
        self._timeouts = timeouts
        self._clock_ns = clock_ns

    @property
    def clock_offset_ms(self) -> int | None:
        return None

    @property
    def lost_packets(self) -> int:
        return 0

    @property
    def received_packets(self) -> int:
        return 0

    @property
    def certificate_sha256(self) -> str:
        return ""

    async def run_once(self, sink: Sink) -> None:
        handover = _Handover(asyncio.get_running_loop())
        thread = threading.Thread(target=self._thread, args=(handover,), name="pyav-source", daemon=True)
        thread.start()
        try:
            await self._pass_on(handover, sink)
        finally:
            handover.stop.set()
            await self._wait_for_end(handover)

    async def _pass_on(self, handover: _Handover, sink: Sink) -> None:
        while True:
            try:
                async with asyncio.timeout(
                    self._timeouts.stall_s + self._timeouts.connect_s + self._timeouts.response_s
                ):
                    await handover.ready.wait()
            except TimeoutError:
                raise SourceFault(FaultKind.STALLED, "no picture") from None
            handover.ready.clear()
            tracks, units, ended = handover.take()
            if tracks is not None:
                sink.on_tracks(tracks)
            for unit in units:
                sink.on_unit(unit)
            if ended is not None:
                raise ended

    async def _wait_for_end(self, handover: _Handover) -> None:
        try:
            async with asyncio.timeout(self._timeouts.close_s):
                await handover.finished.wait()
        except TimeoutError:
            # FFmpeg looks up from its socket only when its own time-out strikes. The daemon thread ends by itself then.
            _log.debug("demuxer thread left behind", host=urlsplit(self._spec.url).hostname)

    def _thread(self, handover: _Handover) -> None:
        try:
            self._demux(handover)
        except _Stopped:
            handover.end(SourceFault(FaultKind.LOST, "stopped"))
        except Exception as error:  # noqa: BLE001 the border of the thread: what is no fault is raised again on the event loop
            handover.end(error)

    def _demux(self, handover: _Handover) -> None:
        playing = False
        try:
            with self._open() as container:
                readers = _readers(container)
                handover.put_tracks(tuple(reader.track for reader in readers.values()))
                playing = True
                streams = [container.streams[index] for index in readers]
                for packet in container.demux(streams):
                    if handover.stop.is_set():
                        raise _Stopped
                    reader = readers[packet.stream.index]
                    unit = reader.unit(packet, self._clock_ns())
                    if reader.changed():
                        handover.put_tracks(tuple(other.track for other in readers.values()))
                    if unit is not None:
                        handover.put_unit(unit)
        except (av.error.FFmpegError, OSError, ValueError) as error:
            # FFmpeg's messages quote the address with the password in it: only the kind of error leaves this place.
            raise _fault(error, playing=playing) from None
        raise SourceFault(FaultKind.LOST, "the stream ended")

    def _open(self) -> Any:
        options = {"protocol_whitelist": _PROTOCOLS, "analyzeduration": "1000000"}
        if urlsplit(self._spec.url).scheme in ("rtsp", "rtsps"):
            options |= {"rtsp_transport": self._spec.transport.value, "max_delay": "200000"}
        opening_s = self._timeouts.connect_s + self._timeouts.response_s
        address = _with_credentials(self._spec.url, self._credentials)
        return av.open(address, options=options, timeout=(opening_s, self._timeouts.stall_s))


def _with_credentials(url: str, credentials: Credentials) -> str:
    if not credentials.username:
        return url
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    login = f"{quote(credentials.username, safe='')}:{quote(credentials.password, safe='')}"
    return urlunsplit(parts._replace(netloc=f"{login}@{host}"))


def _readers(container: Any) -> dict[int, VideoPackets | SoundPackets]:
    """A reader for the first video and the first sound stream that we know, by stream index."""
    readers: dict[int, VideoPackets | SoundPackets] = {}
    found: set[bool] = set()
    for stream in container.streams:
        codec = codec_of(stream)
        if codec is None or codec.is_video in found:
            continue
        found.add(codec.is_video)
        readers[stream.index] = VideoPackets(stream, codec) if codec.is_video else SoundPackets(stream, codec)
    if not readers:
        raise NotSpoken("no stream in a codec that we know")
    return readers


def _fault(error: Exception, *, playing: bool) -> SourceFault:
    late = FaultKind.STALLED if playing else FaultKind.UNREACHABLE
    known: tuple[tuple[tuple[type[Exception], ...], FaultKind, str], ...] = (
        (
            (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError),
            FaultKind.AUTHENTICATION,
            "the camera refused our credentials",
        ),
        ((av.error.HTTPNotFoundError, FileNotFoundError), FaultKind.NOT_FOUND, "no such stream"),
        ((ConnectionRefusedError,), FaultKind.REFUSED, "nobody listens"),
        ((av.error.ExitError, TimeoutError), late, "no answer in time"),
        ((EOFError, ConnectionError), FaultKind.LOST, "the connection was closed"),
        ((av.error.InvalidDataError, ValueError), FaultKind.FORMAT, "not a stream that FFmpeg reads"),
    )
    for kinds, fault, detail in known:
        if isinstance(error, kinds):
            return SourceFault(fault, detail)
    return SourceFault(FaultKind.LOST if playing else FaultKind.UNREACHABLE, type(error).__name__)
