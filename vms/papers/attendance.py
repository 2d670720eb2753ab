"""The register of who watched a hearing, as an annex to its minutes: person, unit, device, angle, from–to, gaps."""

from dataclasses import dataclass

from vms.papers.document import Align, Column, Document, Heading, Letterhead, Paragraph, SignaturePlace, Table
from vms.papers.hearing import HearingShown, hearing_facts
from vms.papers.wording import clock_time, length, moment, span


@dataclass(frozen=True, slots=True)
class Presence:
    """One person on one device, ms UTC: from the first picture to the last, and the times between without one.

    `to_ms` is None while they watch; `accepted_ms` is when they accepted the warning for observers, None for the court's own people.
    """

    person: str
    unit: str
    device: str
    angle: str
    from_ms: int
    to_ms: int | None
    gaps: tuple[tuple[int, int], ...] = ()
    accepted_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Attendance:
    letterhead: Letterhead
    hearing: HearingShown
    present: tuple[Presence, ...]
    clerk: str = ""


def attendance_document(paper: Attendance) -> Document:
    people = {(one.unit, one.person) for one in paper.present}
    units = {one.unit for one in paper.present}
    return Document(
        letterhead=paper.letterhead,
        title="Danh sách theo dõi phiên tòa",
        subject=paper.hearing.title,
        annex="(Phụ lục kèm theo Biên bản phiên tòa)",
        landscape=True,
        blocks=(
            hearing_facts(paper.hearing),
            Heading("Người theo dõi qua hệ thống"),
            _table(paper.present),
            Paragraph(
                f"Tổng số: {len(people)} người của {len(units)} đơn vị. Giờ Việt Nam (UTC+7), ghi tự động bởi hệ thống.",
                italic=True,
            ),
        ),
        signers=(SignaturePlace("Thư ký phiên tòa", paper.clerk),),
    )


def _table(rows: tuple[Presence, ...]) -> Table:
    return Table(
        (
            Column("TT", 0.5, Align.CENTRE),
            Column("Họ và tên", 2.0),
            Column("Đơn vị", 2.6),
            Column("Thiết bị", 1.5),
            Column("Góc hình", 1.5),
            Column("Nhận cảnh báo", 1.5, Align.CENTRE),
            Column("Từ – đến", 2.2, Align.CENTRE),
            Column("Gián đoạn", 2.4),
        ),
        tuple(
            (
                number,
                one.person,
                one.unit,
                one.device,
                one.angle,
                moment(one.accepted_ms),
                span(one.from_ms, one.to_ms),
                _gaps(one),
            )
            for number, one in enumerate(rows, 1)
        ),
        empty="Không có người theo dõi qua hệ thống.",
    )


def _gaps(one: Presence) -> str:
    if not one.gaps:
        return "Không"
    return "\n".join(f"{clock_time(a)} – {clock_time(b)} ({length(b - a)})" for a, b in one.gaps)
