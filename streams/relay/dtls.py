"""DTLS with us as the server, over datagrams handed in and out (RFC 5764, RFC 6347). No sockets here.

We are the server because the server chooses the SRTP profile: Chromium as server would prefer AES128_CM_SHA1_80.
"""

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from OpenSSL import SSL

from streams.relay.srtp import CM_SHA1_80, GCM, Keys, exported_bytes, server_keys

MTU_BYTES = 1200
_RECORD_HEADER_BYTES = 13
_DIGESTS = {"sha-256": hashlib.sha256, "sha-384": hashlib.sha384, "sha-512": hashlib.sha512}
_LABEL = b"EXTRACTOR-dtls_srtp"


class DtlsFailed(Exception):
    """The handshake failed, or the peer is not who its offer said. Ends the transport."""


class DtlsClosed(Exception):
    """The peer said goodbye."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Of a certificate, as an SDP offers it (RFC 8122): `algorithm` in lower case, `digest` raw."""

    algorithm: str
    digest: bytes

    @property
    def known(self) -> bool:
        return self.algorithm in _DIGESTS


class Identity:
    """A key and a self-made certificate, new at each start of a worker."""

    def __init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "vong")])
        now = dt.datetime.now(dt.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=397))
            .sign(key, hashes.SHA256())
        )
        self.certificate, self.key = certificate, key
        digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest().upper()
        self.fingerprint = ":".join(digest[place : place + 2] for place in range(0, len(digest), 2))
        """sha-256, as it stands in an SDP."""
        self._context = SSL.Context(SSL.DTLS_SERVER_METHOD)
        self._context.use_certificate(certificate)
        self._context.use_privatekey(key)
        # Certificates of peers are self-made: any is accepted here, and compared with the offered fingerprint afterwards.
        self._context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
        self._context.set_cipher_list(b"ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:!aNULL")
        self._context.set_tlsext_use_srtp(GCM + b":" + CM_SHA1_80)
        self._context.set_options(SSL.OP_NO_QUERY_MTU)

    def connection(self) -> SSL.Connection:
        connection = SSL.Connection(self._context)
        connection.set_accept_state()
        connection.set_ciphertext_mtu(MTU_BYTES)
        return connection


class Dtls:
    """One peer's handshake. `keys` is None until it is done and the peer is who its offer said."""

    def __init__(self, identity: Identity, fingerprints: tuple[Fingerprint, ...]) -> None:
        self._connection = identity.connection()
        self._fingerprints = fingerprints
        self.keys: Keys | None = None

    def take(self, datagram: bytes) -> list[bytes]:
        """Feed what came; give the datagrams to send. Raises `DtlsFailed` or `DtlsClosed`."""
        self._connection.bio_write(datagram)
        try:
            if self.keys is None:
                self._connection.do_handshake()
                self.keys = self._finished()
            else:
                self._connection.recv(MTU_BYTES * 2)
        except SSL.WantReadError:
            pass
        except SSL.ZeroReturnError:
            raise DtlsClosed from None
        except SSL.Error as error:
            raise DtlsFailed(f"handshake: {error}") from None
        return self._datagrams()

    def tick(self) -> list[bytes]:
        """Retransmit when the timer says so; called a few times a second until `keys` are there."""
        timeout_s = self._connection.DTLSv1_get_timeout()
        if timeout_s is None or timeout_s > 0:
            return []
        try:
            self._connection.DTLSv1_handle_timeout()
        except SSL.Error as error:
            raise DtlsFailed(f"retransmission: {error}") from None
        return self._datagrams()

    def goodbye(self) -> list[bytes]:
        """close_notify, so that the browser sees the end at once."""
        try:
            self._connection.shutdown()
        except SSL.Error:
            return []
        return self._datagrams()

    def _finished(self) -> Keys:
        certificate = self._connection.get_peer_certificate(as_cryptography=True)
        if certificate is None:
            raise DtlsFailed("the peer showed no certificate")
        der = certificate.public_bytes(Encoding.DER)
        matches = [
            hmac.compare_digest(_DIGESTS[offered.algorithm](der).digest(), offered.digest)
            for offered in self._fingerprints
            if offered.known
        ]
        if not any(matches):
            raise DtlsFailed("the certificate is not the one that was offered")
        profile = self._connection.get_selected_srtp_profile()
        if profile not in (GCM, CM_SHA1_80):
            raise DtlsFailed("no SRTP profile in common")
        return server_keys(profile, self._connection.export_keying_material(_LABEL, exported_bytes(profile)))

    def _datagrams(self) -> list[bytes]:
        """What OpenSSL wants to send. A memory BIO forgets where datagrams end: pack whole records anew."""
        data = b""
        while True:
            try:
                data += self._connection.bio_read(65536)
            except SSL.WantReadError:
                break
        datagrams: list[bytes] = []
        current = b""
        while len(data) >= _RECORD_HEADER_BYTES:
            size = _RECORD_HEADER_BYTES + int.from_bytes(data[11:13], "big")
            record, data = data[:size], data[size:]
            if current and len(current) + len(record) > MTU_BYTES:
                datagrams.append(current)
                current = b""
            current += record
        if current:
            datagrams.append(current)
        return datagrams
