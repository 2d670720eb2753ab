"""HTTP authentication as RTSP uses it: Digest with SHA-256 or MD5, else Basic (RFC 7616, RFC 7617, RFC 2326 section D).

The rule that matters: cameras lock accounts, so credentials that were refused are never sent a second time. Only a nonce that the
camera itself calls stale is worth another try.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from streams.types.camera import Credentials, FaultKind, SourceFault

_MAX_CHALLENGE_CHARS = 4096
_PARAMETER = re.compile(r'([A-Za-z0-9_-]{1,40})\s{0,8}=\s{0,8}(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))')
_DIGESTS = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}


@dataclass(frozen=True, slots=True)
class Challenge:
    """`algorithm` is empty for Basic."""

    algorithm: str
    realm: str
    nonce: str = ""
    opaque: str = ""
    qop_auth: bool = False
    stale: bool = False


def parse_challenge(header: str) -> Challenge | None:
    """One WWW-Authenticate header; None when it asks for something that we do not speak."""
    scheme, _, rest = header[:_MAX_CHALLENGE_CHARS].strip().partition(" ")
    values = {key.lower(): quoted or bare for key, quoted, bare in _PARAMETER.findall(rest)}
    realm = values.get("realm", "")
    if scheme.lower() == "basic":
        return Challenge("", realm)
    algorithm = (values.get("algorithm") or "MD5").upper()
    if scheme.lower() != "digest" or algorithm not in _DIGESTS or not values.get("nonce"):
        return None
    qops = [qop.strip().lower() for qop in values["qop"].split(",")] if values.get("qop") else []
    if qops and "auth" not in qops:
        return None
    return Challenge(
        algorithm,
        realm,
        values["nonce"],
        values.get("opaque", ""),
        bool(qops),
        values.get("stale", "").lower() == "true",
    )


def strongest(headers: list[str]) -> Challenge | None:
    """The best challenge among WWW-Authenticate headers: SHA-256, then MD5, then Basic."""
    order = {"SHA-256": 0, "MD5": 1, "": 2}
    challenges = [challenge for header in headers[:8] if (challenge := parse_challenge(header)) is not None]
    return min(challenges, key=lambda challenge: order[challenge.algorithm], default=None)


class Authenticator:
    """Answers one camera's challenges over one connection."""

    def __init__(
        self, credentials: Credentials, client_nonce: Callable[[], str] = lambda: secrets.token_hex(8)
    ) -> None:
        self._credentials = credentials
        self._client_nonce = client_nonce
        self._challenge: Challenge | None = None
        self._count = 0

    def header(self, method: str, url: str) -> tuple[tuple[str, str], ...]:
        """The Authorization header for a request, or nothing before the first challenge."""
        if self._challenge is None:
            return ()
        if not self._challenge.algorithm:
            plain = f"{self._credentials.username}:{self._credentials.password}".encode()
            return (("Authorization", "Basic " + base64.b64encode(plain).decode()),)
        return (("Authorization", self._digest(self._challenge, method, url)),)

    def challenged(self, headers: list[str], *, answered: bool) -> None:
        """A 401 came; `answered` says whether the request carried our credentials. Returns when it is worth sending it again.

        Raises `SourceFault` (AUTHENTICATION) otherwise.
        """
        challenge = strongest(headers)
        if challenge is None:
            raise SourceFault(FaultKind.AUTHENTICATION, "no way to sign in that we speak")
        if answered:
            fresh = self._challenge is not None and challenge.nonce != self._challenge.nonce
            if not (challenge.algorithm and challenge.stale and fresh):
                raise SourceFault(FaultKind.AUTHENTICATION, "the camera refused our credentials")
        if not self._credentials.username or not self._credentials.username.isprintable():
            raise SourceFault(FaultKind.AUTHENTICATION, "the camera wants credentials")
        self._challenge = challenge
        self._count = 0

    def _digest(self, challenge: Challenge, method: str, url: str) -> str:
        def digest(text: str) -> str:
            return _DIGESTS[challenge.algorithm](text.encode()).hexdigest()

        user = self._credentials.username
        secret = digest(f"{user}:{challenge.realm}:{self._credentials.password}")
        request = digest(f"{method}:{url}")
        # What came from the camera keeps its escapes as they were: it is echoed, not understood.
        fields = {"username": _escaped(user), "realm": challenge.realm, "nonce": challenge.nonce, "uri": _escaped(url)}
        extra = ""
        if challenge.qop_auth:
            self._count += 1
            count, client = f"{self._count:08x}", self._client_nonce()
            fields["response"] = digest(f"{secret}:{challenge.nonce}:{count}:{client}:auth:{request}")
            fields["cnonce"] = client
            extra = f", qop=auth, nc={count}"
        else:
            # RFC 2069, which most cameras still speak.
            fields["response"] = digest(f"{secret}:{challenge.nonce}:{request}")
        if challenge.opaque:
            fields["opaque"] = challenge.opaque
        quoted = ", ".join(f'{name}="{value}"' for name, value in fields.items())
        return f"Digest {quoted}, algorithm={challenge.algorithm}{extra}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
