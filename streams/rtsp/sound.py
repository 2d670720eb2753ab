"""Sound out of RTP payloads: AAC in mpeg4-generic (RFC 3640) and G.711 (RFC 3551)."""

from collections.abc import Iterable
from dataclasses import dataclass

from streams.rtsp.faults import NotSpoken
from streams.rtsp.sdp import Media
from streams.types.media import Codec, Track

_MAX_CONFIG_BYTES = 64
_MAX_FRAMES = 64
_MAX_FRAME_BYTES = 8192


@dataclass(frozen=True, slots=True)
class AacFraming:
    """How many bits the AU headers give to each field."""

    size_bits: int
    index_bits: int
    delta_bits: int

    @property
    def header_bits(self) -> int:
        return self.size_bits + self.index_bits


def aac_framing(media: Media) -> AacFraming:
    """Raises `NotSpoken` for interleaved or exotic framing."""
    framing = AacFraming(
        media.integer("sizelength", 13), media.integer("indexlength", 3), media.integer("indexdeltalength", 3)
    )
    if not 1 <= framing.size_bits <= 16 or framing.index_bits > 8 or framing.delta_bits != framing.index_bits:
        raise NotSpoken("AAC framing")
    if any(media.integer(name, 0) for name in ("ctsdeltalength", "dtsdeltalength", "streamstateindication")):
        raise NotSpoken("AAC framing")
    return framing


def aac_frames(payloads: Iterable[bytes], framing: AacFraming) -> list[bytes]:
    """The complete AAC frames in the packets of one timestamp, among them one frame that was cut over several (section 3.1)."""
    frames: list[bytes] = []
    cut: list[bytes] = []
    cut_bytes = 0
    for payload in payloads:
        size_bytes, data = _take_whole(payload, framing, frames)
        if not 0 < size_bytes <= _MAX_FRAME_BYTES:
            continue
        # A fragment: its header says how large the whole frame is, its packet holds nothing else.
        if size_bytes != cut_bytes:
            cut, cut_bytes = [], size_bytes
        cut.append(data)
        if sum(map(len, cut)) >= size_bytes:
            frames.append(b"".join(cut)[:size_bytes])
            cut, cut_bytes = [], 0
    return frames


def _take_whole(payload: bytes, framing: AacFraming, frames: list[bytes]) -> tuple[int, bytes]:
    """Put a packet's whole frames into `frames`; returns (size of the frame that it holds only a part of or 0, that part)."""
    header_bits = int.from_bytes(payload[:2], "big")
    count = min(header_bits // framing.header_bits, _MAX_FRAMES)
    position = 2 + (header_bits + 7) // 8
    headers = int.from_bytes(payload[2:position], "big")
    left = (position - 2) * 8
    for _ in range(count):
        left -= framing.header_bits
        size = headers >> (left + framing.index_bits) & ((1 << framing.size_bits) - 1)
        if position + size > len(payload):
            return (size, payload[position:]) if count == 1 else (0, b"")
        if 0 < size <= _MAX_FRAME_BYTES:
            frames.append(payload[position : position + size])
        position += size
    return 0, b""


def sound_track(media: Media) -> Track:
    """Raises `NotSpoken` when AAC comes without its configuration."""
    assert media.codec is not None
    if media.codec is not Codec.AAC:
        return Track(media.codec, media.clock_rate_hz, media.channels)
    try:
        config = bytes.fromhex(media.parameters.get("config", ""))
    except ValueError:
        config = b""
    if not 2 <= len(config) <= _MAX_CONFIG_BYTES:
        raise NotSpoken("AAC without its configuration")
    return Track(Codec.AAC, media.clock_rate_hz, media.channels, config)
