"""Figures of one month for each body: hearings held and watched, people, hours, sheets, interruptions."""

from dataclasses import dataclass

from vms.papers.document import Align, Cell, Column, Document, Letterhead, Paragraph, SignaturePlace, Table
from vms.papers.wording import hours


@dataclass(frozen=True, slots=True)
class BodyFigures:
    """`held` are hearings of a court, the others what the body's people did. `interrupted_ms` counts technical suspensions of `held`."""

    body: str
    held: int = 0
    interruptions: int = 0
    interrupted_ms: int = 0
    watched: int = 0
    people: int = 0
    watched_ms: int = 0
    sheets: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Monthly:
    """`month` 1–12."""

    letterhead: Letterhead
    month: int
    year: int
    bodies: tuple[BodyFigures, ...]
    signer_office: str = "Người lập biểu"
    signer: str = ""


def monthly_document(paper: Monthly) -> Document:
    return Document(
        letterhead=paper.letterhead,
        title="Báo cáo số liệu tháng",
        subject=f"Theo dõi phiên tòa qua hệ thống, tháng {paper.month:02d}/{paper.year}",
        landscape=True,
        blocks=(
            _table(paper.bodies),
            Paragraph(
                "Số liệu do hệ thống tổng hợp. Mỗi phiên tòa được tính một lần cho mỗi đơn vị theo dõi.", italic=True
            ),
        ),
        signers=(SignaturePlace(paper.signer_office, paper.signer),),
    )


def _table(bodies: tuple[BodyFigures, ...]) -> Table:
    columns = (
        Column("TT", 0.5, Align.CENTRE),
        Column("Đơn vị", 3.6),
        *(
            Column(title, 1.05, Align.RIGHT)
            for title in (
                "Phiên tòa xét xử",
                "Lần gián đoạn",
                "Giờ gián đoạn",
                "Phiên tòa theo dõi",
                "Lượt người",
                "Giờ theo dõi",
                "Phiếu nhận xét",
                "Biên bản RKN",
            )
        ),
    )
    rows = tuple((number, one.body, *_figures(one)) for number, one in enumerate(bodies, 1))
    return Table(columns, rows, ("", "Cộng", *_figures(_sum(bodies))) if bodies else ())


def _figures(one: BodyFigures) -> tuple[Cell, ...]:
    return (
        one.held,
        one.interruptions,
        hours(one.interrupted_ms),
        one.watched,
        one.people,
        hours(one.watched_ms),
        one.sheets,
        one.minutes,
    )


def _sum(bodies: tuple[BodyFigures, ...]) -> BodyFigures:
    return BodyFigures(
        body="",
        held=sum(one.held for one in bodies),
        interruptions=sum(one.interruptions for one in bodies),
        interrupted_ms=sum(one.interrupted_ms for one in bodies),
        watched=sum(one.watched for one in bodies),
        people=sum(one.people for one in bodies),
        watched_ms=sum(one.watched_ms for one in bodies),
        sheets=sum(one.sheets for one in bodies),
        minutes=sum(one.minutes for one in bodies),
    )
