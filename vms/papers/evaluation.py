"""The sheet on which one person evaluates a hearing by a template: to be filled by hand, or with what was given."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vms.papers.document import (
    Align,
    Blank,
    Block,
    Cell,
    Column,
    Document,
    Facts,
    Heading,
    Letterhead,
    Paragraph,
    SignaturePlace,
    Table,
)
from vms.papers.evaluation_template import EvaluationTemplate
from vms.papers.hearing import HearingShown, hearing_facts


@dataclass(frozen=True, slots=True)
class Score:
    """`points` is None where nothing was given yet."""

    points: int | None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`scores` by criterion key; a sheet without any is printed to be filled by hand."""

    letterhead: Letterhead
    hearing: HearingShown
    template: EvaluationTemplate
    evaluated: str = ""
    evaluator: str = ""
    scores: Mapping[str, Score] = field(default_factory=dict)
    strengths: str = ""
    weaknesses: str = ""


def evaluation_document(paper: Evaluation) -> Document:
    return Document(
        letterhead=paper.letterhead,
        title=paper.template.title,
        subject=paper.hearing.title,
        blocks=(
            hearing_facts(paper.hearing),
            Facts(
                (
                    ("Người được nhận xét", paper.evaluated or "………………………"),
                    ("Người nhận xét", paper.evaluator or "………………………"),
                )
            ),
            Heading("I. Chấm điểm"),
            _table(paper),
            *_conclusion(paper),
            Heading("II. Ưu điểm"),
            _given(paper.strengths),
            Heading("III. Hạn chế, kinh nghiệm cần rút ra"),
            _given(paper.weaknesses),
        ),
        signers=(SignaturePlace("Người nhận xét", paper.evaluator),),
    )


def _table(paper: Evaluation) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for number, group in enumerate(paper.template.groups, 1):
        rows.append((str(number), group.title.upper(), sum(one.most for one in group.criteria), "", ""))
        for place, criterion in enumerate(group.criteria, 1):
            score = paper.scores.get(criterion.key, Score(None))
            points = "" if score.points is None else score.points
            rows.append((f"{number}.{place}", criterion.text, criterion.most, points, score.remark))
    total = "" if _points(paper) is None else str(_points(paper))
    return Table(
        (
            Column("TT", 0.6, Align.CENTRE),
            Column("Tiêu chí", 4.2),
            Column("Điểm tối đa", 0.9, Align.CENTRE),
            Column("Điểm", 0.8, Align.CENTRE),
            Column("Nhận xét", 2.5),
        ),
        tuple(rows),
        ("", "TỔNG CỘNG", paper.template.most, total, ""),
    )


def _conclusion(paper: Evaluation) -> tuple[Block, ...]:
    """The level, once every criterion has its points."""
    points = _points(paper)
    level = "" if points is None or len(_scored(paper)) < len(paper.template.criteria) else paper.template.level(points)
    return (Paragraph(f"Xếp loại: {level} ({points}/{paper.template.most} điểm)."),) if level else ()


def _scored(paper: Evaluation) -> list[int]:
    scores = (paper.scores.get(criterion.key) for criterion in paper.template.criteria)
    return [score.points for score in scores if score is not None and score.points is not None]


def _points(paper: Evaluation) -> int | None:
    scored = _scored(paper)
    return sum(scored) if scored else None


def _given(text: str) -> Block:
    return Paragraph(text) if text.strip() else Blank(4)
