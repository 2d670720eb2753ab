"""Offers read, answers written (RFC 8829, RFC 9725 WHIP's sibling WHEP). An offer is hostile text."""

import secrets
from dataclasses import dataclass

from aiortc import sdp as aiortc_sdp
from aiortc.sdp import MediaDescription, SessionDescription

from streams.relay.dtls import Fingerprint
from streams.types.bus import RefusalCode
from streams.types.media import Codec

MAX_OFFER_BYTES = 64 * 1024
MAX_SECTIONS = 64
_FEEDBACK = (("nack", ""), ("nack", "pli"), ("ccm", "fir"), ("goog-remb", ""))
_MIMES = {Codec.H264: "h264", Codec.H265: "h265", Codec.PCMA: "pcma", Codec.PCMU: "pcmu"}


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
    parameters: str
    feedback: tuple[tuple[str, str], ...]

    def parameter(self, key: str) -> str:
        pairs = (pair.partition("=") for pair in self.parameters.split(";"))
        return next((value.strip() for name, _, value in pairs if name.strip().lower() == key), "")


@dataclass(frozen=True, slots=True)
class Section:
    """One m-line."""

    kind: str
    mid: str
    wants_media: bool
    formats: tuple[Format, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    ufrag: str
    password: str
    fingerprints: tuple[Fingerprint, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What we send in a section."""

    section: Section
    format: Format
    ssrc: int


@dataclass(frozen=True, slots=True)
class Local:
    """Our side of an answer."""

    ufrag: str
    password: str
    fingerprint: str
    addresses: tuple[str, ...]
    port: int


def parse_offer(text: str) -> Offer:
    """Raises `OfferRefused` with BAD_OFFER for everything that is not an offer to receive media over DTLS."""
    if len(text.encode(errors="replace")) > MAX_OFFER_BYTES:
        raise OfferRefused(RefusalCode.BAD_OFFER, "the offer is too long")
    if not text.startswith("v=0"):
        raise OfferRefused(RefusalCode.BAD_OFFER, "this is no session description")
    try:
        session = SessionDescription.parse(text)
        sections = tuple(_section(media) for media in session.media)
        return _checked(session, sections)
    except (ValueError, KeyError, IndexError, AttributeError, AssertionError, TypeError) as error:
        raise OfferRefused(RefusalCode.BAD_OFFER, f"unreadable session description: {type(error).__name__}") from None


def _checked(session: SessionDescription, sections: tuple[Section, ...]) -> Offer:
    if not sections or len(sections) > MAX_SECTIONS:
        raise OfferRefused(RefusalCode.BAD_OFFER, "the offer has no media, or too much")
    first = session.media[0]
    if first.ice is None or first.ice.usernameFragment is None or first.ice.password is None:
        raise OfferRefused(RefusalCode.BAD_OFFER, "the offer has no ICE credentials")
    fingerprints = tuple(
        Fingerprint(found.algorithm.lower(), bytes.fromhex(found.value.replace(":", "")))
        for found in (first.dtls.fingerprints if first.dtls else [])
    )
    if not any(fingerprint.known for fingerprint in fingerprints):
        raise OfferRefused(RefusalCode.BAD_OFFER, "the offer has no certificate fingerprint that we know")
    if first.dtls is not None and first.dtls.role == "server":
        raise OfferRefused(RefusalCode.BAD_OFFER, "the offer insists on being the DTLS server")
    return Offer(first.ice.usernameFragment, first.ice.password, fingerprints, sections)


def _section(media: MediaDescription) -> Section:
    mid = media.rtp.muxId or ""
    if not mid.isascii() or len(mid) > 32 or any(not (letter.isalnum() or letter in "-_.") for letter in mid):
        raise ValueError("unusable mid")
    formats = tuple(
        Format(
            payload_type=codec.payloadType,
            name=codec.name.lower(),
            clock_rate_hz=codec.clockRate,
            parameters=aiortc_sdp.parameters_to_sdp(codec.parameters),
            feedback=tuple(
                (item.type, item.parameter or "")
                for item in codec.rtcpFeedback
                if (item.type, item.parameter or "") in _FEEDBACK
            ),
        )
        for codec in media.rtp.codecs
        if codec.payloadType is not None and 0 <= codec.payloadType < 128
    )
    wants = media.direction in {"recvonly", "sendrecv", None} and media.port != 0
    return Section(media.kind, mid, wants, formats)


def choose(offer: Offer, codec: Codec, sps_profile_idc: int | None = None) -> Chosen | None:
    """The first section and payload type that takes `codec`; None when the offer has none.

    H.264 goes out as packetisation mode 1. Browsers decode any profile they know under any H.264 payload type, so the one
    with the stream's own profile is preferred, then constrained baseline, then what comes first.
    """
    kind = "video" if codec.is_video else "audio"
    for section in offer.sections:
        if section.kind != kind or not section.wants_media:
            continue
        formats = [found for found in section.formats if found.name == _MIMES.get(codec)]
        if codec is Codec.H264:
            formats = [found for found in formats if found.parameter("packetization-mode") == "1"]
            formats.sort(key=lambda found: _distance(found, sps_profile_idc))
        if formats:
            return Chosen(section, formats[0], secrets.randbits(31) | 1)
    return None


def _distance(found: Format, profile_idc: int | None) -> int:
    level_id = found.parameter("profile-level-id").lower()
    if profile_idc is not None and level_id.startswith(f"{profile_idc:02x}"):
        return 0
    return 1 if level_id.startswith("42e0") else 2


def write_answer(offer: Offer, local: Local, chosen: tuple[Chosen, ...], stream_id: str) -> str:
    """The answer: ICE lite, passive DTLS, one bundle; sections that we do not use are refused with port 0."""
    by_mid = {choice.section.mid: choice for choice in chosen}
    lines = [
        "v=0",
        f"o=- {secrets.randbits(62)} 1 IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        "a=group:BUNDLE " + " ".join(by_mid),
        f"a=msid-semantic: WMS {stream_id}",
    ]
    for section in offer.sections:
        choice = by_mid.get(section.mid)
        lines += _refused(section) if choice is None else _accepted(choice, local, stream_id)
    return "\r\n".join(lines) + "\r\n"


def _refused(section: Section) -> list[str]:
    number = section.formats[0].payload_type if section.formats else 0
    protocol = "UDP/DTLS/SCTP webrtc-datachannel" if section.kind == "application" else f"UDP/TLS/RTP/SAVPF {number}"
    return [f"m={section.kind} 0 {protocol}", "c=IN IP4 0.0.0.0", f"a=mid:{section.mid}", "a=inactive"]


def _accepted(choice: Chosen, local: Local, stream_id: str) -> list[str]:
    found, number = choice.format, choice.format.payload_type
    lines = [
        f"m={choice.section.kind} {local.port} UDP/TLS/RTP/SAVPF {number}",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        f"a=ice-ufrag:{local.ufrag}",
        f"a=ice-pwd:{local.password}",
        f"a=fingerprint:sha-256 {local.fingerprint}",
        "a=setup:passive",
        f"a=mid:{choice.section.mid}",
        "a=sendonly",
        f"a=msid:{stream_id} {choice.section.kind}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        f"a=rtpmap:{number} {found.name.upper()}/{found.clock_rate_hz}",
    ]
    lines += [f"a=rtcp-fb:{number} {kind} {parameter}".rstrip() for kind, parameter in found.feedback]
    if found.parameters:
        lines.append(f"a=fmtp:{number} {found.parameters}")
    lines += [f"a=ssrc:{choice.ssrc} cname:vong", f"a=ssrc:{choice.ssrc} msid:{stream_id} {choice.section.kind}"]
    for rank, address in enumerate(local.addresses):
        family = 65535 - rank
        priority = 126 << 24 | family << 8 | 255
        lines.append(f"a=candidate:{rank + 1} 1 udp {priority} {address} {local.port} typ host")
    lines.append("a=end-of-candidates")
    return lines
