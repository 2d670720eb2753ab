"""From what a reader may know of a hearing to papers about it: filled from the answers that pages get, never from rows, so that nothing is
printed that a page would not show. Pure.

A paper leaves the system: the title of a closed hearing is not printed for the court either.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from vms.hearings.gate import Flag
from vms.hearings.interruptions import technical_pauses
from vms.hearings.officers import Office, names_of
from vms.hearings.papers import CLOSED_TITLE
from vms.hearings.states import Act
from vms.hearings.words import ACTS, ANGLES, CHECKS, FLAGS, MARKS, OUTCOMES, PROBLEMS, PROCEDURES, STAGES
from vms.organisation import OrgTree
from vms.papers.attendance import Attendance, Presence
from vms.papers.document import Letterhead
from vms.papers.hearing import HearingShown
from vms.papers.room_check import Checked, RoomCheck
from vms.papers.timeline import Interruption, Recorded, Step, Timeline
from vms.papers.wording import span
from web.wire import HearingAttendance, HearingDetail, HearingMark
from web.wire import RoomCheck as RoomCheckBody

_PROVINCE_WORDS = ("Tỉnh ", "Thành phố ")


def letterhead(tree: OrgTree, unit_id: str, at_ms: int) -> Letterhead:
    """Of a body: the one above it, its own name, and the province as the place. The number is given by hand, by the office's register."""
    names = [tree.units[one].name for one in tree.chain(unit_id)]
    above = names[1] if len(names) > 2 else ""
    place = names[-1] if names else ""
    for word in _PROVINCE_WORDS:
        place = place.removeprefix(word)
    return Letterhead(parent=above, body=names[0] if names else "", place=place, at_ms=at_ms)


def hearing_shown(detail: HearingDetail, marks: Sequence[HearingMark] = ()) -> HearingShown:
    """`detail` is this reader's."""
    began = next((mark.at_ms for mark in marks if mark.act == Act.BEGIN), None)
    officers = [(one.office, one.name) for one in detail.officers]
    ended = next((mark.at_ms for mark in reversed(marks) if mark.act in (Act.END, Act.ADJOURN)), None)
    return HearingShown(
        title=CLOSED_TITLE if detail.flags else detail.title,
        case_number=detail.case_number,
        procedure="" if detail.procedure is None else PROCEDURES[detail.procedure],
        court=detail.court,
        courtroom=detail.courtroom,
        judge=detail.judge,
        judges=names_of(officers, Office.JUDGE),
        jurors=names_of(officers, Office.JUROR),
        clerk=names_of(officers, Office.CLERK),
        prosecutor=names_of(officers, Office.PROSECUTOR),
        parties=tuple((party.role[:1].upper() + party.role[1:], party.name) for party in detail.parties),
        scheduled_ms=detail.begins_ms,
        began_ms=began,
        ended_ms=None if began is None or ended is None or ended < began else ended,
    )


def timeline(
    head: Letterhead, detail: HearingDetail, marks: Sequence[HearingMark], unit_name: Callable[[str], str]
) -> Timeline:
    """`unit_name` says what a unit is called: marks keep ids."""
    recorded = [
        Recorded(one.from_ms, one.to_ms, one.purpose.name, one.begun_by, one.ended_by) for one in detail.recordings
    ]
    shown = hearing_shown(detail, marks)
    return Timeline(
        head,
        shown,
        tuple(_step(mark, unit_name) for mark in marks),
        _interruptions(marks),
        None if detail.observes else tuple(recorded),
        clerk=shown.clerk,
        judge=detail.judge,
    )


def attendance(
    head: Letterhead, detail: HearingDetail, marks: Sequence[HearingMark], register: Iterable[HearingAttendance]
) -> Attendance:
    shown = hearing_shown(detail, marks)
    return Attendance(head, shown, tuple(map(_presence, register)), clerk=shown.clerk)


def room_check(head: Letterhead, detail: HearingDetail, check: RoomCheckBody) -> RoomCheck:
    checked = tuple(
        Checked(
            CHECKS[row.kind],
            "Phòng xử án" if row.angle is None else ANGLES[row.angle],
            row.value,
            "" if row.problem is None else PROBLEMS[row.problem],
        )
        for row in check.rows
    )
    return RoomCheck(head, hearing_shown(detail), check.at_ms, check.name, checked)


def _step(mark: HearingMark, unit_name: Callable[[str], str]) -> Step:
    what = ACTS.get(mark.act) or MARKS.get(mark.act, mark.act)
    note = "; ".join(_facts(mark.facts, unit_name))
    return Step(mark.at_ms, what, STAGES[mark.stage] if mark.stage else "", mark.name, note)


def _facts(facts: Mapping[str, str], unit_name: Callable[[str], str]) -> Iterable[str]:
    """What a mark says beside its act, in words; the stage has a column of its own, and ids have names."""
    for name, value in facts.items():
        match name:
            case "outcome":
                yield OUTCOMES.get(value, value)
            case "unit" | "units":
                yield ", ".join(map(unit_name, value.split(",")))
            case "added" | "removed":
                flags = ", ".join(FLAGS[Flag(flag)] for flag in value.split(","))
                yield f"thêm: {flags}" if name == "added" else f"bỏ: {flags}"
            case "from_ms" if "to_ms" in facts:
                yield span(int(value), int(facts["to_ms"]))
            case "number" | "reason" | "purpose":
                yield value


def _interruptions(marks: Sequence[HearingMark]) -> tuple[Interruption, ...]:
    return tuple(
        Interruption(
            pause.from_ms,
            pause.to_ms,
            marks[pause.number].facts.get("reason", "Sự cố kỹ thuật"),
            ACTS.get(pause.ended_by, "") if pause.ended_by else "",
        )
        for pause in technical_pauses(marks)
    )


def _presence(one: HearingAttendance) -> Presence:
    return Presence(
        one.name,
        one.unit,
        one.address,
        ", ".join(ANGLES[angle] for angle in one.angles),
        one.from_ms,
        one.to_ms,
        tuple((gap.from_ms, gap.to_ms) for gap in one.gaps),
        one.accepted_ms if one.observer else None,
    )
