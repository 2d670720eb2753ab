"""Checks RTSP credentials as a server does: Basic (RFC 7617) or Digest with MD5 and SHA-256 (RFC 7616). Pure but for nonces."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from streams.rtsp.requests import Request

_PARAMETER: Final = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')
_ALGORITHMS: Final = {"SHA-256": "sha256", "MD5": "md5"}
REALM: Final = "Vong"


class Scheme(StrEnum):
    NONE = "none"
    BASIC = "basic"
    DIGEST = "digest"


class Gate:
    """What one connection must show. `nonce` is fresh per connection. Never puts the password into its repr."""

    def __init__(self, username: str, password: str, scheme: Scheme, nonce: str) -> None:
        self._username = username
        self._password = password
        self._scheme = scheme
        self._nonce = nonce

    @staticmethod
    def username(request: Request) -> str:
        """Who the digest of a request claims to be; empty when it is none."""
        kind, _, rest = request.headers.get("authorization", "").partition(" ")
        fields = dict(_fields(rest)) if kind.lower() == "digest" else {}
        return fields.get("username", "")

    def challenges(self) -> list[tuple[str, str]]:
        """The WWW-Authenticate headers. MD5 comes last: FFmpeg keeps the last one it sees and knows only MD5."""
        if self._scheme is Scheme.BASIC:
            return [("WWW-Authenticate", f'Basic realm="{REALM}"')]
        return [
            ("WWW-Authenticate", f'Digest realm="{REALM}", nonce="{self._nonce}", algorithm={name}')
            for name in _ALGORITHMS
        ]

    def admits(self, request: Request) -> bool:
        if self._scheme is Scheme.NONE:
            return True
        kind, _, rest = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != self._scheme.value:
            return False
        return self._basic(rest) if self._scheme is Scheme.BASIC else self._digest(request.method, rest)

    def _basic(self, given: str) -> bool:
        wanted = f"{self._username}:{self._password}".encode()
        try:
            return hmac.compare_digest(base64.b64decode(given.strip(), validate=True), wanted)
        except (binascii.Error, ValueError):
            return False

    def _digest(self, method: str, given: str) -> bool:
        fields = dict(_fields(given))
        hasher = _ALGORITHMS.get(fields.get("algorithm", "MD5").upper())
        if hasher is None or fields.get("nonce") != self._nonce or fields.get("username") != self._username:
            return False
        secret = _hash(hasher, f"{self._username}:{REALM}:{self._password}")
        action = _hash(hasher, f"{method}:{fields.get('uri', '')}")
        middle = self._nonce
        if "qop" in fields:
            middle = f"{self._nonce}:{fields.get('nc', '')}:{fields.get('cnonce', '')}:{fields['qop']}"
        wanted = _hash(hasher, f"{secret}:{middle}:{action}")
        return hmac.compare_digest(wanted.encode(), fields.get("response", "").encode())


def _fields(given: str) -> Iterator[tuple[str, str]]:
    for name, quoted, plain in _PARAMETER.findall(given):
        yield name.lower(), quoted or plain


def _hash(name: str, text: str) -> str:
    return hashlib.new(name, text.encode()).hexdigest()
