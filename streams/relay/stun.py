"""The lite side of ICE (RFC 8445 section 2.5): answer authenticated binding requests, and nothing else. No sockets here.

Browsers check every few seconds for as long as they watch, so reading a check must cost next to nothing: of the attributes of RFC 8489
only those are looked at that decide, and the digest only for a name that is ours.
"""

import hmac
import secrets
import socket
import struct
from binascii import crc32
from dataclasses import dataclass, field

_MAX_BYTES = 1024
_HEADER = struct.Struct("!HHI12s")
_MAGIC = 0x2112A442
_REQUEST, _RESPONSE = 0x0001, 0x0101
_USERNAME, _INTEGRITY, _XOR_ADDRESS, _USE_CANDIDATE, _FINGERPRINT = 0x0006, 0x0008, 0x0020, 0x0025, 0x8028
_FINGERPRINT_XOR = 0x5354554E
_DIGEST_BYTES = 20
_HEADER_BYTES = 20
_ATTRIBUTE_BYTES = 4


@dataclass(frozen=True, slots=True)
class Request:
    """A binding request as it came. Nothing of it is true before `check`."""

    transaction: bytes
    user: str
    nominated: bool
    signed: bytes = field(repr=False)
    """What the digest is made of."""
    digest: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Check:
    """A connectivity check that carried our password. `answer` is what to send back."""

    nominated: bool
    answer: bytes


@dataclass(frozen=True, slots=True)
class IceCredentials:
    ufrag: str
    password: str = field(repr=False)

    @classmethod
    def new(cls) -> "IceCredentials":
        """48 and 128 bits of randomness (RFC 8445 section 5.3 asks for 24 and 128)."""
        return cls(secrets.token_hex(6), secrets.token_hex(16))


def parse_request(datagram: bytes) -> Request | None:
    """A binding request with a user name and a digest, or None for anything else."""
    if not _HEADER_BYTES < len(datagram) <= _MAX_BYTES:
        return None
    kind, size, magic, transaction = _HEADER.unpack_from(datagram)
    if kind != _REQUEST or magic != _MAGIC or size % 4 or size + _HEADER_BYTES != len(datagram):
        return None
    user, nominated, place = b"", False, _HEADER_BYTES
    while place + _ATTRIBUTE_BYTES <= len(datagram):
        attribute, length = struct.unpack_from("!HH", datagram, place)
        value = datagram[place + _ATTRIBUTE_BYTES : place + _ATTRIBUTE_BYTES + length]
        if len(value) != length:
            return None
        if attribute == _INTEGRITY:
            return _request(transaction, user, datagram[:place], value, nominated=nominated)
        if attribute == _USERNAME:
            user = value
        elif attribute == _USE_CANDIDATE:
            nominated = True
        place += _ATTRIBUTE_BYTES + length + -length % 4
    return None


def _request(transaction: bytes, user: bytes, before: bytes, digest: bytes, *, nominated: bool) -> Request | None:
    """What stands behind the digest is not looked at: it is not signed (RFC 8489 section 14.5)."""
    if len(digest) != _DIGEST_BYTES or not user.isascii() or b":" not in user:
        return None
    # The digest counts itself into the length and stops there.
    size = len(before) - _HEADER_BYTES + _ATTRIBUTE_BYTES + _DIGEST_BYTES
    signed = before[:2] + size.to_bytes(2, "big") + before[4:]
    return Request(transaction, user.decode(), nominated, signed, digest)


def user_of(request: Request) -> str:
    """Our part of the user name: whose transport this is for."""
    return request.user.partition(":")[0]


def check(request: Request, ours: IceCredentials, their_ufrag: str, source: tuple[str, int]) -> Check | None:
    """Authenticate a request and make its answer; None when it is not from the peer of this transport."""
    if request.user != f"{ours.ufrag}:{their_ufrag}":
        return None
    key = ours.password.encode()
    if not hmac.compare_digest(hmac.digest(key, request.signed, "sha1"), request.digest):
        return None
    return Check(request.nominated, _answer(request.transaction, key, source))


def _answer(transaction: bytes, key: bytes, source: tuple[str, int]) -> bytes:
    host, port = source
    address = int.from_bytes(socket.inet_aton(host), "big") ^ _MAGIC
    mapped = struct.pack("!HHBBHI", _XOR_ADDRESS, 8, 0, 1, port ^ _MAGIC >> 16, address)
    size = len(mapped) + _ATTRIBUTE_BYTES + _DIGEST_BYTES
    message = _HEADER.pack(_RESPONSE, size, _MAGIC, transaction) + mapped
    message += struct.pack("!HH", _INTEGRITY, _DIGEST_BYTES) + hmac.digest(key, message, "sha1")
    message = message[:2] + (size + 8).to_bytes(2, "big") + message[4:]
    return message + struct.pack("!HHI", _FINGERPRINT, 4, crc32(message) ^ _FINGERPRINT_XOR)
