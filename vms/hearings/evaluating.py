"""Evaluation sheets: one for each observer of a hearing, read by the own body once they are handed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import Action, HearingObject, Person, reach
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import EvaluationRow, HearingRow
from vms.hearings.faults import Changed, NoSuchHearing, NotPossible, Refused
from vms.hearings.observing import body_of
from vms.hearings.states import State
from vms.papers.evaluation import Score
from vms.papers.evaluation_template import EvaluationTemplate, TemplateFault, parse_template

_COMES_ALONG = (
    Path(__file__).parents[2] / "config" / "evaluation.toml",
    Path("/usr/share/vong/config/evaluation.toml"),
)
"""In a clone, in the image."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What an observer fills in. `final`: handed in."""

    evaluated: str
    scores: Mapping[str, Score]
    strengths: str
    weaknesses: str
    final: bool


def load_template(file: Path | None) -> str:
    """The template's text, checked; the one that comes along without `file`. Raises `TemplateFault`."""
    found = file or next((one for one in _COMES_ALONG if one.is_file()), None)
    if found is None:
        raise TemplateFault("There is no template of the evaluation sheet: name one in papers.evaluation.")
    try:
        text = found.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise TemplateFault(f"The evaluation template {found} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise TemplateFault(f"The evaluation template {found} is not UTF-8.") from None
    parse_template(text)
    return text


class Evaluating:
    def __init__(self, db: Database, template: str, clock: Clock) -> None:
        self._db = db
        self._text = template
        self.template = parse_template(template)
        self._clock = clock

    def template_of(self, row: EvaluationRow | None) -> EvaluationTemplate:
        """By which a sheet is filled: the present one for a new sheet, else that with which it was begun."""
        return self.template if row is None else parse_template(row.template)

    async def own(self, hearing: HearingObject, by: Person) -> EvaluationRow | None:
        async with self._db.session() as session:
            return await _own(session, hearing, by)

    async def handed_in(self, hearing: HearingObject, by: Person) -> list[EvaluationRow]:
        """The own sheet, and those that colleagues of the own body have handed in; by name."""
        units = reach(by, Action.HEARING_NOTE, self._clock()).orders
        row = EvaluationRow
        of_body = col(row.final_ms).is_not(None) & col(row.unit_id).in_(units)
        query = select(row).where(col(row.hearing_id) == hearing.id, or_(col(row.account_id) == by.account_id, of_body))
        async with self._db.session() as session:
            return list((await session.exec(query.order_by(col(row.name), col(row.id)))).all())

    async def save(self, hearing: HearingObject, by: Person, version: int, sheet: Sheet) -> EvaluationRow:
        """`version` 0 begins a sheet. Raises `Changed`, `NotPossible` (handed in already; the hearing is not over), `Refused`."""
        now_ms = self._clock()
        async with self._db.transaction() as session:
            held = await session.get(HearingRow, hearing.id, with_for_update=True)
            if held is None:
                raise NoSuchHearing
            row = await _own(session, hearing, by)
            if version != (0 if row is None else row.version):
                raise Changed(0 if row is None else row.version)
            if (row is not None and row.final_ms is not None) or (sheet.final and held.state != State.ENDED):
                raise NotPossible
            _check(self.template_of(row), sheet)
            if row is None:
                row = EvaluationRow(
                    hearing_id=hearing.id,
                    account_id=by.account_id,
                    unit_id=body_of(hearing, by, now_ms),
                    name=by.name,
                    template=self._text,
                    at_ms=now_ms,
                    version=0,
                )
            row.evaluated, row.strengths, row.weaknesses = sheet.evaluated, sheet.strengths, sheet.weaknesses
            row.scores = {key: {"points": one.points, "remark": one.remark} for key, one in sheet.scores.items()}
            row.at_ms, row.final_ms = now_ms, now_ms if sheet.final else None
            row.version += 1
            session.add(row)
        return row


def scores_of(row: EvaluationRow) -> dict[str, Score]:
    return {key: Score(one.get("points"), one.get("remark", "")) for key, one in row.scores.items()}


def points_of(row: EvaluationRow) -> int:
    return sum(one.points or 0 for one in scores_of(row).values())


def _check(template: EvaluationTemplate, sheet: Sheet) -> None:
    most = {criterion.key: criterion.most for criterion in template.criteria}
    for key, score in sheet.scores.items():
        if key not in most:
            raise Refused("unknown_criterion", f"scores.{key}")
        if score.points is not None and not 0 <= score.points <= most[key]:
            raise Refused("points", f"scores.{key}")
    if sheet.final:
        for key in most:
            if key not in sheet.scores or sheet.scores[key].points is None:
                raise Refused("unanswered", f"scores.{key}")


async def _own(session: AsyncSession, hearing: HearingObject, by: Person) -> EvaluationRow | None:
    row = EvaluationRow
    query = select(row).where(col(row.hearing_id) == hearing.id, col(row.account_id) == by.account_id)
    return (await session.exec(query)).first()
