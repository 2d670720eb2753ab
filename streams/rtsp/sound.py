"""Sound out of RTP payloads: AAC in mpeg4-generic (RFC 3640) and G.711 (RFC 3551)."""

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


def aac_frames(payload: bytes, framing: AacFraming) -> list[bytes]:
    """The complete AAC frames of one packet; a frame larger than its packet (fragmented) gives nothing."""
    header_bits = int.from_bytes(payload[:2], "big")
    count = min(header_bits // framing.header_bits, _MAX_FRAMES)
    position = 2 + (header_bits + 7) // 8
    headers = int.from_bytes(payload[2:position], "big")
    left = (position - 2) * 8
    frames: list[bytes] = []
    for _ in range(count):
        left -= framing.header_bits
        size = headers >> (left + framing.index_bits) & ((1 << framing.size_bits) - 1)
        if position + size > len(payload):
            break
        if 0 < size <= _MAX_FRAME_BYTES:
            frames.append(payload[position : position + size])
        position += size
    return frames


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
