"""Offers read, answers written (RFC 8829, RFC 9725 WHIP's sibling WHEP). An offer is hostile text.

Read here line by line and not by a library: the offer for a wall of 64 tiles has thousands of lines, and while it is read nobody
gets a picture.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from streams.relay.dtls import Fingerprint
from streams.relay.extensions import SPOKEN
from streams.types.bus import RefusalCode
from streams.types.media import Codec

MAX_OFFER_BYTES = 384 * 1024
MAX_SECTIONS = 80
_FEEDBACK = frozenset({"nack", "nack pli", "ccm fir", "goog-remb"})
_CODECS = {"h264": Codec.H264, "h265": Codec.H265, "pcma": Codec.PCMA, "pcmu": Codec.PCMU, "opus": Codec.OPUS}
_MID = re.compile(r"[A-Za-z0-9._-]{1,32}")
_TOKEN = re.compile(r"[\x21-\x7e]{1,256}")
_PRINTABLE = re.compile(r"[\x20-\x7e]{0,400}")
_MEDIA = re.compile(r"(audio|video|application|text|message) (\d{1,5})(?:/\d+)? ([A-Z/]{3,30}) ([\x21-\x7e ]{1,1000})")
_RTPMAP = re.compile(r"(\d{1,3}) ([A-Za-z0-9._-]{1,40})/(\d{1,8})(?:/(\d{1,2}))?")


class OfferRefused(Exception):
    """The offer cannot be answered; `detail` is one sentence for a log, without the offer's text."""

    def __init__(self, code: RefusalCode, detail: str) -> None:
        super().__init__(f"{code.value}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Format:
    """One payload type of an offered section. `parameters` is the fmtp value, `feedback` what both sides speak."""

    payload_type: int
    name: str
    clock_rate_hz: int
    channels: int
    parameters: str
    feedback: tuple[str, ...]

    def parameter(self, key: str) -> str:
        pairs = (pair.partition("=") for pair in self.parameters.split(";"))
        return next((value.strip() for name, _, value in pairs if name.strip().lower() == key), "")


@dataclass(frozen=True, slots=True)
class Section:
    """One m-line. `extensions` are those header extensions that we speak, with the offer's numbers."""

    kind: str
    mid: str
    wants_media: bool
    formats: tuple[Format, ...]
    extensions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offer:
    ufrag: str
    password: str = field(repr=False)
    fingerprints: tuple[Fingerprint, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What we send in a section: any of its formats, by codec."""

    section: Section
    formats: Mapping[Codec, Format]
    ssrc: int
    stream_id: str

    @property
    def is_video(self) -> bool:
        return self.section.kind == "video"


@dataclass(frozen=True, slots=True)
class Local:
    """Our side of an answer."""

    ufrag: str
    password: str = field(repr=False)
    fingerprint: str
    addresses: tuple[str, ...]
    port: int


def parse_offer(text: str) -> Offer:
    """Raises `OfferRefused` with BAD_OFFER for everything that is not an offer to receive media over DTLS."""
    if len(text) > MAX_OFFER_BYTES:
        raise OfferRefused(RefusalCode.BAD_OFFER, "the offer is too long")
    if not text.startswith("v=0"):
        raise OfferRefused(RefusalCode.BAD_OFFER, "this is no session description")
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("m=")]
    if not starts or len(starts) > MAX_SECTIONS:
        raise OfferRefused(RefusalCode.BAD_OFFER, "the offer has no media, or too much")
    session = _attributes(lines[: starts[0]])
    blocks = [lines[start:end] for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]
    try:
        sections = tuple(_section(block) for block in blocks)
        return _offer(session, _attributes(blocks[0]), sections)
    except ValueError as error:
        raise OfferRefused(RefusalCode.BAD_OFFER, f"unreadable session description: {error}") from None


def _attributes(lines: Iterable[str]) -> dict[str, list[str]]:
    """The values of the `a=` lines by name, in order."""
    found: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith("a="):
            name, _, value = line[2:].partition(":")
            found.setdefault(name, []).append(value)
    return found


def _offer(session: dict[str, list[str]], first: dict[str, list[str]], sections: tuple[Section, ...]) -> Offer:
    """Everything is one bundle: what the first section says of ICE and DTLS holds for all."""

    def said(name: str) -> list[str]:
        return first.get(name) or session.get(name) or []

    ufrag, password = said("ice-ufrag"), said("ice-pwd")
    if not ufrag or not password or not _TOKEN.fullmatch(ufrag[0]) or not _TOKEN.fullmatch(password[0]):
        raise OfferRefused(RefusalCode.BAD_OFFER, "the offer has no ICE credentials")
    fingerprints = tuple(_fingerprint(value) for value in said("fingerprint")[:8])
    if not any(fingerprint.known for fingerprint in fingerprints):
        raise OfferRefused(RefusalCode.BAD_OFFER, "the offer has no certificate fingerprint that we know")
    if said("setup")[:1] == ["passive"]:
        raise OfferRefused(RefusalCode.BAD_OFFER, "the offer insists on being the DTLS server")
    if len({section.mid for section in sections}) != len(sections):
        raise ValueError("two sections of one mid")
    return Offer(ufrag[0], password[0], fingerprints, sections)


def _fingerprint(value: str) -> Fingerprint:
    algorithm, _, digest = value.partition(" ")
    return Fingerprint(algorithm.lower(), bytes.fromhex(digest.strip().replace(":", "")))


def _section(lines: list[str]) -> Section:
    media = _MEDIA.fullmatch(lines[0][2:].rstrip())
    if media is None:
        raise ValueError("m-line")
    kind, port, _protocol, numbers = media.groups()
    said = _attributes(lines)
    mid = said.get("mid", [""])[0]
    if not _MID.fullmatch(mid):
        raise ValueError("unusable mid")
    wants = int(port) != 0 and not {"sendonly", "inactive"} & said.keys()
    formats = _formats(numbers.split(), said) if kind in ("audio", "video") else ()
    return Section(kind, mid, wants, formats, _extensions(said.get("extmap", [])))


def _formats(numbers: list[str], said: dict[str, list[str]]) -> tuple[Format, ...]:
    """Those payload types that we could send, in the offer's order."""
    names = {}
    for value in said.get("rtpmap", []):
        match = _RTPMAP.fullmatch(value.strip())
        if match is None:
            raise ValueError("rtpmap")
        names[match[1]] = (match[2].lower(), int(match[3]), int(match[4] or 1))
    parameters = dict(_numbered(value) for value in said.get("fmtp", []))
    feedback: dict[str, list[str]] = {}
    for number, value in (_numbered(value) for value in said.get("rtcp-fb", [])):
        if value in _FEEDBACK:
            feedback.setdefault(number, []).append(value)
    names.setdefault("0", ("pcmu", 8000, 1))
    names.setdefault("8", ("pcma", 8000, 1))
    formats = []
    for number in numbers:
        name, clock_rate_hz, channels = names.get(number, ("", 0, 1))
        if name in _CODECS and int(number) < 128:
            heard = tuple(feedback.get(number, []) + feedback.get("*", []))
            formats.append(Format(int(number), name, clock_rate_hz, channels, parameters.get(number, ""), heard))
    return tuple(formats)


def _numbered(value: str) -> tuple[str, str]:
    """ "102 nack pli" → ("102", "nack pli")."""
    number, _, rest = value.strip().partition(" ")
    if not _PRINTABLE.fullmatch(rest):
        raise ValueError("attribute")
    return number, rest.strip()


def _extensions(values: list[str]) -> dict[str, int]:
    found = {}
    for value in values:
        number, _, uri = value.strip().partition(" ")
        if uri in SPOKEN and number.isascii() and number.isdecimal() and len(number) <= 3:
            found[uri] = int(number)
    return found


def choose(section: Section, sps_profile_idc: int | None = None) -> dict[Codec, Format]:
    """The best format of each codec that a section takes from us; empty when there is none.

    H.264 goes out as packetisation mode 1. Browsers decode any profile they know under any H.264 payload type, so the one
    with the stream's own profile is preferred, then constrained baseline, then what comes first.
    """
    chosen: dict[Codec, Format] = {}
    if not section.wants_media:
        return chosen
    usable = [
        found for found in section.formats if found.name != "h264" or found.parameter("packetization-mode") == "1"
    ]
    usable.sort(key=lambda found: _distance(found, sps_profile_idc) if found.name == "h264" else 3)
    for found in usable:
        codec = _CODECS[found.name]
        if codec.is_video == (section.kind == "video"):
            chosen.setdefault(codec, found)
    return chosen


def _distance(found: Format, profile_idc: int | None) -> int:
    level_id = found.parameter("profile-level-id").lower()
    if profile_idc is not None and level_id.startswith(f"{profile_idc:02x}"):
        return 0
    return 1 if level_id.startswith("42e0") else 2


def new_ssrc() -> int:
    return secrets.randbits(31) | 1


def write_answer(offer: Offer, local: Local, chosen: tuple[Chosen, ...]) -> str:
    """The answer: ICE lite, passive DTLS, one bundle; sections that we do not use are refused with port 0."""
    by_mid = {choice.section.mid: choice for choice in chosen}
    lines = [
        "v=0",
        f"o=- {secrets.randbits(62)} 1 IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        "a=group:BUNDLE " + " ".join(by_mid),
        "a=msid-semantic: WMS *",
    ]
    for section in offer.sections:
        choice = by_mid.get(section.mid)
        lines += _refused(section) if choice is None else _accepted(choice, local)
    return "\r\n".join(lines) + "\r\n"


def _refused(section: Section) -> list[str]:
    number = section.formats[0].payload_type if section.formats else 0
    protocol = "UDP/DTLS/SCTP webrtc-datachannel" if section.kind == "application" else f"UDP/TLS/RTP/SAVPF {number}"
    return [f"m={section.kind} 0 {protocol}", "c=IN IP4 0.0.0.0", f"a=mid:{section.mid}", "a=inactive"]


def _accepted(choice: Chosen, local: Local) -> list[str]:
    section, formats = choice.section, choice.formats.values()
    numbers = " ".join(str(found.payload_type) for found in formats)
    msid = f"{choice.stream_id} {section.kind}-{section.mid}"
    lines = [
        f"m={section.kind} {local.port} UDP/TLS/RTP/SAVPF {numbers}",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        f"a=ice-ufrag:{local.ufrag}",
        f"a=ice-pwd:{local.password}",
        f"a=fingerprint:sha-256 {local.fingerprint}",
        "a=setup:passive",
        f"a=mid:{section.mid}",
        *(f"a=extmap:{number} {uri}" for uri, number in section.extensions.items()),
        "a=sendonly",
        f"a=msid:{msid}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
    ]
    for found in formats:
        lines += _format_lines(found)
    lines += [f"a=ssrc:{choice.ssrc} cname:vong", f"a=ssrc:{choice.ssrc} msid:{msid}"]
    for rank, address in enumerate(local.addresses):
        family = 65535 - rank
        priority = 126 << 24 | family << 8 | 255
        lines.append(f"a=candidate:{rank + 1} 1 udp {priority} {address} {local.port} typ host")
    lines.append("a=end-of-candidates")
    return lines


def _format_lines(found: Format) -> list[str]:
    number = found.payload_type
    channels = f"/{found.channels}" if found.channels > 1 else ""
    name = found.name if found.name == "opus" else found.name.upper()
    lines = [f"a=rtpmap:{number} {name}/{found.clock_rate_hz}{channels}"]
    lines += [f"a=rtcp-fb:{number} {value}" for value in found.feedback]
    if found.parameters:
        lines.append(f"a=fmtp:{number} {found.parameters}")
    return lines
