"""A fan-out as interleaved RTP (RFC 2326 section 10.12), numbered once for all viewers: who drops a picture sees a gap.

RTP timestamps are capture times on our clock, and sender reports say so: a player can show pictures of several cameras in step.
"""

import base64
import secrets
import struct
from collections.abc import Callable, Iterator, Sequence

from streams.fmp4 import parameter_sets
from streams.imprinting import IMPRINT_BYTES, imprint_nal
from streams.relay.imprinted import around
from streams.relay.packets import packetise
from streams.rtcp import Sent, sender_report
from streams.tap.feed import Feed, Piece, sound_track, video_track
from streams.types.imprint import Stamp
from streams.types.media import AccessUnit, Codec, Fanout, Track
from streams.types.tap import TapFrame, TapInfo, TapTrack, frame

SOUNDS = frozenset({Codec.AAC, Codec.PCMA, Codec.PCMU})
VIDEO_TYPE, SOUND_TYPE = 96, 97
VIDEO_CHANNEL, SOUND_CHANNEL = 0, 2
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

    def begin(self, capture_ns: int, *, report: bool) -> bytes:
        """The next unit's time; a sender report when it is asked for or due, else nothing."""
        timestamp = capture_ns * self._clock_rate_hz // 1_000_000_000
        self._timestamp = timestamp = max(timestamp, self._timestamp + 1)
        if not report and 0 <= capture_ns - self._reported_ns < _REPORT_EVERY_NS:
            return b""
        self._reported_ns = capture_ns
        sent = Sent(self._ssrc, timestamp, self._packets, self._bytes)
        return _interleaved(self._channel + 1, sender_report(sent, capture_ns))

    def packets(self, payloads: Sequence[bytes], *, ends: bool = True) -> bytes:
        """Interleaved; the last one carries the marker when the unit `ends` with it."""
        last = len(payloads) - 1 if ends else -1
        return b"".join(
            _interleaved(self._channel, self.header(len(payload), marked=number == last) + payload)
            for number, payload in enumerate(payloads)
        )

    def header(self, size_bytes: int, *, marked: bool = False) -> bytes:
        """The RTP header of the next packet."""
        self._seq += 1
        self._packets += 1
        self._bytes += size_bytes
        kind = self._payload_type | (0x80 if marked else 0)
        return _RTP.pack(0x80, kind, self._seq & 0xFFFF, self._timestamp & 0xFFFFFFFF, self._ssrc)


def _interleaved(channel: int, packet: bytes) -> bytes:
    return _INTERLEAVED.pack(0x24, channel, len(packet)) + packet


class RtpFeed(Feed):
    """With `imprinted` each keyframe has the number of one more packet, which holds the viewer's imprint."""

    def __init__(
        self, fanout: Fanout, on_empty: Callable[[Feed], None], *, sound: bool, imprinted: bool = False
    ) -> None:
        super().__init__(fanout, on_empty)
        said = sound_track(fanout, SOUNDS) if sound else None
        self._sound_codec = said.codec if said else None
        self._video = _Line(VIDEO_CHANNEL, VIDEO_TYPE, 90_000)
        self._sound = _Line(SOUND_CHANNEL, payload_type(said), said.clock_rate_hz) if said else None
        self._imprinted = imprinted

    def pieces(self, unit: AccessUnit) -> Iterator[Piece]:
        if unit.codec.is_video:
            payloads = packetise(unit).payloads
            report = self._video.begin(unit.capture_ns, report=unit.keyframe)
            if unit.keyframe and self._imprinted:
                yield self._to_imprint(unit, payloads, report)
            else:
                yield Piece(frame(TapFrame.DATA, report + self._video.packets(payloads)), unit.keyframe)
        elif self._sound is not None and unit.codec is self._sound_codec:
            payloads = (_aac(unit.parts),) if unit.codec is Codec.AAC else unit.parts
            report = self._sound.begin(unit.capture_ns, report=False)
            yield Piece(frame(TapFrame.DATA, report + self._sound.packets(payloads)))

    def _to_imprint(self, unit: AccessUnit, payloads: Sequence[bytes], report: bytes) -> Piece:
        head, tail = around(payloads, unit.codec)
        before = report + self._video.packets(head, ends=False)
        header = self._video.header(IMPRINT_BYTES)
        after = self._video.packets(tail)

        def imprinted(stamp: Stamp) -> bytes:
            packet = header + imprint_nal(stamp, unit.codec, unit.capture_ns)
            return frame(TapFrame.DATA, before + _interleaved(VIDEO_CHANNEL, packet) + after)

        return Piece(frame(TapFrame.DATA, before + after), starts=True, imprintable=imprinted)


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
