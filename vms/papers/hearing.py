"""A hearing as papers name it. Whoever fills it has made initials of names and "Phiên kín" of a title where the law wants it."""

from dataclasses import dataclass

from vms.papers.document import Facts
from vms.papers.wording import moment, span


@dataclass(frozen=True, slots=True)
class HearingShown:
    """`parties` are roles with names; `judges` sit beside the presiding one. Times in ms, UTC; `began_ms` and `ended_ms` are None before
    it began or ended.

    Empty texts are left out.
    """

    title: str
    case_number: str = ""
    procedure: str = ""
    court: str = ""
    courtroom: str = ""
    judge: str = ""
    judges: str = ""
    jurors: str = ""
    clerk: str = ""
    prosecutor: str = ""
    parties: tuple[tuple[str, str], ...] = ()
    scheduled_ms: int | None = None
    began_ms: int | None = None
    ended_ms: int | None = None


def hearing_facts(hearing: HearingShown) -> Facts:
    """The lines at the top of a paper about one hearing."""
    lines = [
        ("Phiên tòa", hearing.title),
        ("Số thụ lý / quyết định", hearing.case_number),
        ("Thủ tục", hearing.procedure),
        ("Tòa án", hearing.court),
        ("Phòng xử án", hearing.courtroom),
        ("Thẩm phán chủ tọa", hearing.judge),
        ("Thẩm phán", hearing.judges),
        ("Hội thẩm nhân dân", hearing.jurors),
        ("Thư ký phiên tòa", hearing.clerk),
        ("Kiểm sát viên", hearing.prosecutor),
        *hearing.parties,
        ("Thời gian", _times(hearing)),
    ]
    return Facts(tuple((name, value) for name, value in lines if value))


def _times(hearing: HearingShown) -> str:
    if hearing.began_ms is not None:
        return span(hearing.began_ms, hearing.ended_ms)
    return moment(hearing.scheduled_ms)
