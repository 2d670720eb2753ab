"""The register of who watched a hearing, as an annex to its minutes: person, unit, device, angle, from–to, gaps."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from vms.papers.document import Align, Column, Document, Heading, Letterhead, Paragraph, SignaturePlace, Table
from vms.papers.hearing import HearingShown, hearing_facts
from vms.papers.wording import clock_time, length, span

_SHORTEST_GAP_MS = 2_000
"""What changing the angle or a fresh transport takes is no absence."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One picture on one device, ms UTC. `to_ms` is None while it runs."""

    person: str
    unit: str
    device: str
    angle: str
    from_ms: int
    to_ms: int | None


@dataclass(frozen=True, slots=True)
class Presence:
    """One person's watching of one angle on one device: from the first picture to the last, and the times between without one."""

    person: str
    unit: str
    device: str
    angle: str
    from_ms: int
    to_ms: int | None
    gaps: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Attendance:
    letterhead: Letterhead
    hearing: HearingShown
    watched: tuple[Watched, ...]
    clerk: str = ""


def presences(watched: Iterable[Watched]) -> list[Presence]:
    """By unit, person, angle and device; overlapping pictures count once."""
    found: defaultdict[tuple[str, str, str, str], list[tuple[int, int | None]]] = defaultdict(list)
    for one in watched:
        found[one.unit, one.person, one.angle, one.device].append((one.from_ms, one.to_ms))
    return [_presence(*key, found[key]) for key in sorted(found)]


def attendance_document(paper: Attendance) -> Document:
    rows = presences(paper.watched)
    people = {(one.unit, one.person) for one in rows}
    units = {one.unit for one in rows}
    return Document(
        letterhead=paper.letterhead,
        title="Danh sách theo dõi phiên tòa",
        subject=paper.hearing.title,
        annex="(Phụ lục kèm theo Biên bản phiên tòa)",
        landscape=True,
        blocks=(
            hearing_facts(paper.hearing),
            Heading("Người theo dõi qua hệ thống"),
            _table(rows),
            Paragraph(
                f"Tổng số: {len(people)} người của {len(units)} đơn vị. Giờ Việt Nam (UTC+7), ghi tự động bởi hệ thống.",
                italic=True,
            ),
        ),
        signers=(SignaturePlace("Thư ký phiên tòa", paper.clerk),),
    )


def _presence(unit: str, person: str, angle: str, device: str, spans: list[tuple[int, int | None]]) -> Presence:
    gaps: list[tuple[int, int]] = []
    begun, *rest = sorted(spans, key=lambda span: span[0])
    end = begun[1]
    for from_ms, to_ms in rest:
        if end is None:
            break
        if from_ms - end >= _SHORTEST_GAP_MS:
            gaps.append((end, from_ms))
        end = None if to_ms is None else max(end, to_ms)
    return Presence(person, unit, device, angle, begun[0], end, tuple(gaps))


def _table(rows: list[Presence]) -> Table:
    return Table(
        (
            Column("TT", 0.5, Align.CENTRE),
            Column("Họ và tên", 2.0),
            Column("Đơn vị", 2.6),
            Column("Thiết bị", 1.5),
            Column("Góc hình", 1.5),
            Column("Từ – đến", 2.3, Align.CENTRE),
            Column("Gián đoạn", 2.6),
        ),
        tuple(
            (number, one.person, one.unit, one.device, one.angle, span(one.from_ms, one.to_ms), _gaps(one))
            for number, one in enumerate(rows, 1)
        ),
        empty="Không có người theo dõi qua hệ thống.",
    )


def _gaps(one: Presence) -> str:
    if not one.gaps:
        return "Không"
    return "\n".join(f"{clock_time(a)} – {clock_time(b)} ({length(b - a)})" for a, b in one.gaps)
