"""Seal and open short secrets with AES-256-GCM (NIST SP 800-38D)."""

import base64
import binascii
import secrets
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vms.secrets.keys import Key

_VERSION = b"v1"
_NONCE_BYTES = 12


class UnknownKeyError(Exception):
    """Sealed with a key that is not here (any more)."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"the key {key_id} is missing")
        self.key_id = key_id


class SealedForAnotherError(Exception):
    """Changed, damaged, or sealed in another context: a row that was copied onto another row opens nothing."""


class Keys(Protocol):
    """A `Keyring`, or one that follows its file (`vms.secrets.watched`)."""

    @property
    def current(self) -> Key: ...

    def find(self, key_id: str) -> Key | None: ...


class SecretBox:
    """What is sealed in one context (`device <id>`) opens in that context only."""

    def __init__(self, keyring: Keys) -> None:
        self._keyring = keyring

    def seal(self, plain: bytes, context: str) -> bytes:
        """`v1.<key id>.<base64 of nonce and ciphertext>`; every time another nonce (96 random bits, far below 2³² uses of a key)."""
        key = self._keyring.current
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(key.value).encrypt(nonce, plain, _bound_to(key.id, context))
        return b".".join((_VERSION, key.id.encode(), base64.urlsafe_b64encode(nonce + sealed)))

    def open(self, sealed: bytes, context: str) -> bytes:
        """Raises `UnknownKeyError` and `SealedForAnotherError`."""
        version, _, rest = sealed.partition(b".")
        key_id, _, encoded = rest.partition(b".")
        if version != _VERSION:
            raise SealedForAnotherError
        if (key := self._keyring.find(key_id.decode("ascii", "replace"))) is None:
            raise UnknownKeyError(key_id[:16].decode("ascii", "replace"))
        try:
            raw = base64.b64decode(encoded, altchars=b"-_", validate=True)
            return AESGCM(key.value).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound_to(key.id, context))
        except (InvalidTag, binascii.Error, ValueError):
            raise SealedForAnotherError from None

    def is_outdated(self, sealed: bytes) -> bool:
        """Whether it was sealed with another key than the current one, so that a rotation has to seal it anew. Nothing never is."""
        return bool(sealed) and key_id_of(sealed) != self._keyring.current.id


def key_id_of(sealed: bytes) -> str:
    """The id of the key that sealed it; empty for what nobody sealed."""
    return b"".join(sealed.split(b".")[1:2]).decode("ascii", "replace")


def _bound_to(key_id: str, context: str) -> bytes:
    return f"vong v1 {key_id} {context}".encode()
