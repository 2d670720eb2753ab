""" "Biên bản họp rút kinh nghiệm":
minutes of the meeting right after a hearing, sent to the provincial department (HD 32/HD-VKSTC 2018).
"""

from dataclasses import dataclass

from vms.papers.document import (
    Align,
    Blank,
    Block,
    Column,
    Document,
    Facts,
    Heading,
    Letterhead,
    Paragraph,
    SignaturePlace,
    Table,
)
from vms.papers.hearing import HearingShown, hearing_facts
from vms.papers.wording import span


@dataclass(frozen=True, slots=True)
class Participant:
    name: str
    office: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one participant said."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """`average` is the evaluation sheets' average in points, with `most` possible ones and how many `sheets` there are."""

    letterhead: Letterhead
    hearing: HearingShown
    from_ms: int
    to_ms: int | None
    where: str
    chair: str
    secretary: str
    participants: tuple[Participant, ...]
    strengths: str
    weaknesses: str
    conclusion: str
    opinions: tuple[Opinion, ...] = ()
    sheets: int = 0
    average: str = ""
    most: int = 0
    recipients: tuple[str, ...] = ()


def minutes_document(paper: Minutes) -> Document:
    return Document(
        letterhead=paper.letterhead,
        title="Biên bản",
        subject="Họp rút kinh nghiệm phiên tòa",
        blocks=(
            Facts(
                (
                    ("Thời gian họp", span(paper.from_ms, paper.to_ms)),
                    ("Địa điểm", paper.where),
                    ("Chủ trì", paper.chair),
                    ("Thư ký", paper.secretary),
                )
            ),
            Heading("I. Phiên tòa"),
            hearing_facts(paper.hearing),
            Heading("II. Thành phần tham dự"),
            _participants(paper.participants),
            Heading("III. Ưu điểm"),
            _given(paper.strengths),
            Heading("IV. Hạn chế"),
            _given(paper.weaknesses),
            *_opinions(paper.opinions),
            *_sheets(paper),
            Heading("VI. Kết luận của người chủ trì"),
            _given(paper.conclusion),
            Paragraph("Biên bản được đọc lại cho những người tham dự cùng nghe, thống nhất nội dung."),
        ),
        signers=(SignaturePlace("Thư ký", paper.secretary), SignaturePlace("Chủ trì", paper.chair)),
        recipients=paper.recipients,
    )


def _participants(people: tuple[Participant, ...]) -> Table:
    return Table(
        (Column("TT", 0.5, Align.CENTRE), Column("Họ và tên", 2.2), Column("Chức vụ", 2), Column("Đơn vị", 3)),
        tuple((number, one.name, one.office, one.unit) for number, one in enumerate(people, 1)),
    )


def _opinions(opinions: tuple[Opinion, ...]) -> tuple[Block, ...]:
    said = tuple(Paragraph(f"{one.name}: {one.text}") for one in opinions)
    return (Heading("V. Ý kiến tham gia"), *(said or (Paragraph("Không có ý kiến khác."),)))


def _sheets(paper: Minutes) -> tuple[Block, ...]:
    if not paper.sheets:
        return ()
    return (Paragraph(f"Tổng hợp {paper.sheets} phiếu nhận xét: trung bình {paper.average}/{paper.most} điểm."),)


def _given(text: str) -> Block:
    return Paragraph(text) if text.strip() else Blank(4)
