"""Packages of extractions, made by the real job in this process from footage that a fake recorder wrote."""

from dataclasses import dataclass, field
from pathlib import Path

from fakes.segments import FakeRecorder
from streams.extract import job
from streams.types.extraction import ExtractionLine, Region
from streams.types.recording import SegmentClosed
from vms.db.tables import ExtractionPartRow, ExtractionRow
from vms.extraction.manifest import manifest_text
from vms.extraction.packing import manifest_of, write_beside
from vms.extraction.planning import PlannedPart, order
from vms.incidents.reading import CameraShown
from vms.recordings.files import Volumes
from vms.recordings.index import Segment
from vms.secrets.signing import Signer, load_signer

START_MS = 1_795_582_800_000


@dataclass
class Packed:
    folder: Path
    signer: Signer
    segments: list[SegmentClosed] = field(default_factory=list)

    def file(self, number: int) -> Path:
        return self.folder / "originals" / self.segments[number].path


def indexed(closed: SegmentClosed) -> Segment:
    return Segment(
        camera_id=closed.camera_id,
        start_ms=closed.start_ms,
        stream=closed.stream.value,
        end_ms=closed.end_ms,
        volume="v1",
        size_bytes=closed.bytes,
        sha256=bytes.fromhex(closed.sha256),
        previous=bytes.fromhex(closed.previous_sha256),
        clock_offset_ms=closed.clock_offset_ms,
        codec=closed.codec.value,
        ended=closed.ended.value,
    )


def pack(tmp_path: Path, *, blurred: bool = False, damaged: bool = False) -> Packed:
    """Two segments of one camera, extracted; `damaged`: one of them lost a byte before."""
    recorder = FakeRecorder(tmp_path / "v1", "camera-0001", START_MS, seconds=1)
    segments = recorder.write(2)
    if damaged:
        file = tmp_path / "v1" / segments[1].path
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    folder = tmp_path / "package"
    folder.mkdir()
    row = ExtractionRow(
        year=2026,
        serial=7,
        unit_id="unit-police-a000",
        asking_body="Cơ quan CSĐT",
        document="12/CV-CSĐT",
        requester="Lò Văn A",
        purpose="Xác minh tai nạn",
        requested_by="account-1",
        requested_ms=START_MS + 60_000,
        decided_by="account-2",
        decided_ms=START_MS + 70_000,
    )
    part = ExtractionPartRow(
        extraction_id=row.id,
        camera_id="camera-0001",
        from_ms=START_MS,
        to_ms=START_MS + 2_000,
        regions=[Region(x=0, y=0, width=0.5, height=0.5).model_dump()] if blurred else [],
        lock_id="lock-0001",
    )
    parts = [PlannedPart(part, [indexed(one) for one in segments], [])]
    lines: list[ExtractionLine] = []
    wanted = order(str(folder), parts, Volumes({"v1": tmp_path / "v1"}), read_bps=0, keep_free_bytes=0)
    job.run(wanted, lines.append)
    signer = load_signer(tmp_path / "keys")
    manifest = manifest_of(
        row,
        parts,
        lines[-1],
        cameras={"camera-0001": CameraShown("camera-0001", 1, "Ngã tư", "QL6")},
        names={"account-1": "Trực ban", "account-2": "Chỉ huy"},
        unit="Công an phường",
        made_ms=START_MS + 80_000,
        certificate=signer.certificate,
    )
    write_beside(folder, manifest, manifest_text(manifest), {"manifest.json.p7s": b"\x30\x03abc"}, signer)
    return Packed(folder, signer, segments)
