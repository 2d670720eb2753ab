"""The manifest of a package: what is in it, of what it was taken, what is missing and why, who asked and who allowed it. Signed. Pure.

    manifest.json         this, as JSON
    manifest.json.p7s     CAdES over it by the office's certificate, when one is configured (ETSI EN 319 122-1, detached)
    manifest.json.tsr     a time stamp over it, when an authority is configured (RFC 3161, the token)
    signature.json        {"manifest_sha256", "files", "signature", "certificate"} by the system's own key, always

The system's signature (Ed25519) is over the SHA-256 of the canonical JSON of `manifest_sha256` and `files`, which has the SHA-256 of
every file beside the manifest that is not in it.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter, ValidationError

from vms.audit.chain import canonical
from vms.recordings.seal import SealedGap
from vms.secrets.signing import Signer, signed_by

FORMAT = 1
MANIFEST, CADES, TIME_STAMP, SIGNATURE = "manifest.json", "manifest.json.p7s", "manifest.json.tsr", "signature.json"
SUMS, GUIDE, CERTIFICATE = "SHA256SUMS", "HUONG-DAN-README.txt", "signing.pem"
LARGEST = 64 << 20


class BadManifest(Exception):
    """No manifest, or not what was signed. One sentence."""


@dataclass(frozen=True, slots=True)
class PackedSegment:
    """`path` within the package. `previous`: hash of the segment before in the camera's chain. `recorded_sha256` only where the index knew
    another hash than the file has: it was damaged before it was extracted. `clock_offset_ms`: the camera's clock minus ours."""

    path: str
    stream: str
    start_ms: int
    end_ms: int
    size_bytes: int
    sha256: str
    previous: str
    codec: str
    ended: str
    clock_offset_ms: int | None
    recorded_sha256: str = ""


@dataclass(frozen=True, slots=True)
class PackedCopy:
    """For looking at, not for proving. `blocks`: SHA-256 of each MiB; `sources`: the originals that it was made from."""

    path: str
    start_ms: int
    end_ms: int
    size_bytes: int
    sha256: str
    blocks: tuple[str, ...]
    blurred: bool
    sound: bool
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Uncopied:
    sources: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class PackedCamera:
    """One stretch of one camera. `gaps`: what should have been recorded in it and was not."""

    camera_id: str
    number: int
    name: str
    site: str
    from_ms: int
    to_ms: int
    segments: tuple[PackedSegment, ...]
    gaps: tuple[SealedGap, ...]
    copies: tuple[PackedCopy, ...]
    uncopied: tuple[Uncopied, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    asking_body: str
    document: str
    requester: str
    purpose: str
    requested_by: str
    requested_ms: int
    approved_by: str
    approved_ms: int
    note: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`certificate_sha256`: the fingerprint of the system's certificate, to be compared with the one on paper."""

    number: str
    unit: str
    request: Request
    cameras: tuple[PackedCamera, ...]
    made_ms: int
    certificate_sha256: str
    format: int = FORMAT

    @property
    def segments(self) -> tuple[PackedSegment, ...]:
        """Each once, also when stretches share it."""
        return tuple({one.path: one for camera in self.cameras for one in camera.segments}.values())

    @property
    def files(self) -> tuple[tuple[str, str, int], ...]:
        """(path, SHA-256, size) of every segment and copy."""
        segments = [(one.path, one.sha256, one.size_bytes) for one in self.segments]
        return (*segments, *((one.path, one.sha256, one.size_bytes) for one in self.copies))

    @property
    def copies(self) -> tuple[PackedCopy, ...]:
        return tuple(one for camera in self.cameras for one in camera.copies)


_MANIFEST: TypeAdapter[Manifest] = TypeAdapter(Manifest)


def manifest_text(manifest: Manifest) -> bytes:
    """The file: readable, and the same bytes for the same manifest."""
    return json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def sums_text(manifest: Manifest, text: bytes) -> bytes:
    """What `sha256sum --check` reads."""
    lines = [(MANIFEST, sha256(text).hexdigest()), *sorted((path, digest) for path, digest, _ in manifest.files)]
    return "".join(f"{digest}  {path}\n" for path, digest in lines).encode()


def signature_text(text: bytes, beside: Mapping[str, bytes], signer: Signer) -> bytes:
    """`text`: the manifest's file; `beside`: the files that lie beside it, by name."""
    said = {
        "manifest_sha256": sha256(text).hexdigest(),
        "files": {name: sha256(content).hexdigest() for name, content in sorted(beside.items())},
    }
    signature = base64.b64encode(signer.sign(_digest(said))).decode()
    return canonical({**said, "signature": signature, "certificate": signer.certificate.decode()}).encode() + b"\n"


def read_signed(text: bytes, signature: bytes, certificate: bytes) -> tuple[Manifest, Mapping[str, str]]:
    """The manifest, and the hashes of what lies beside it, checked against a certificate that is trusted. Raises `BadManifest`."""
    try:
        whole: Any = json.loads(signature)
        said = {"manifest_sha256": whole["manifest_sha256"], "files": whole["files"]}
        given = base64.b64decode(whole["signature"], validate=True)
        if canonical(whole).encode() + b"\n" != signature or set(whole) != {*said, "signature", "certificate"}:
            raise BadManifest("the signature's file was changed")
        if whole["certificate"].encode().split() != certificate.split():
            raise BadManifest("the signature is of another certificate")
        files = dict(TypeAdapter(dict[str, str]).validate_python(said["files"]))
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError, ValidationError) as error:
        raise BadManifest("the signature's file is damaged") from error
    if not signed_by(certificate, given, _digest(said)):
        raise BadManifest("the manifest is not signed with this certificate")
    if sha256(text).hexdigest() != said["manifest_sha256"]:
        raise BadManifest("the manifest is not what was signed")
    try:
        return _MANIFEST.validate_json(text), files
    except ValidationError as error:
        raise BadManifest("the manifest is of a version that is not known here") from error


def _digest(said: Any) -> bytes:
    return sha256(canonical(said).encode()).digest()
