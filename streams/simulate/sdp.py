"""The session description of a simulated stream (RFC 4566, RFC 6184 §8.2, RFC 7798 §7.1, RFC 3640 §4.1). Pure."""

import base64
from typing import Final

from streams.simulate.audio import AudioLoop
from streams.simulate.weave_types import Weave
from streams.types.media import Codec

VIDEO_PAYLOAD: Final = 96
AAC_PAYLOAD: Final = 97
PCMA_PAYLOAD: Final = 8
_AAC_PARAMETERS: Final = (
    "streamtype=5; profile-level-id=15; mode=AAC-hbr; sizelength=13; indexlength=3; indexdeltalength=3"
)


def describe(weave: Weave, audio: AudioLoop | None, address: str) -> bytes:
    """The SDP of a stream; the video is track 0, the sound track 1."""
    spec = weave.spec
    lines = [
        "v=0",
        f"o=- 1 1 IN IP4 {address}",
        "s=Simulated camera",
        "c=IN IP4 0.0.0.0",
        "t=0 0",
        "a=control:*",
        "a=range:npt=now-",
        f"m=video 0 RTP/AVP {VIDEO_PAYLOAD}",
        f"b=AS:{max(1, spec.bitrate_bps // 1000)}",
        f"a=rtpmap:{VIDEO_PAYLOAD} {weave.codec.value}/90000",
        f"a=fmtp:{VIDEO_PAYLOAD} {_video_parameters(weave)}",
        f"a=framerate:{spec.fps}",
        f"a=framesize:{VIDEO_PAYLOAD} {spec.width_px}-{spec.height_px}",
        "a=control:trackID=0",
    ]
    return "\r\n".join((*lines, *_audio_lines(audio), "")).encode()


def _video_parameters(weave: Weave) -> str:
    coded = [base64.b64encode(nal).decode() for nal in weave.parameter_sets]
    if weave.codec is Codec.H264:
        profile = weave.parameter_sets[0][1:4].hex().upper()
        return f"packetization-mode=1; profile-level-id={profile}; sprop-parameter-sets={','.join(coded)}"
    return "; ".join(f"sprop-{name}={nal}" for name, nal in zip(("vps", "sps", "pps"), coded, strict=True))


def payload_type(codec: Codec) -> int:
    """The RTP payload type of this codec in our descriptions."""
    return {Codec.AAC: AAC_PAYLOAD, Codec.PCMA: PCMA_PAYLOAD}.get(codec, VIDEO_PAYLOAD)


def _audio_lines(audio: AudioLoop | None) -> list[str]:
    if audio is None:
        return []
    kind = payload_type(audio.codec)
    if audio.codec is Codec.PCMA:
        coding = [f"a=rtpmap:{kind} PCMA/8000"]
    else:
        coding = [
            f"a=rtpmap:{kind} mpeg4-generic/{audio.clock_rate_hz}/1",
            f"a=fmtp:{kind} {_AAC_PARAMETERS}; config={audio.config.hex()}",
        ]
    return [f"m=audio 0 RTP/AVP {kind}", "b=AS:64", *coding, "a=control:trackID=1"]
