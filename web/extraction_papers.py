"""From a package's manifest to the minutes of its hand-over. What is printed is what was packed and signed."""

from pathlib import Path

from vms.db.tables import ExtractionRow
from vms.extraction.manifest import MANIFEST, SIGNATURE, Manifest, PackedCamera, read_signed
from vms.extraction.reading import ExtractionShown
from vms.papers.document import Letterhead
from vms.papers.handover import HandedCamera, HandOverMinutes


def packed(folder: Path, certificate: bytes) -> Manifest:
    """Blocks. Raises `OSError` and `BadManifest`."""
    text, signature = (folder / MANIFEST).read_bytes(), (folder / SIGNATURE).read_bytes()
    return read_signed(text, signature, certificate)[0]


def minutes_of(letterhead: Letterhead, shown: ExtractionShown, manifest: Manifest) -> HandOverMinutes:
    row: ExtractionRow = shown.row
    request = manifest.request
    return HandOverMinutes(
        letterhead=letterhead,
        number=row.number,
        asking_body=request.asking_body,
        document=request.document,
        requester=request.requester,
        purpose=request.purpose,
        requested_by=request.requested_by,
        requested_ms=request.requested_ms,
        approved_by=request.approved_by,
        approved_ms=request.approved_ms,
        cameras=tuple(_handed(camera) for camera in manifest.cameras),
        blurred=any(copy.blurred for copy in manifest.copies),
        files=len(manifest.files),
        size_bytes=sum(size for _, _, size in manifest.files),
        manifest_sha256=row.manifest_sha256,
        certificate_sha256=manifest.certificate_sha256,
        medium=row.medium,
        seal_number=row.seal_number,
        giver=shown.handed_by,
        recipient=row.recipient,
        office=row.recipient_office,
        handed_ms=row.handed_ms or 0,
        received_by=row.received_by,
        received_ms=row.received_ms,
        note=row.receipt_note,
    )


def _handed(camera: PackedCamera) -> HandedCamera:
    offsets = [one.clock_offset_ms for one in camera.segments if one.clock_offset_ms is not None]
    return HandedCamera(
        name=f"{camera.number} · {camera.name}, {camera.site}",
        from_ms=camera.from_ms,
        to_ms=camera.to_ms,
        files=len(camera.segments),
        size_bytes=sum(one.size_bytes for one in camera.segments),
        missing_ms=sum(gap.end_ms - gap.start_ms for gap in camera.gaps if not gap.recovered),
        offset_ms=(min(offsets), max(offsets)) if offsets else None,
    )
