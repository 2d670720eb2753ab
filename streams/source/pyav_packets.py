"""PyAV's packets as access units. Runs in the demuxing thread; keeps no reference to a container."""

from typing import Any

from streams.rtsp.coded_video import CodedVideo
from streams.rtsp.timeline import CameraClock, Timeline
from streams.source.annexb import parse_avcc, parse_hvcc, split_annexb, split_lengths
from streams.types.media import AccessUnit, Codec, Track

_CODECS = {
    "h264": Codec.H264,
    "hevc": Codec.H265,
    "aac": Codec.AAC,
    "pcm_alaw": Codec.PCMA,
    "pcm_mulaw": Codec.PCMU,
    "opus": Codec.OPUS,
}
_VIDEO_CLOCK_HZ = 90_000
_ADTS_HEADER_BYTES = 7
_MAX_PICTURE_BYTES = 8 << 20


def codec_of(stream: Any) -> Codec | None:
    """Which of our codecs a PyAV stream holds; None for anything else (subtitles, data, other codecs)."""
    context = getattr(stream, "codec_context", None)
    return _CODECS.get(context.name.removeprefix("lib")) if context is not None else None


class VideoPackets:
    """The packets of one H.264 or H.265 stream."""

    def __init__(self, stream: Any, codec: Codec) -> None:
        self._codec = codec
        self._time_base = stream.time_base
        self._coded = CodedVideo(codec, _VIDEO_CLOCK_HZ)
        self._timeline = Timeline(_VIDEO_CLOCK_HZ, CameraClock())
        self._length_bytes = 0
        self._take_config(bytes(stream.codec_context.extradata or b""))

    @property
    def track(self) -> Track:
        return self._coded.track

    def changed(self) -> bool:
        """Whether `track` has changed since the last call."""
        changed, self._coded.changed = self._coded.changed, False
        return changed

    def unit(self, packet: Any, arrival_ns: int) -> AccessUnit | None:
        """The packet's picture; None when it holds none. Raises `ValueError` for lengths that point outside."""
        data = bytes(packet)
        if not data or len(data) > _MAX_PICTURE_BYTES:
            return None
        picture = self._coded.picture(
            split_lengths(data, self._length_bytes) if self._length_bytes else split_annexb(data)
        )
        if picture is None:
            return None
        parts, keyframe = picture
        timestamp, capture_ns = self._timeline.place(_ticks(packet, self._time_base, _VIDEO_CLOCK_HZ), arrival_ns)
        return AccessUnit(self._codec, parts, timestamp, capture_ns, arrival_ns, keyframe, bool(packet.is_corrupt))

    def _take_config(self, extradata: bytes) -> None:
        if not extradata:
            return
        if extradata[0] == 1:
            parse = parse_avcc if self._codec is Codec.H264 else parse_hvcc
            self._length_bytes, sets = parse(extradata)
        else:
            sets = split_annexb(extradata)
        self._coded.offer(sets)


class SoundPackets:
    """The packets of one AAC, G.711 or Opus stream."""

    def __init__(self, stream: Any, codec: Codec) -> None:
        context = stream.codec_context
        rate_hz = int(context.sample_rate or 8000)
        self._codec = codec
        self._time_base = stream.time_base
        self._timeline = Timeline(rate_hz, CameraClock())
        self._changed = False
        self.track = Track(codec, rate_hz, int(context.channels or 1), bytes(context.extradata or b""))

    def changed(self) -> bool:
        changed, self._changed = self._changed, False
        return changed

    def unit(self, packet: Any, arrival_ns: int) -> AccessUnit | None:
        data = bytes(packet)
        if self._codec is Codec.AAC and len(data) > _ADTS_HEADER_BYTES and data[0] == 0xFF and data[1] & 0xF6 == 0xF0:
            data = self._without_adts(data)
        if not data:
            return None
        rate_hz = self.track.clock_rate_hz
        timestamp, capture_ns = self._timeline.place(_ticks(packet, self._time_base, rate_hz), arrival_ns)
        return AccessUnit(self._codec, (data,), timestamp, capture_ns, arrival_ns)

    def _without_adts(self, data: bytes) -> bytes:
        if not self.track.config:
            # ISO 14496-3: object type, rate index and channels of the ADTS header are an AudioSpecificConfig.
            kind, rate = (data[2] >> 6) + 1, (data[2] >> 2) & 15
            channels = (data[2] & 1) << 2 | data[3] >> 6
            config = (kind << 11 | rate << 7 | channels << 3).to_bytes(2, "big")
            self.track = Track(Codec.AAC, self.track.clock_rate_hz, channels, config)
            self._changed = True
        return data[_ADTS_HEADER_BYTES if data[1] & 1 else _ADTS_HEADER_BYTES + 2 :]


def _ticks(packet: Any, time_base: Any, rate_hz: int) -> int:
    """The packet's presentation time in `rate_hz`, modulo 2³² as an RTP timestamp would be."""
    at = packet.pts if packet.pts is not None else packet.dts
    if at is None or time_base is None:
        return 0
    return int(at * time_base.numerator * rate_hz // time_base.denominator) % (1 << 32)
