"""A certificate that vouches for itself, for demonstrations and for the first hours of a new machine. Browsers warn about it, rightly."""

import datetime as dt
import ipaddress
import os
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LASTS_DAYS = 397
"""The longest that browsers take (CA/Browser Forum, ballot SC31)."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def self_made(folder: Path, names: Iterable[str], now_ms: int) -> tuple[Path, Path]:
    """Certificate and key (PEM, 0600) in `folder` for the host names and addresses in `names` and this machine itself.

    Those that are there already are kept as long as they are good for all names; else they are made anew. Raises `OSError`.
    """
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    wanted = tuple(dict.fromkeys((*names, *LOOPBACK)))
    if not _still_good(certificate_file, key_file, wanted, _moment(now_ms)):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = ec.generate_private_key(ec.SECP256R1())
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        _write(key_file, private)
        _write(certificate_file, _certificate(key, wanted, _moment(now_ms)).public_bytes(serialization.Encoding.PEM))
    return certificate_file, key_file


def _certificate(key: ec.EllipticCurvePrivateKey, names: Iterable[str], now: dt.datetime) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Vọng (tự tạo / self-made)")])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A little before now: clocks of other machines are a little wrong.
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=LASTS_DAYS - 1))
        .add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text.encode("idna").decode("ascii"))


def _still_good(certificate_file: Path, key_file: Path, names: Iterable[str], now: dt.datetime) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
        covered = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (FileNotFoundError, ValueError, x509.ExtensionNotFound):
        return False
    return (
        key.public_key() == certificate.public_key()
        and certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc
        and all(_name(name) in set(covered) for name in names)
    )


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
    draft.replace(file)


def _moment(at_ms: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC)
