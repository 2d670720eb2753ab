"""Opens the SRTP packets that a benchmark's viewer receives (AEAD_AES_128_GCM, RFC 7714)."""

from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from streams.relay.srtp import KEY_BYTES, Keys, derive

_RTP_KEY: Final = 0
_RTP_SALT: Final = 2


class MediaOpener:
    """All streams of one viewer."""

    def __init__(self, keys: Keys) -> None:
        self._cipher = AESGCM(derive(keys.peer_key, keys.peer_salt, _RTP_KEY, KEY_BYTES))
        self._salt = int.from_bytes(derive(keys.peer_key, keys.peer_salt, _RTP_SALT, 12), "big")
        self._indices: dict[bytes, int] = {}

    def open(self, datagram: bytes) -> bytes:
        """The packet in clear, without header extension. Raises `cryptography.exceptions.InvalidTag`."""
        header = 12 if not datagram[0] & 0x10 else 16 + 4 * int.from_bytes(datagram[14:16], "big")
        ssrc, seq = datagram[8:12], int.from_bytes(datagram[2:4], "big")
        known = self._indices.get(ssrc, seq)
        # The index is the sequence number with the wraps that were seen: whichever is nearest to the last one.
        index = min((known & ~0xFFFF) + seq + wraps for wraps in (-0x10000, 0, 0x10000) if _near(known, seq, wraps))
        self._indices[ssrc] = max(known, index)
        nonce = ((int.from_bytes(ssrc, "big") << 48 | index) ^ self._salt).to_bytes(12, "big")
        return datagram[:12] + self._cipher.decrypt(nonce, datagram[header:], datagram[:header])


def _near(known: int, seq: int, wraps: int) -> bool:
    return abs((known & ~0xFFFF) + seq + wraps - known) <= 0x8000
