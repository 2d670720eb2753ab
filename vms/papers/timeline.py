"""The time-line of a hearing, with its technical interruptions, for the court's file.

TTLT 05/2021 art. 14: a failed link or power lets the panel suspend the hearing, and adjourn it when the fault lasts; the court's file
must say when.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from vms.papers.document import Align, Column, Document, Heading, Letterhead, Paragraph, SignaturePlace, Table
from vms.papers.hearing import HearingShown, hearing_facts
from vms.papers.wording import length, moment, span

_LEGAL = (
    "Thời điểm gián đoạn kỹ thuật được hệ thống ghi tự động, làm căn cứ để Hội đồng xét xử xem xét tạm ngừng hoặc hoãn phiên tòa theo "
    "Điều 14 Thông tư liên tịch số 05/2021 về phiên tòa trực tuyến."
)


@dataclass(frozen=True, slots=True)
class Step:
    """One mark: what was done, in which state and stage, by whom."""

    at_ms: int
    what: str
    stage: str = ""
    by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Interruption:
    """A time in which the hearing could not be held or not be seen for a technical reason. `to_ms` is None while it lasts."""

    from_ms: int
    to_ms: int | None
    cause: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A time in which the hearing was recorded, what for, and by whose act it began and ended. `to_ms` is None while it lasts."""

    from_ms: int
    to_ms: int | None
    purpose: str
    begun_by: str
    ended_by: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    letterhead: Letterhead
    hearing: HearingShown
    steps: tuple[Step, ...]
    interruptions: tuple[Interruption, ...] = ()
    recorded: tuple[Recorded, ...] | None = None
    """None: not for this reader."""
    clerk: str = ""
    judge: str = ""


def timeline_document(paper: Timeline) -> Document:
    return Document(
        letterhead=paper.letterhead,
        title="Diễn biến phiên tòa",
        subject=paper.hearing.title,
        annex="(Phụ lục kèm theo Biên bản phiên tòa)",
        blocks=(
            hearing_facts(paper.hearing),
            Heading("I. Diễn biến"),
            _steps(paper.steps),
            Heading("II. Gián đoạn kỹ thuật"),
            _interruptions(paper.interruptions),
            Paragraph(_LEGAL, italic=True),
            *(() if paper.recorded is None else (Heading("III. Ghi hình"), _recorded(paper.recorded))),
        ),
        signers=(
            SignaturePlace("Thư ký phiên tòa", paper.clerk),
            SignaturePlace("Thẩm phán - Chủ tọa phiên tòa", paper.judge),
        ),
    )


def _steps(steps: tuple[Step, ...]) -> Table:
    return Table(
        (
            Column("TT", 0.5, Align.CENTRE),
            Column("Thời điểm", 1.6, Align.CENTRE),
            Column("Diễn biến", 2.6),
            Column("Giai đoạn", 1.9),
            Column("Người thực hiện", 1.9),
        ),
        tuple(
            (number, moment(step.at_ms), f"{step.what}: {step.note}" if step.note else step.what, step.stage, step.by)
            for number, step in enumerate(steps, 1)
        ),
        empty="Chưa có diễn biến nào được ghi nhận.",
    )


def _interruptions(found: tuple[Interruption, ...]) -> Table:
    return _periods(
        [(one.from_ms, one.to_ms, one.cause, one.outcome) for one in found],
        (Column("Nguyên nhân", 2.2), Column("Kết quả", 2.0)),
        unended="chưa khắc phục",
        counted="lần",
        empty="Không có gián đoạn kỹ thuật nào được ghi nhận.",
    )


def _recorded(found: tuple[Recorded, ...]) -> Table:
    return _periods(
        [
            (one.from_ms, one.to_ms, one.purpose, f"{one.begun_by} / {one.ended_by}" if one.ended_by else one.begun_by)
            for one in found
        ],
        (Column("Mục đích", 2.4), Column("Bắt đầu / kết thúc bởi", 2.0)),
        unended="đang ghi",
        counted="đoạn",
        empty="Phiên tòa không được ghi hình.",
    )


def _periods(
    found: Sequence[tuple[int, int | None, str, str]],
    about: tuple[Column, Column],
    *,
    unended: str,
    counted: str,
    empty: str,
) -> Table:
    """From–to (UTC ms) with what `about` names, and how long those that ended were together."""
    ended = [to_ms - from_ms for from_ms, to_ms, *_ in found if to_ms is not None]
    totals = ("", "Cộng", length(sum(ended)), f"{len(found)} {counted}", "") if found else ()
    return Table(
        (
            Column("TT", 0.5, Align.CENTRE),
            Column("Từ – đến", 2.2, Align.CENTRE),
            Column("Thời lượng", 1.5, Align.CENTRE),
            *about,
        ),
        tuple(
            (number, span(from_ms, to_ms), unended if to_ms is None else length(to_ms - from_ms), first, second)
            for number, (from_ms, to_ms, first, second) in enumerate(found, 1)
        ),
        totals,
        empty=empty,
    )
