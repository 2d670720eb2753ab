""" "Biên bản giao nhận dữ liệu": minutes of handing extracted footage over, sealed, with everything that identifies it.

BLTTHS 2015 art. 87, 99, 107, 133: electronic data is collected whole, sealed at once, and handed over by minutes.
"""

from dataclasses import dataclass

from vms.papers.document import Align, Column, Document, Facts, Heading, Letterhead, Paragraph, SignaturePlace, Table
from vms.papers.wording import length, moment, span


@dataclass(frozen=True, slots=True)
class HandedCamera:
    """`offset_ms`: (least, most) that the camera's clock was ahead of ours; None when it does not tell."""

    name: str
    from_ms: int
    to_ms: int
    files: int
    size_bytes: int
    missing_ms: int
    offset_ms: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class HandOverMinutes:
    letterhead: Letterhead
    number: str
    asking_body: str
    document: str
    requester: str
    purpose: str
    requested_by: str
    requested_ms: int
    approved_by: str
    approved_ms: int
    cameras: tuple[HandedCamera, ...]
    blurred: bool
    files: int
    size_bytes: int
    manifest_sha256: str
    certificate_sha256: str
    medium: str
    seal_number: str
    giver: str
    recipient: str
    office: str
    handed_ms: int
    received_by: str = ""
    received_ms: int | None = None
    note: str = ""


def handover_document(paper: HandOverMinutes) -> Document:
    return Document(
        letterhead=paper.letterhead,
        title="Biên bản",
        subject="Giao nhận dữ liệu hình ảnh trích xuất",
        blocks=(
            Facts(
                (
                    ("Thời gian giao nhận", moment(paper.handed_ms)),
                    ("Bên giao", f"{paper.giver}, {paper.letterhead.body}"),
                    ("Bên nhận", f"{paper.recipient}, {paper.office}"),
                )
            ),
            Heading("I. Yêu cầu trích xuất"),
            Facts(
                (
                    ("Số yêu cầu", paper.number),
                    ("Cơ quan yêu cầu", paper.asking_body),
                    ("Văn bản số", paper.document),
                    ("Người yêu cầu", paper.requester),
                    ("Mục đích", paper.purpose),
                    ("Người lập yêu cầu", f"{paper.requested_by}, {moment(paper.requested_ms)}"),
                    ("Người duyệt", f"{paper.approved_by}, {moment(paper.approved_ms)}"),
                )
            ),
            Heading("II. Dữ liệu giao nhận"),
            _cameras(paper.cameras),
            Facts(
                (
                    ("Tổng số", f"{paper.files} tệp, {_size(paper.size_bytes)}"),
                    ("Mã băm SHA-256 của danh mục", _grouped(paper.manifest_sha256)),
                    ("Mã băm SHA-256 của chứng thư hệ thống", _grouped(paper.certificate_sha256)),
                )
            ),
            Paragraph(
                "Dữ liệu gồm bản ghi gốc nguyên từng byte và bản sao để xem"
                + (", bản sao có vùng hình được che" if paper.blurred else "")
                + ". Danh mục kèm theo ghi mã băm của từng tệp, độ lệch đồng hồ camera, các khoảng trống và nguyên nhân; "
                "kiểm tra bằng lệnh vms verify với chứng thư công khai của hệ thống."
            ),
            Heading("III. Niêm phong"),
            Facts((("Vật chứa", paper.medium), ("Số niêm phong", paper.seal_number))),
            *_receipt(paper),
            Paragraph(
                "Biên bản được lập thành hai bản, mỗi bên giữ một bản, đã đọc lại cho các bên cùng nghe và ký tên."
            ),
        ),
        signers=(SignaturePlace("Bên nhận", paper.recipient), SignaturePlace("Bên giao", paper.giver)),
        recipients=("Bên nhận", "Lưu: hồ sơ trích xuất"),
    )


def _receipt(paper: HandOverMinutes) -> tuple[Heading | Facts, ...]:
    if paper.received_ms is None:
        return ()
    facts = [("Người nhận xác nhận", paper.received_by), ("Thời gian", moment(paper.received_ms))]
    if paper.note:
        facts.append(("Ghi chú", paper.note))
    return Heading("IV. Xác nhận đã nhận"), Facts(tuple(facts))


def _cameras(cameras: tuple[HandedCamera, ...]) -> Table:
    return Table(
        (
            Column("TT", 0.7, Align.CENTRE),
            Column("Camera", 2.4),
            Column("Thời gian", 2.6),
            Column("Tệp gốc", 0.9, Align.RIGHT),
            Column("Dung lượng", 1.2, Align.RIGHT),
            Column("Thiếu", 1.3, Align.RIGHT),
            Column("Đồng hồ camera lệch", 1.5, Align.RIGHT),
        ),
        tuple(
            (
                number,
                one.name,
                span(one.from_ms, one.to_ms),
                one.files,
                _size(one.size_bytes),
                length(one.missing_ms) if one.missing_ms else "không",
                _offset(one.offset_ms),
            )
            for number, one in enumerate(cameras, 1)
        ),
    )


def _offset(offset_ms: tuple[int, int] | None) -> str:
    if offset_ms is None:
        return "không rõ"
    least, most = (f"{value / 1000:+.3f}".replace(".", ",") for value in offset_ms)
    return f"{least} giây" if least == most else f"{least} đến {most} giây"


def _size(size_bytes: int) -> str:
    unit, name = (1_000_000_000, "GB") if size_bytes >= 1_000_000_000 else (1_000_000, "MB")
    return f"{size_bytes / unit:.2f}".replace(".", ",") + f" {name}"


def _grouped(digest: str) -> str:
    """In groups of eight, to be read aloud and compared."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))
