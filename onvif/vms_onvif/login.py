"""Logging in to a device: HTTP digest (RFC 7616, and RFC 2069 for old devices) or WS-UsernameToken (WSS 1.0). Pure but for randomness.

Devices lock accounts for half an hour after a few wrong passwords (quirk 20): what was refused once is never sent again. A first
request without any login finds out which kind a device wants; that is no attempt, and locks nothing.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from vms_onvif.namespaces import SOAP, WSSE, WSU

_MOST_CHARS: Final = 4096
_MOST_CHALLENGES: Final = 8
_PARAMETER: Final = re.compile(r'([A-Za-z0-9_-]{1,40})\s{0,8}=\s{0,8}(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))')
_ALGORITHMS: Final = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}
_DIGEST_TYPE: Final = (
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
)
_BASE64: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"


@dataclass(frozen=True, slots=True)
class Login:
    """A user of a device. An empty name: none."""

    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Challenge:
    algorithm: str
    realm: str
    nonce: str
    opaque: str
    qop_auth: bool
    stale: bool


def strongest(headers: Sequence[str]) -> Challenge | None:
    """The best digest challenge among WWW-Authenticate headers; Basic is none of them: it would give the password away."""
    found = [challenge for header in headers[:_MOST_CHALLENGES] for challenge in _challenges(header)]
    return min(found, key=lambda challenge: list(_ALGORITHMS).index(challenge.algorithm), default=None)


def _challenges(header: str) -> list[Challenge]:
    # Several challenges may share one header (RFC 9110, 11.6.1).
    pieces = re.split(r"(?i)(?:^|,)\s*digest\s+", header[:_MOST_CHARS])[1:]
    return [challenge for piece in pieces if (challenge := _challenge(piece)) is not None]


def _challenge(text: str) -> Challenge | None:
    if not text.isprintable():  # it goes back to the device in a header
        return None
    values = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(text)}
    algorithm = (values.get("algorithm") or "MD5").upper()
    qops = [qop.strip().lower() for qop in values.get("qop", "").split(",") if qop.strip()]
    if algorithm not in _ALGORITHMS or not values.get("nonce") or (qops and "auth" not in qops):
        return None
    return Challenge(
        algorithm,
        values.get("realm", ""),
        values["nonce"],
        values.get("opaque", ""),
        bool(qops),
        values.get("stale", "").lower() == "true",
    )


class Digest:
    """Answers one challenge, as often as it is good."""

    def __init__(
        self, challenge: Challenge, login: Login, fresh: Callable[[], str] = lambda: secrets.token_hex(8)
    ) -> None:
        self.challenge = challenge
        self._login = login
        self._fresh = fresh
        self._count = 0

    def header(self, method: str, target: str) -> str:
        """The value of Authorization for one request."""
        given = self.challenge

        def hashed(text: str) -> str:
            return _ALGORITHMS[given.algorithm](text.encode()).hexdigest()

        secret = hashed(f"{self._login.username}:{given.realm}:{self._login.password}")
        request = hashed(f"{method}:{target}")
        tail = ""
        if given.qop_auth:
            self._count += 1
            count, ours = f"{self._count:08x}", self._fresh()
            response = hashed(f"{secret}:{given.nonce}:{count}:{ours}:auth:{request}")
            tail = f', qop=auth, nc={count}, cnonce="{ours}"'
        else:
            response = hashed(f"{secret}:{given.nonce}:{request}")
        if given.opaque:
            tail += f', opaque="{given.opaque}"'
        user = self._login.username.replace("\\", "\\\\").replace('"', '\\"')
        return (
            f'Digest username="{user}", realm="{given.realm}", nonce="{given.nonce}", uri="{target}", '
            f'response="{response}", algorithm={given.algorithm}{tail}'
        )


def add_token(envelope: etree._Element, login: Login, device_s: float, nonce: bytes) -> None:
    """Put a UsernameToken into the envelope's header. `device_s`: UTC in seconds, as the device believes it (quirk 1)."""
    header = envelope.find(f"{{{SOAP}}}Header")
    if header is None:
        header = etree.Element(f"{{{SOAP}}}Header")
        envelope.insert(0, header)
    for old in header.findall(f"{{{WSSE}}}Security"):
        header.remove(old)
    created = datetime.fromtimestamp(device_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    digest = hashlib.sha1(nonce + created.encode() + login.password.encode()).digest()  # noqa: S324 the profile's choice
    security = etree.SubElement(header, f"{{{WSSE}}}Security", nsmap={"wsse": WSSE, "wsu": WSU})
    # Not mustUnderstand: devices that take HTTP digest instead would have to refuse the request.
    token = etree.SubElement(security, f"{{{WSSE}}}UsernameToken")
    etree.SubElement(token, f"{{{WSSE}}}Username").text = login.username
    password = etree.SubElement(token, f"{{{WSSE}}}Password", Type=_DIGEST_TYPE)
    password.text = base64.b64encode(digest).decode()
    etree.SubElement(token, f"{{{WSSE}}}Nonce", EncodingType=_BASE64).text = base64.b64encode(nonce).decode()
    etree.SubElement(token, f"{{{WSU}}}Created").text = created
