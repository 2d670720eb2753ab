"""The year's "rút kinh nghiệm" hearings of each judge and prosecutor, against the number they owe (HD 136/HD-TANDTC 2017: at least one)."""

from dataclasses import dataclass

from vms.papers.document import Align, Column, Document, Letterhead, Paragraph, SignaturePlace, Table, Verdict

REACHED, MISSED = "Đạt", "Chưa đạt"


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """`office` is "Thẩm phán" or "Kiểm sát viên"."""

    name: str
    office: str
    unit: str
    held: int
    owed: int


@dataclass(frozen=True, slots=True)
class Quota:
    letterhead: Letterhead
    year: int
    rows: tuple[QuotaRow, ...]
    signer_office: str = "Người lập biểu"
    signer: str = ""


def quota_document(paper: Quota) -> Document:
    reached = sum(row.held >= row.owed for row in paper.rows)
    return Document(
        letterhead=paper.letterhead,
        title="Chỉ tiêu phiên tòa rút kinh nghiệm",
        subject=f"Thực hiện của Thẩm phán, Kiểm sát viên năm {paper.year}",
        blocks=(
            _table(paper.rows),
            Paragraph(f"Đạt chỉ tiêu: {reached}/{len(paper.rows)} người.", italic=True),
        ),
        signers=(SignaturePlace(paper.signer_office, paper.signer),),
    )


def _table(rows: tuple[QuotaRow, ...]) -> Table:
    return Table(
        (
            Column("TT", 0.65, Align.CENTRE),
            Column("Họ và tên", 2.1),
            Column("Chức danh", 1.4),
            Column("Đơn vị", 2.6),
            Column("Chỉ tiêu", 0.8, Align.CENTRE),
            Column("Đã thực hiện", 0.9, Align.CENTRE),
            Column("Còn thiếu", 0.9, Align.CENTRE),
            Column("Kết quả", 1.1, Align.CENTRE),
        ),
        tuple(
            (
                number,
                row.name,
                row.office,
                row.unit,
                row.owed,
                row.held,
                max(row.owed - row.held, 0),
                Verdict(row.held >= row.owed, REACHED if row.held >= row.owed else MISSED),
            )
            for number, row in enumerate(rows, 1)
        ),
    )
