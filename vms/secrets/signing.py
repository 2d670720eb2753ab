"""The system's own signing key (Ed25519, RFC 8032) and the certificate by which others check what it signed.

Made on first use: `signing.key` (0600) and `signing.pem` in the data folder. Whoever verifies needs the certificate alone.
"""

import os
import stat
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.x509.oid import NameOID

from vms.secrets.keys import KeyringError

_YEARS = 20


@dataclass(frozen=True, slots=True)
class Signer:
    """`certificate` is PEM. The key never leaves this object."""

    certificate: bytes
    _key: Ed25519PrivateKey = field(repr=False)

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data)


def load_signer(folder: Path, now: datetime | None = None) -> Signer:
    """The key of this installation, made when there is none. Raises `KeyringError`, one sentence."""
    key_file, certificate_file = folder / "signing.key", folder / "signing.pem"
    try:
        if not key_file.exists():
            _create(key_file, certificate_file, now or datetime.now(UTC))
        if stat.S_IMODE(key_file.stat().st_mode) & 0o077:
            raise KeyringError(f"The key file {key_file} can be read by others: run chmod 600 {key_file}.")
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
        certificate = certificate_file.read_bytes()
    except OSError as error:
        raise KeyringError(f"The key file {key_file} cannot be used: {error.strerror}.") from error
    except ValueError as error:
        raise KeyringError(f"The key file {key_file} is damaged.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyringError(f"The key file {key_file} holds another kind of key.")
    return Signer(certificate, key)


def signed_by(certificate: bytes, signature: bytes, data: bytes) -> bool:
    """Whether the key of this PEM certificate signed `data`. False for anything that is no such certificate."""
    try:
        key = x509.load_pem_x509_certificate(certificate).public_key()
        if not isinstance(key, Ed25519PublicKey):
            return False
        key.verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of the certificate in hexadecimal, to be compared with the one on paper. Raises `ValueError`."""
    return x509.load_pem_x509_certificate(certificate).fingerprint(hashes.SHA256()).hex()


def _create(key_file: Path, certificate_file: Path, now: datetime) -> None:
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Vọng")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, None)
    )
    key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # The certificate first: a key without its certificate would sign what nobody can check.
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    draft = key_file.with_name(key_file.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(private)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(key_file)
