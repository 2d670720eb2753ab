"""The daily seal: what a camera's day on one volume consists of, signed. Pure.

    {"seal": {format, camera_id, day, volume, segments, gaps, deleted, sealed_ms}, "signature": …, "certificate": …}

The signature (Ed25519) is over the SHA-256 of the canonical JSON of `seal` (sorted names, no spaces, UTF-8). A segment's `sha256` is
over all bytes of its file, so that the seal, the file and `sha256sum` are all that is needed to believe it.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter, ValidationError

from vms.audit.chain import canonical
from vms.secrets.signing import Signer, signed_by

FORMAT = 1
LARGEST_SEAL = 64 << 20


class BadSeal(Exception):
    """The file is no seal, or not what was signed. One sentence."""


@dataclass(frozen=True, slots=True)
class SealedSegment:
    """`name` within the day's folder; `previous` the hash of the segment before, hexadecimal."""

    name: str
    start_ms: int
    end_ms: int
    size_bytes: int
    sha256: str
    previous: str = ""


@dataclass(frozen=True, slots=True)
class SealedGap:
    start_ms: int
    end_ms: int
    cause: str
    fault: str = ""
    by: str = ""
    recovered: bool = False
    """Filled later from the camera's own card. Left out of what is signed where it is false: older seals know no such word."""


@dataclass(frozen=True, slots=True)
class DaySeal:
    """`deleted`: what an earlier seal of this day had and retention took away since."""

    camera_id: str
    day: str
    volume: str
    segments: tuple[SealedSegment, ...]
    gaps: tuple[SealedGap, ...]
    deleted: tuple[SealedSegment, ...]
    sealed_ms: int
    format: int = FORMAT

    def named(self, name: str) -> SealedSegment | None:
        return next((one for one in self.segments if one.name == name), None)


_SEAL: TypeAdapter[DaySeal] = TypeAdapter(DaySeal)


def sealed_text(seal: DaySeal, signer: Signer) -> tuple[bytes, str]:
    """(the file's content, the head: SHA-256 of what is signed, hexadecimal)."""
    said = asdict(seal, dict_factory=signed_members)
    digest = _digest(said)
    signature = base64.b64encode(signer.sign(digest)).decode()
    whole = {"seal": said, "signature": signature, "certificate": signer.certificate.decode()}
    return canonical(whole).encode() + b"\n", digest.hex()


def read_seal(text: bytes, certificate: bytes) -> DaySeal:
    """Check a seal against a certificate that is trusted. Raises `BadSeal`."""
    try:
        whole: Any = json.loads(text)
        said = whole["seal"]
        signature = base64.b64decode(whole["signature"], validate=True)
        seal = _SEAL.validate_python(said)
    except (ValueError, KeyError, TypeError, RecursionError, ValidationError) as error:
        raise BadSeal("the seal is damaged") from error
    # Exactly what was signed: a member that we do not know, or another spelling, is not passed over.
    if _plain(asdict(seal, dict_factory=signed_members)) != said or not signed_by(
        certificate, signature, _digest(said)
    ):
        raise BadSeal("the seal is not signed with this certificate")
    return seal


def signed_members(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """As `dataclasses.asdict` wants it: without `recovered` where it is false."""
    return {name: value for name, value in members if name != "recovered" or value}


def _digest(seal: Any) -> bytes:
    return sha256(canonical(seal).encode()).digest()


def _plain(value: Any) -> Any:
    """As JSON gives it back."""
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(member) for member in value]
    return value
