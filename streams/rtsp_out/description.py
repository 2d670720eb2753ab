"""The session description of a camera (RFC 8866, RFC 2326 appendix C). Pure."""

from streams.types.media import Codec
from streams.types.tap import TapInfo, TapTrack

VIDEO_TYPE, SOUND_TYPE = 96, 97
_STATIC = {Codec.PCMU: 0, Codec.PCMA: 8}
_NAMES = {Codec.H264: "H264", Codec.H265: "H265", Codec.AAC: "mpeg4-generic", Codec.PCMA: "PCMA", Codec.PCMU: "PCMU"}


def describe(info: TapInfo) -> bytes:
    lines = ["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=Vong", "c=IN IP4 0.0.0.0", "t=0 0", "a=control:*", "a=range:npt=now-"]
    lines += _media("video", info.video, VIDEO_TYPE, 0)
    if info.sound is not None:
        lines += _media("audio", info.sound, _STATIC.get(info.sound.codec, SOUND_TYPE), 1)
    return "\r\n".join((*lines, "")).encode()


def _media(kind: str, track: TapTrack, payload_type: int, number: int) -> list[str]:
    channels = f"/{track.channels}" if track.channels > 1 else ""
    lines = [
        f"m={kind} 0 RTP/AVP {payload_type}",
        f"a=rtpmap:{payload_type} {_NAMES[track.codec]}/{track.clock_rate_hz}{channels}",
    ]
    if track.fmtp:
        lines.append(f"a=fmtp:{payload_type} {track.fmtp}")
    return [*lines, f"a=control:trackID={number}"]
