"""The imprints of observers' views: made when a view begins, read when a copy has leaked. Only who has the key can do either.

The token is the view's id (128 random bits), enciphered with AES-128: one block, so a permutation that nobody inverts without the key.
Its seal's key is made of the token, so that a worker which holds one can seal no other.
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlmodel import col, select

from streams.types.imprint import BODY_BYTES, SEAL_BYTES, TOKEN_BYTES, Imprint, seal
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import ImprintKeyRow
from vms.secrets import SealedForAnotherError, SecretBox, UnknownKeyError
from vms.secrets.rotation import Sealed

log = structlog.get_logger(__name__)

KEY_BYTES = 32
_AES_KEY_BYTES = 16
_SIGNED_BYTES = BODY_BYTES - SEAL_BYTES


@dataclass(frozen=True, slots=True)
class Reading:
    """One imprint that our key made: of which view, and when its picture was captured (UTC, ms)."""

    view_id: str
    capture_ms: int


class Imprints:
    """`keys`: at least one, of `KEY_BYTES` each; the first makes imprints, all of them read."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = tuple(keys)

    def of(self, view_id: str) -> Imprint:
        """For the worker that shows this view. Raises `ValueError` for what is no id of ours."""
        key = self._keys[0]
        encryptor = _cipher(key).encryptor()
        token = encryptor.update(_raw(view_id)) + encryptor.finalize()
        return Imprint.of(token, _seal_key(key, token))

    def read(self, body: bytes) -> Reading | None:
        """What follows the UUID in a stream. None for what no key of ours has sealed, or what was changed."""
        token, signed = body[:TOKEN_BYTES], body[:_SIGNED_BYTES]
        if len(body) != BODY_BYTES:
            return None
        for key in self._keys:
            if hmac.compare_digest(seal(_seal_key(key, token), signed), body[_SIGNED_BYTES:]):
                decryptor = _cipher(key).decryptor()
                view = decryptor.update(token) + decryptor.finalize()
                view_id = base64.urlsafe_b64encode(view).decode().rstrip("=")
                return Reading(view_id, int.from_bytes(signed[TOKEN_BYTES:], "big"))
        return None


async def load_imprints(db: Database, box: SecretBox, clock: Clock) -> Imprints:
    """With the keys of this database; the first one is made when there is none that opens.

    Keys are sealed like all secrets, and none is ever given up: a copy may turn up after years.
    """
    async with db.transaction() as session:
        rows = await session.exec(select(ImprintKeyRow).order_by(col(ImprintKeyRow.created_ms).desc()))
        keys = [key for row in rows if (key := _opened(box, row)) is not None]
        if not keys:
            keys.append(secrets.token_bytes(KEY_BYTES))
            row = ImprintKeyRow(created_ms=clock(), sealed=b"")
            row.sealed = box.seal(keys[0], _context(row.id))
            session.add(row)
    return Imprints(keys)


def _opened(box: SecretBox, row: ImprintKeyRow) -> bytes | None:
    try:
        return box.open(row.sealed, _context(row.id))
    except (UnknownKeyError, SealedForAnotherError) as error:
        log.warning("imprint_key_unreadable", id=row.id, reason=type(error).__name__)
        return None


def _context(key_id: str) -> str:
    return f"imprint key {key_id}"


SEALED = (Sealed(ImprintKeyRow, "sealed", lambda row: _context(row.id)),)


def _raw(view_id: str) -> bytes:
    try:
        raw = base64.b64decode(view_id + "==", altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(f"no id: {view_id!r}") from error
    if len(raw) != TOKEN_BYTES:
        raise ValueError(f"no id: {view_id!r}")
    return raw


def _cipher(key: bytes) -> Cipher[modes.ECB]:
    own = hmac.digest(key, b"vong imprint token", "sha256")[:_AES_KEY_BYTES]
    return Cipher(algorithms.AES(own), modes.ECB())  # noqa: S305 one random block: there is nothing to chain


def _seal_key(key: bytes, token: bytes) -> bytes:
    return hmac.digest(key, b"vong imprint seal" + token, "sha256")
