"""One-time codes by time (RFC 6238: SHA-1, 6 digits, 30 s, what every authenticator does) and recovery codes. Pure but for randomness."""

import base64
import hashlib
import hmac
import io
import secrets

import pyotp
import segno

STEP_MS = 30_000
SLACK_STEPS = 1
"""A code is good one step before and after its own: telephones are a little wrong, and typing takes time (RFC 6238 §5.2)."""
RECOVERY_CODES = 10
_SECRET_BYTES = 20
_RECOVERY_BYTES = 10
_ISSUER = "Vọng"


def new_secret() -> bytes:
    """160 random bits (RFC 4226 §4)."""
    return secrets.token_bytes(_SECRET_BYTES)


def base32(secret: bytes) -> str:
    """As it is typed into an authenticator that has no camera."""
    return base64.b32encode(secret).decode().rstrip("=")


def matching_step(secret: bytes, code: str, at_ms: int, after_step: int) -> int | None:
    """The step that `code` belongs to, or None for a code that is wrong, too old, too new, or not newer than `after_step`."""
    digits = "".join(code.split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    totp, now = pyotp.TOTP(base32(secret)), at_ms // STEP_MS
    found = None
    for step in range(now - SLACK_STEPS, now + SLACK_STEPS + 1):
        # Every step is computed: how long this takes tells nothing.
        if hmac.compare_digest(totp.generate_otp(max(step, 0)), digits) and step > after_step:
            found = step
    return found


def enrolment_uri(secret: bytes, login: str) -> str:
    """The otpauth address that authenticators read from a QR code."""
    return pyotp.TOTP(base32(secret)).provisioning_uri(name=login, issuer_name=_ISSUER)


def qr_svg(text: str) -> str:
    """A QR code as an SVG document, made here: the secret leaves to nobody."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", scale=4, border=4, xmldecl=False, nl=False)
    return out.getvalue().decode()


def new_recovery_code() -> str:
    """80 random bits, to be written down: xxxx-xxxx-xxxx-xxxx."""
    text = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, 16, 4))


def recovery_hash(code: str) -> str:
    """What is stored of a recovery code; however it was typed."""
    plain = "".join(character for character in code.lower() if character.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def looks_like_recovery(code: str) -> bool:
    return sum(character.isalnum() for character in code) == 16
