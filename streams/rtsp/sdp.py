"""What a camera says it sends: the few things that we need from its SDP (RFC 8866; RFC 2326 appendix C), leniently.

Pure. Hostile input gives fewer media, `BadBytes`, or nothing worse.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field

from streams.rtsp.faults import BadBytes
from streams.types.media import Codec

_MAX_LINES = 2000
_MAX_MEDIA = 32
_MAX_URL_CHARS = 2000
_MAX_RATE_HZ = 1_000_000
_NAMES = {
    "H264": Codec.H264,
    "H265": Codec.H265,
    "HEVC": Codec.H265,
    "MPEG4-GENERIC": Codec.AAC,
    "PCMA": Codec.PCMA,
    "PCMU": Codec.PCMU,
}
_STATIC = {0: Codec.PCMU, 8: Codec.PCMA}
_URL = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Media:
    """One `m=` section. `codec` is None for what we do not speak. `control` is the address for SETUP."""

    kind: str
    payload_type: int
    codec: Codec | None
    clock_rate_hz: int
    channels: int
    control: str
    parameters: dict[str, str] = field(default_factory=dict)

    def integer(self, name: str, default: int) -> int:
        text = self.parameters.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else default

    def parameter_sets(self) -> list[bytes]:
        """VPS, SPS and PPS that came in the SDP (RFC 6184 section 8.1, RFC 7798 section 7.1); broken ones left out."""
        sets: list[bytes] = []
        for name in ("sprop-vps", "sprop-sps", "sprop-pps", "sprop-parameter-sets"):
            for text in self.parameters.get(name, "").split(",")[:16]:
                nal = _base64(text)
                if nal:
                    sets.append(nal)
        return sets


@dataclass(frozen=True, slots=True)
class Description:
    """`control` is the aggregate address, for PLAY and TEARDOWN."""

    control: str
    media: tuple[Media, ...]


def parse_sdp(body: bytes, base_url: str) -> Description:
    """`base_url`: Content-Base, else Content-Location, else the address asked for. Raises `BadBytes` when it is no SDP."""
    lines = body.decode("utf-8", "replace").splitlines()[:_MAX_LINES]
    sections: list[list[tuple[str, str]]] = [[]]
    for line in lines:
        key, equals, value = line.strip().partition("=")
        if not equals or len(key) != 1:
            continue
        if key == "m" and len(sections) <= _MAX_MEDIA:
            sections.append([])
        sections[-1].append((key, value))
    if len(sections) == 1:
        raise BadBytes("an SDP without media")
    aggregate = _joined(base_url, _attribute(sections[0], "control"))
    media = [found for section in sections[1:] if (found := _media(section, aggregate)) is not None]
    return Description(aggregate, tuple(media))


def _media(section: list[tuple[str, str]], base_url: str) -> Media | None:
    words = section[0][1].split()
    if len(words) < 4 or not words[3].isascii() or not words[3].isdigit() or int(words[3][:6]) > 127:
        return None
    payload_type = int(words[3])
    name, rate_hz, channels = _rtpmap(section, payload_type)
    codec = _NAMES.get(name) if name else _STATIC.get(payload_type)
    return Media(
        kind=words[0],
        payload_type=payload_type,
        codec=codec,
        clock_rate_hz=rate_hz or (90_000 if words[0] == "video" else 8000),
        channels=channels,
        control=_joined(base_url, _attribute(section, "control")),
        parameters=_fmtp(section, payload_type),
    )


def _attribute(section: list[tuple[str, str]], name: str) -> str:
    for key, value in section:
        if key == "a" and value.lower().startswith(name + ":"):
            return value[len(name) + 1 :].strip()
    return ""


def _for_payload(section: list[tuple[str, str]], name: str, payload_type: int) -> str:
    """The value of `a=name:<payload type> value`."""
    for key, value in section:
        if key == "a" and value.lower().startswith(name + ":"):
            number, _, rest = value[len(name) + 1 :].strip().partition(" ")
            if number == str(payload_type):
                return rest.strip()
    return ""


def _rtpmap(section: list[tuple[str, str]], payload_type: int) -> tuple[str, int, int]:
    name, rate, channels = [*_for_payload(section, "rtpmap", payload_type).split("/"), "", "", ""][:3]
    rate_hz = int(rate) if rate.isascii() and rate.isdigit() and 0 < int(rate[:8]) <= _MAX_RATE_HZ else 0
    return name.strip().upper(), rate_hz, int(channels) if channels in ("1", "2", "6", "8") else 1


def _fmtp(section: list[tuple[str, str]], payload_type: int) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for pair in _for_payload(section, "fmtp", payload_type).split(";")[:64]:
        key, _, value = pair.partition("=")
        parameters[key.strip().lower()] = value.strip()
    return parameters


def _joined(base_url: str, control: str) -> str:
    """Cameras mean string concatenation where RFC 2326 says URL resolution, above all behind a query string."""
    if control in ("", "*") or len(control) > _MAX_URL_CHARS or not _URL.fullmatch(control):
        return base_url
    if control.lower().startswith(("rtsp://", "rtsps://")):
        return control
    if "://" in control:
        return base_url
    if control.startswith("/"):
        scheme, _, rest = base_url.partition("://")
        return f"{scheme}://{rest.partition('/')[0]}{control}"
    return base_url + control if base_url.endswith("/") else f"{base_url}/{control}"


def _base64(text: str) -> bytes:
    text = text.strip()
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
