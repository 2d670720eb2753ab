"""The lite side of ICE (RFC 8445 section 2.5): answer authenticated binding requests, and nothing else. No sockets here."""

import secrets
from dataclasses import dataclass

from aioice import stun

_MAX_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Check:
    """A connectivity check that carried our password. `answer` is what to send back."""

    nominated: bool
    answer: bytes


@dataclass(frozen=True, slots=True)
class IceCredentials:
    ufrag: str
    password: str

    @classmethod
    def new(cls) -> "IceCredentials":
        """48 and 128 bits of randomness (RFC 8445 section 5.3 asks for 24 and 128)."""
        return cls(secrets.token_hex(6), secrets.token_hex(16))


def parse_request(datagram: bytes) -> stun.Message | None:
    """A binding request with a user name, or None for anything else."""
    if len(datagram) > _MAX_BYTES:
        return None
    try:
        message = stun.parse_message(datagram)
    except (ValueError, KeyError, IndexError, UnicodeDecodeError):
        return None
    if message.message_method != stun.Method.BINDING or message.message_class != stun.Class.REQUEST:
        return None
    return message if isinstance(message.attributes.get("USERNAME"), str) else None


def user_of(request: stun.Message) -> str:
    """Our part of the user name: whose transport this is for."""
    return str(request.attributes["USERNAME"]).partition(":")[0]


def check(request: stun.Message, ours: IceCredentials, their_ufrag: str, source: tuple[str, int]) -> Check | None:
    """Authenticate a request and make its answer; None when it is not from the peer of this transport."""
    if request.attributes["USERNAME"] != f"{ours.ufrag}:{their_ufrag}":
        return None
    key = ours.password.encode()
    if "MESSAGE-INTEGRITY" not in request.attributes or not request.check_message_integrity(key):
        return None
    answer = stun.Message(
        message_method=stun.Method.BINDING, message_class=stun.Class.RESPONSE, transaction_id=request.transaction_id
    )
    answer.attributes["XOR-MAPPED-ADDRESS"] = source
    answer.add_message_integrity(key)
    answer.add_fingerprint()
    return Check("USE-CANDIDATE" in request.attributes, bytes(answer))
