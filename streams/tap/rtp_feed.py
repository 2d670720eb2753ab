"""A fan-out as interleaved RTP (RFC 2326 section 10.12), numbered once for all viewers: who drops a picture sees a gap.

RTP timestamps are capture times on our clock, and sender reports say so: a player can show pictures of several cameras in step.
"""

import base64
import secrets
import struct
from collections.abc import Callable, Iterator

from streams.fmp4 import parameter_sets
from streams.relay.packets import packetise
from streams.rtcp import Sent, sender_report
from streams.tap.feed import Feed, Piece, sound_track, video_track
from streams.types.media import AccessUnit, Codec, Fanout, Track
from streams.types.tap import TapFrame, TapInfo, TapTrack, frame

SOUNDS = frozenset({Codec.AAC, Codec.PCMA, Codec.PCMU})
VIDEO_TYPE, SOUND_TYPE = 96, 97
_REPORT_EVERY_NS = 5_000_000_000
_RTP = struct.Struct("!BBHII")
_INTERLEAVED = struct.Struct("!BBH")


class _Line:
    """One track's numbering."""

    def __init__(self, channel: int, payload_type: int, clock_rate_hz: int) -> None:
        self._channel = channel
        self._payload_type = payload_type
        self._clock_rate_hz = clock_rate_hz
        self._ssrc = secrets.randbits(32)
        self._seq = secrets.randbits(15)
        self._timestamp = -1
        self._packets = 0
        self._bytes = 0
        self._reported_ns = 0

    def packets(self, payloads: tuple[bytes, ...], capture_ns: int, *, marked: bool, report: bool) -> bytes:
        """Interleaved, a sender report in front when it is asked for or due."""
        timestamp = capture_ns * self._clock_rate_hz // 1_000_000_000
        self._timestamp = timestamp = max(timestamp, self._timestamp + 1)
        parts: list[bytes] = []
        if report or not 0 <= capture_ns - self._reported_ns < _REPORT_EVERY_NS:
            self._reported_ns = capture_ns
            sent = Sent(self._ssrc, timestamp, self._packets, self._bytes)
            self._put(parts, self._channel + 1, sender_report(sent, capture_ns))
        for number, payload in enumerate(payloads):
            self._seq += 1
            last = marked and number == len(payloads) - 1
            kind = self._payload_type | (0x80 if last else 0)
            header = _RTP.pack(0x80, kind, self._seq & 0xFFFF, timestamp & 0xFFFFFFFF, self._ssrc)
            self._put(parts, self._channel, header + payload)
            self._bytes += len(payload)
        self._packets += len(payloads)
        return b"".join(parts)

    @staticmethod
    def _put(parts: list[bytes], channel: int, packet: bytes) -> None:
        parts.append(_INTERLEAVED.pack(0x24, channel, len(packet)))
        parts.append(packet)


class RtpFeed(Feed):
    def __init__(self, fanout: Fanout, on_empty: Callable[[Feed], None], *, sound: bool) -> None:
        super().__init__(fanout, on_empty)
        said = sound_track(fanout, SOUNDS) if sound else None
        self._sound_codec = said.codec if said else None
        self._video = _Line(0, VIDEO_TYPE, 90_000)
        self._sound = _Line(2, payload_type(said), said.clock_rate_hz) if said else None

    def pieces(self, unit: AccessUnit) -> Iterator[Piece]:
        if unit.codec.is_video:
            payloads = packetise(unit).payloads
            data = self._video.packets(payloads, unit.capture_ns, marked=True, report=unit.keyframe)
            yield Piece(frame(TapFrame.DATA, data), unit.keyframe)
        elif self._sound is not None and unit.codec is self._sound_codec:
            payloads = (_aac(unit.parts),) if unit.codec is Codec.AAC else unit.parts
            data = self._sound.packets(payloads, unit.capture_ns, marked=True, report=False)
            yield Piece(frame(TapFrame.DATA, data))


def _aac(frames: tuple[bytes, ...]) -> bytes:
    """RFC 3640 section 3.3.6, high bit-rate AAC: 13 bits of size and 3 of index for each frame."""
    headers = b"".join(struct.pack("!H", (len(data) << 3) & 0xFFFF) for data in frames)
    return struct.pack("!H", 16 * len(frames)) + headers + b"".join(frames)


def payload_type(track: Track) -> int:
    return {Codec.PCMU: 0, Codec.PCMA: 8}.get(track.codec, SOUND_TYPE)


def rtp_info(fanout: Fanout, base_ms: int) -> TapInfo | None:
    """None before the first keyframe: players want its parameter sets in the description."""
    video = video_track(fanout)
    keyframe = next(iter(fanout.cached()), None)
    sets = parameter_sets(keyframe) if keyframe is not None else None
    if video is None or sets is None:
        return None
    sound = sound_track(fanout, SOUNDS)
    texts = [",".join(base64.b64encode(nal).decode() for nal in nals) for nals in sets.by_kind]
    if video.codec is Codec.H264:
        fmtp = f"packetization-mode=1;profile-level-id={sets.sps[1:4].hex()};sprop-parameter-sets={','.join(texts)}"
    else:
        fmtp = ";".join(f"sprop-{name}={text}" for name, text in zip(("vps", "sps", "pps"), texts, strict=True))
    return TapInfo(
        base_ms=base_ms,
        video=TapTrack(
            codec=video.codec, clock_rate_hz=90_000, width_px=video.width_px, height_px=video.height_px, fmtp=fmtp
        ),
        sound=None if sound is None else _sound_info(sound),
    )


def _sound_info(sound: Track) -> TapTrack:
    fmtp = ""
    if sound.codec is Codec.AAC:
        fmtp = (
            "streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;"
            f"config={sound.config.hex()}"
        )
    return TapTrack(codec=sound.codec, clock_rate_hz=sound.clock_rate_hz, channels=max(sound.channels, 1), fmtp=fmtp)
