"""The imprint: the invisible sign in an observer's stream that names the view which a leaked copy was made of.

Once for each keyframe, as a supplemental enhancement message "user data unregistered" (ITU-T H.264 D.1.7, H.265 D.2.7), which decoders
pass over and remuxing keeps:

    UUID 16 | token 16 | capture time, UTC in ms, 8 | seal 8

The token is opaque: the id of the view, enciphered by control (`vms.hearings.imprints`). The seal is HMAC-SHA256 over token and time,
cut to 64 bits, by a key that belongs to this token alone: whoever has a worker, or a copy, can make nobody else's imprint.
"""

import base64
import hmac
from typing import Annotated, Final

from pydantic import Field

from streams.types.camera import Wire

IMPRINT_UUID: Final = bytes.fromhex("b6e15fd8933f4ac7a15d7ec4f2894b9e")
"""Without a zero byte, so that emulation prevention never changes it: it is found in any container by looking for it."""
TOKEN_BYTES: Final = 16
SEAL_BYTES: Final = 8
BODY_BYTES: Final = TOKEN_BYTES + 8 + SEAL_BYTES
"""What follows the UUID."""
_LATEST_MS: Final = (1 << 64) - 1

_Base64 = Annotated[str, Field(pattern=r"^[0-9a-zA-Z_-]+={0,2}$", max_length=64)]


class Imprint(Wire):
    """What a worker needs to imprint one view: token and key, in URL-safe base64. The key stays between control and worker."""

    token: _Base64
    key: _Base64 = Field(repr=False)

    @classmethod
    def of(cls, token: bytes, key: bytes) -> "Imprint":
        return cls(token=base64.urlsafe_b64encode(token).decode(), key=base64.urlsafe_b64encode(key).decode())


class Stamp:
    """An imprint unpacked, for a worker that writes it often."""

    def __init__(self, imprint: Imprint) -> None:
        """Raises `ValueError` for a token of another size."""
        self._token = base64.urlsafe_b64decode(imprint.token)
        self._key = base64.urlsafe_b64decode(imprint.key)
        if len(self._token) != TOKEN_BYTES:
            raise ValueError(f"a token has {TOKEN_BYTES} bytes")

    def message(self, capture_ms: int) -> bytes:
        """UUID and body for a picture that was captured then."""
        signed = self._token + min(max(capture_ms, 0), _LATEST_MS).to_bytes(8, "big")
        return IMPRINT_UUID + signed + seal(self._key, signed)


def seal(key: bytes, signed: bytes) -> bytes:
    """Over token and time."""
    return hmac.digest(key, signed, "sha256")[:SEAL_BYTES]
