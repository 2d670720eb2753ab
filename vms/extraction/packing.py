"""What stands in the manifest, and the files that lie beside it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from streams.types.extraction import ExtractionLine
from vms.db.tables.extractions import ExtractionRow
from vms.extraction.manifest import (
    CERTIFICATE,
    GUIDE,
    MANIFEST,
    SIGNATURE,
    SUMS,
    Manifest,
    PackedCamera,
    PackedCopy,
    PackedSegment,
    Request,
    Uncopied,
    signature_text,
    sums_text,
)
from vms.extraction.planning import PlannedPart, copy_name, path_of
from vms.incidents.reading import CameraShown
from vms.recordings.seal import SealedGap
from vms.secrets.signing import Signer, fingerprint

SEALED = "sealed"
"""The cause of what a court has sealed: it may be recorded, and is not handed out."""
_GUIDE = """GÓI DỮ LIỆU TRÍCH XUẤT {number}

originals/      bản ghi gốc, nguyên từng byte như khi được ghi
copies/         bản sao để xem bằng mọi phần mềm; không phải bản gốc
manifest.json   danh mục: mã băm SHA-256 của từng tệp, độ lệch đồng hồ camera, khoảng trống, ai yêu cầu và vì sao
SHA256SUMS      kiểm bằng: sha256sum --check SHA256SUMS
signature.json  chữ ký của hệ thống lên danh mục; chỉ cần chứng thư công khai để kiểm:
                vms verify THƯ-MỤC-HOẶC-TỆP-ZIP --certificate signing.pem
Chỉ tin tệp signing.pem nhận riêng, có mã băm khớp với biên bản giao nhận: {fingerprint}

EXTRACTED FOOTAGE {number}

originals/      the recordings, byte for byte as they were written
copies/         for any player; not the originals
manifest.json   what is in here: SHA-256 of each file, the camera's clock offset, gaps, who asked and why
SHA256SUMS      check with: sha256sum --check SHA256SUMS
signature.json  the system's signature over the manifest; the public certificate alone is needed to check it:
                vms verify FOLDER-OR-ZIP --certificate signing.pem
Trust only a signing.pem that you got another way, with the fingerprint on the hand-over minutes: {fingerprint}
"""


def manifest_of(
    row: ExtractionRow,
    parts: Sequence[PlannedPart],
    made: ExtractionLine,
    *,
    cameras: Mapping[str, CameraShown],
    names: Mapping[str | None, str],
    unit: str,
    made_ms: int,
    certificate: bytes,
) -> Manifest:
    """`names` of accounts, also of those who stopped a recording."""
    return Manifest(
        number=row.number,
        unit=unit,
        request=Request(
            asking_body=row.asking_body,
            document=row.document,
            requester=row.requester,
            purpose=row.purpose,
            requested_by=names.get(row.requested_by, ""),
            requested_ms=row.requested_ms,
            approved_by=names.get(row.decided_by, ""),
            approved_ms=row.decided_ms or 0,
            note=row.decision,
        ),
        cameras=tuple(
            _camera(number, part, made, cameras[part.row.camera_id], names) for number, part in enumerate(parts, 1)
        ),
        made_ms=made_ms,
        certificate_sha256=fingerprint(certificate),
    )


def write_beside(folder: Path, manifest: Manifest, text: bytes, more: Mapping[str, bytes], signer: Signer) -> None:
    """The manifest and everything that lies beside it; `signature.json` last: a package without it is not finished."""
    guide = _GUIDE.format(number=manifest.number, fingerprint=manifest.certificate_sha256)
    beside = {**more, SUMS: sums_text(manifest, text), GUIDE: guide.encode(), CERTIFICATE: signer.certificate}
    for name, content in {**beside, MANIFEST: text, SIGNATURE: signature_text(text, beside, signer)}.items():
        (folder / name).write_bytes(content)


def _camera(
    number: int,
    part: PlannedPart,
    made: ExtractionLine,
    camera: CameraShown,
    names: Mapping[str | None, str],
) -> PackedCamera:
    originals = {one.path: one for one in made.originals}
    own = set(part.paths())
    prefixes = tuple(f"copies/{copy_name(number, stream)}-" for stream in part.streams)
    return PackedCamera(
        camera_id=camera.id,
        number=camera.number,
        name=camera.name,
        site=camera.site,
        from_ms=part.row.from_ms,
        to_ms=part.row.to_ms,
        segments=tuple(
            PackedSegment(
                path=f"originals/{path_of(one)}",
                stream=one.stream,
                start_ms=one.start_ms,
                end_ms=one.end_ms,
                size_bytes=originals[path_of(one)].bytes,
                sha256=originals[path_of(one)].sha256,
                previous=one.previous.hex(),
                codec=one.codec,
                ended=one.ended,
                clock_offset_ms=one.clock_offset_ms,
                recorded_sha256=_if_other(one.sha256.hex(), originals[path_of(one)].sha256),
            )
            for one in part.segments
        ),
        gaps=tuple(
            SealedGap(
                gap.start_ms,
                gap.end_ms,
                gap.cause.value,
                gap.fault,
                names.get(gap.by, "") if gap.by else "",
                gap.recovered,
            )
            for gap in part.gaps
        )
        + tuple(SealedGap(one.start_ms, one.end_ms, SEALED) for one in part.sealed),
        copies=tuple(
            PackedCopy(
                path=one.path,
                start_ms=one.start_ms,
                end_ms=one.end_ms,
                size_bytes=one.bytes,
                sha256=one.sha256,
                blocks=one.blocks,
                blurred=one.blurred,
                sound=one.sound,
                sources=one.sources,
            )
            for one in made.copies
            if one.path.startswith(prefixes)
        ),
        uncopied=tuple(Uncopied(one.sources, one.reason) for one in made.uncopied if own.issuperset(one.sources)),
    )


def _if_other(known: str, found: str) -> str:
    return known if known and known != found else ""
