"""Evaluation sheets and minutes between rows, wire and papers. Pure."""

from collections.abc import Sequence

from vms.db.tables import EvaluationRow, ReviewRow
from vms.hearings.evaluating import Sheet, points_of, scores_of
from vms.hearings.reviewing import Written
from vms.papers.document import Letterhead
from vms.papers.evaluation import Evaluation, Score
from vms.papers.evaluation_template import EvaluationTemplate
from vms.papers.hearing import HearingShown
from vms.papers.minutes import Minutes, Opinion, Participant
from web.wire import (
    EvaluationCriterion,
    EvaluationGroup,
    EvaluationScore,
    HearingEvaluation,
    HearingReview,
    NewEvaluation,
    NewHearingReview,
    ReviewOpinion,
    ReviewParticipant,
)


def sheet_of(body: NewEvaluation) -> Sheet:
    scores = {key: Score(one.points, one.remark) for key, one in body.scores.items()}
    return Sheet(body.evaluated, scores, body.strengths, body.weaknesses, body.final)


def evaluation_body(row: EvaluationRow | None, template: EvaluationTemplate, account_id: str) -> HearingEvaluation:
    """Without a row: a sheet that is not begun."""
    points = 0 if row is None else points_of(row)
    scores = {} if row is None else scores_of(row)
    return HearingEvaluation(
        version=0 if row is None else row.version,
        title=template.title,
        groups=[
            EvaluationGroup(
                title=group.title,
                criteria=[EvaluationCriterion(key=one.key, text=one.text, most=one.most) for one in group.criteria],
            )
            for group in template.groups
        ],
        name="" if row is None else row.name,
        mine=row is None or row.account_id == account_id,
        evaluated="" if row is None else row.evaluated,
        scores={key: EvaluationScore(points=one.points, remark=one.remark) for key, one in scores.items()},
        strengths="" if row is None else row.strengths,
        weaknesses="" if row is None else row.weaknesses,
        points=points,
        most=template.most,
        level="" if row is None or row.final_ms is None else template.level(points),
        final_ms=None if row is None else row.final_ms,
    )


def evaluation_paper(
    head: Letterhead, shown: HearingShown, template: EvaluationTemplate, row: EvaluationRow | None, name: str
) -> Evaluation:
    """Without a row: to be filled by hand, by `name`."""
    if row is None:
        return Evaluation(head, shown, template, evaluator=name)
    return Evaluation(head, shown, template, row.evaluated, row.name, scores_of(row), row.strengths, row.weaknesses)


def written_of(body: NewHearingReview) -> Written:
    return Written(
        began_ms=body.began_ms,
        ended_ms=body.ended_ms,
        place=body.place,
        chair=body.chair,
        secretary=body.secretary,
        prosecutor_id=body.prosecutor_id,
        participants=[(one.name, one.office, one.unit) for one in body.participants],
        opinions=[(one.name, one.text) for one in body.opinions],
        strengths=body.strengths,
        weaknesses=body.weaknesses,
        conclusion=body.conclusion,
        final=body.final,
    )


def review_body(row: ReviewRow, sheets: Sequence[EvaluationRow], most: int) -> HearingReview:
    final = [sheet for sheet in sheets if sheet.final_ms is not None and sheet.unit_id == row.unit_id]
    return HearingReview(
        version=row.version,
        began_ms=row.began_ms,
        ended_ms=row.ended_ms,
        place=row.place,
        chair=row.chair,
        secretary=row.secretary,
        prosecutor_id=row.prosecutor_id,
        participants=[ReviewParticipant(**one) for one in row.participants],
        opinions=[ReviewOpinion(**one) for one in row.opinions],
        strengths=row.strengths,
        weaknesses=row.weaknesses,
        conclusion=row.conclusion,
        sheets=len(final),
        average_tenths=round(10 * sum(map(points_of, final)) / len(final)) if final else 0,
        most=most,
        final_ms=row.final_ms,
    )


def minutes_paper(head: Letterhead, shown: HearingShown, body: HearingReview) -> Minutes:
    return Minutes(
        head,
        shown,
        body.began_ms,
        body.ended_ms,
        body.place,
        body.chair,
        body.secretary,
        tuple(Participant(one.name, one.office, one.unit) for one in body.participants),
        body.strengths,
        body.weaknesses,
        body.conclusion,
        tuple(Opinion(one.name, one.text) for one in body.opinions),
        body.sheets,
        f"{body.average_tenths // 10},{body.average_tenths % 10}",
        body.most,
    )
