"""From what the domain knows of hearings to what goes over the wire: to the court all of it, to observers what they may know. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from streams.types.camera import DelayFault
from vms.access import Action, CameraObject, HearingObject, Person, audience, may, reach
from vms.db.tables import (
    Angle,
    HearingMarkRow,
    HearingNoteRow,
    HearingRecordingRow,
    HearingRow,
    ObservationOrderRow,
    RoomCheckRow,
)
from vms.hearings.acting import may_dump
from vms.hearings.attendance import Visit
from vms.hearings.checking import from_json
from vms.hearings.facts import course_of
from vms.hearings.gate import Card, Flag, Point, card
from vms.hearings.observing import WARNING
from vms.hearings.officers import Office
from vms.hearings.papers import CLOSED_TITLE, looks_like_a_case_number, shown_name
from vms.hearings.reading import HearingView
from vms.hearings.stages import STAGES, Procedure, Stage
from vms.hearings.states import WIDENING, Act, Course, Outcome, State, possible
from web import wire
from web.wire import (
    HearingAngle,
    HearingAttendance,
    HearingDetail,
    HearingGap,
    HearingMark,
    HearingNote,
    HearingOfficer,
    HearingParty,
    HearingRecording,
    HearingSummary,
    ObservationOrder,
    OrderBody,
    RecordingPurpose,
    RoomCheck,
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, when; `watchers`: how many observers watch each camera now; `carriers`: what carries it;
    `delay_faults`: why nothing waits for observers that should."""

    person: Person
    at_ms: int
    watchers: Mapping[str, int]
    carriers: Mapping[str, str]
    delay_faults: Mapping[str, DelayFault] = field(default_factory=dict)
    purposes: Sequence[RecordingPurpose] = ()
    """What hearings may be recorded for."""

    def purpose(self, code: str) -> RecordingPurpose:
        known = (one for one in self.purposes if one.code == code)
        return next(known, RecordingPurpose(code=code, name=code, name_en=code))

    def is_court(self, hearing: HearingObject) -> bool:
        """Whether the reader is of the court (or reads its log), and not only let in by an order."""
        return may(self.person, Action.HEARING_LIST, _without_orders(hearing), self.at_ms)


def summary_body(view: HearingView, reader: Reader) -> HearingSummary:
    row, court = view.row, reader.is_court(view.object)
    why, veiled = _card(row), _veiled(row) and not court
    return HearingSummary(
        id=row.id,
        version=row.version,
        court=view.unit(row.court_id),
        courtroom_id=row.courtroom_id,
        courtroom=view.courtroom.name,
        title=CLOSED_TITLE if veiled else row.title,
        case_number="" if veiled else row.case_number,
        procedure=None if veiled else Procedure(row.procedure),
        begins_ms=row.begins_ms,
        ends_ms=row.ends_ms,
        state=_state(row) if court else _seen_state(row),
        stage=None if veiled else _stage(row.stage),
        flags=[] if veiled else [Flag(flag) for flag in row.flags],
        cut=row.cut,
        card=why,
        expected_ms=row.expected_ms,
        judge=view.names.get(row.judge_id, ""),
        mine=row.judge_id == reader.person.account_id,
        observes=not court,
        watchers=sum(reader.watchers.get(angle.camera_id or "", 0) for angle in view.angles) if court else None,
    )


def detail_body(view: HearingView, reader: Reader) -> HearingDetail:
    row, court = view.row, reader.is_court(view.object)
    veiled = _veiled(row) and not court
    summary = summary_body(view, reader)
    return HearingDetail(
        **summary.model_dump(),
        parties=[] if veiled else [_party(party, row) for party in row.parties],
        officers=officers_seen(view, reader),
        angles=[_angle(angle, view, reader) for angle in view.angles if court or _named(angle, view, reader)],
        stages=[] if veiled else list(STAGES[Procedure(row.procedure)]),
        acts=_acts(view, reader),
        outcome=Outcome(row.outcome) if row.outcome else None,
        orders=[_order(order, view, reader) for order in view.orders.orders.get(row.id, ())] if court else [],
        checklist={Point(point): answer for point, answer in row.checklist.items()} if court else {},
        judge_id=row.judge_id if court else None,
        warnings=["case_number"] if court and not looks_like_a_case_number(row.case_number) else [],
        accepted=view.object.has_accepted(reader.person.account_id, reader.person.session_id),
        warning=WARNING,
        delay_s=row.delay_s,
        since_ms=row.since_ms,
        dropped=[HearingGap(**span) for span in row.dropped],
        dumps=may_dump(row) and may(reader.person, Action.HEARING_CUT, view.object, reader.at_ms),
        delay_fault=_delay_fault(view, reader) if court else None,
        watches_for="" if court else _watches_for(view, reader),
        recording_purpose=reader.purpose(row.recording_purpose) if court and row.recording_purpose else None,
        recordings=[_recording(one, reader) for one in view.recordings] if court else [],
        purposes=list(reader.purposes) if _may_record(view, reader) else [],
        now_ms=reader.at_ms,
    )


def _delay_fault(view: HearingView, reader: Reader) -> DelayFault | None:
    found = (reader.delay_faults.get(angle.camera_id or "") for angle in view.angles)
    return next((fault for fault in found if fault is not None), None)


def _may_record(view: HearingView, reader: Reader) -> bool:
    return _runs(view.row) and may(reader.person, Action.HEARING_MANAGE, view.object, reader.at_ms)


def _recording(row: HearingRecordingRow, reader: Reader) -> HearingRecording:
    return HearingRecording(
        purpose=reader.purpose(row.purpose),
        from_ms=row.from_ms,
        to_ms=row.to_ms,
        begun_by=row.begun_by,
        ended_by=row.ended_by,
    )


def officers_seen(view: HearingView, reader: Reader) -> list[HearingOfficer]:
    """Who sits and acts in it; to others than the court nobody while it is closed."""
    if _veiled(view.row) and not reader.is_court(view.object):
        return []
    return [HearingOfficer(office=Office(one["office"]), name=one["name"]) for one in view.row.officers]


def _watches_for(view: HearingView, reader: Reader) -> str:
    """The unit for which an order names the reader: the same that the attendance register writes down."""
    units = reach(reader.person, Action.HEARING_LIST, reader.at_ms).orders
    named = (one.unit_id for one in view.object.admissions if one.names(reader.person.account_id, units))
    return view.unit(next(named, ""))


def mark_body(row: HearingMarkRow) -> HearingMark:
    return HearingMark(
        number=row.number,
        at_ms=row.at_ms,
        act=row.act,
        state=State(row.state),
        stage=_stage(row.stage),
        name=row.name,
        facts={name: str(value) for name, value in row.facts.items()},
        confirmed_ms=row.confirmed_ms,
    )


def note_body(row: HearingNoteRow, person: Person) -> HearingNote:
    return HearingNote(
        id=row.id,
        at_ms=row.at_ms,
        kind="mark" if row.kind == "mark" else "note",
        stage=_stage(row.stage),
        text=row.text,
        name=row.name,
        mine=row.account_id == person.account_id,
        shared_ms=row.shared_ms,
    )


def check_body(row: RoomCheckRow) -> RoomCheck:
    rows = [
        wire.RoomCheckRow(
            kind=one.kind,
            angle=_ANGLES.get(one.angle or ""),
            ok=one.problem is None,
            problem=one.problem,
            value=one.value,
        )
        for one in from_json(row.rows)
    ]
    return RoomCheck(id=row.id, at_ms=row.at_ms, name=row.name, passed=row.passed, rows=rows)


def visit_body(visit: Visit) -> HearingAttendance:
    return HearingAttendance(
        account_id=visit.account_id,
        name=visit.name,
        unit=visit.unit,
        address=visit.address,
        observer=visit.observer,
        angles=[_ANGLES[angle] for angle in visit.angles if angle in _ANGLES],
        from_ms=visit.from_ms,
        to_ms=visit.to_ms,
        gaps=[HearingGap(from_ms=begin, to_ms=end) for begin, end in visit.gaps],
        accepted_ms=visit.accepted_ms,
    )


_ANGLES: Mapping[str, wire.AngleKind] = {
    "accused": "accused",
    "bench": "bench",
    "witness": "witness",
    "evidence": "evidence",
}


def angle_kinds(kinds: Iterable[str]) -> list[wire.AngleKind]:
    """Those that pages know, in their order."""
    wanted = set(kinds)
    return [kind for name, kind in _ANGLES.items() if name in wanted]


def _card(row: HearingRow) -> Card | None:
    return card(course_of(row) or Course(State.CLOSED_PART), row.flags)


def _state(row: HearingRow) -> State:
    course = course_of(row)
    return State.CLOSED_PART if course is None else course.state


def _seen_state(row: HearingRow) -> State:
    """What observers learn of the state: of a closed hearing only whether it is over."""
    state = _state(row)
    return state if not row.flags or state in (State.SCHEDULED, State.ADJOURNED, State.ENDED) else State.CLOSED_PART


def _veiled(row: HearingRow) -> bool:
    """Whether others than the court learn nothing but that it is closed: also of a pause in a closed part, and of what follows on one."""
    course = course_of(row)
    if course is None or row.flags:
        return True
    follows = course.closed_before and course.state in (State.DELIBERATION, State.JUDGMENT) and not course.judgment_open
    return follows or State.CLOSED_PART in (course.state, course.paused_from)


def _stage(text: str) -> Stage | None:
    return Stage(text) if text else None


def _party(party: Mapping[str, str], row: HearingRow) -> HearingParty:
    return HearingParty(role=party["role"], name=shown_name(party["name"], row.flags) or "?")


def _angle(angle: Angle, view: HearingView, reader: Reader) -> HearingAngle:
    camera_id = angle.camera_id or ""
    camera = CameraObject(camera_id, view.object.unit_path, court=True, hearing=view.object)
    return HearingAngle(
        kind=_ANGLES[angle.kind],
        name=angle.name,
        camera_id=camera_id,
        sound=angle.audio,
        visible=_runs(view.row) and audience(reader.person, camera, reader.at_ms) is not None,
        carrier=reader.carriers.get(camera_id, ""),
    )


def _runs(row: HearingRow) -> bool:
    return _state(row) not in (State.SCHEDULED, State.ADJOURNED, State.ENDED)


def _named(angle: Angle, view: HearingView, reader: Reader) -> bool:
    """Whether some order shows this angle to this observer."""
    one = HearingObject(
        view.object.id,
        view.object.unit_path,
        view.object.judge_id,
        admissions=tuple(each for each in view.object.admissions if angle.camera_id in each.cameras),
    )
    return may(reader.person, Action.HEARING_LIST, one, reader.at_ms)


def _acts(view: HearingView, reader: Reader) -> list[Act]:
    course = course_of(view.row)
    if course is None:
        return []
    manages = may(reader.person, Action.HEARING_MANAGE, view.object, reader.at_ms)
    presides = may(reader.person, Action.HEARING_OPEN, view.object, reader.at_ms)
    return [act for act in sorted(possible(course)) if (presides if act in WIDENING else manages)]


def _order(order: ObservationOrderRow, view: HearingView, reader: Reader) -> ObservationOrder:
    named: defaultdict[str, list[str]] = defaultdict(list)
    for admission in view.orders.admissions.get(order.id, ()):
        named[admission.unit_id] += [admission.account_id] if admission.account_id else []
    off = view.orders.off.get(view.row.id, ())
    ends_ms = order.valid_to_ms or 0
    return ObservationOrder(
        id=order.id,
        number=order.number,
        signer=order.signer,
        angles=angle_kinds(order.angles),
        valid_from_ms=order.valid_from_ms,
        valid_to_ms=ends_ms,
        revoked_ms=order.revoked_ms,
        holds=order.valid_from_ms <= reader.at_ms < ends_ms and order.revoked_ms is None,
        bodies=[
            OrderBody(
                unit_id=unit_id,
                unit=view.unit(unit_id),
                account_ids=account_ids,
                names=[view.names.get(account_id, "") for account_id in account_ids],
                on=unit_id not in off,
            )
            for unit_id, account_ids in named.items()
        ],
    )


def _without_orders(hearing: HearingObject) -> HearingObject:
    return HearingObject(hearing.id, hearing.unit_path, hearing.judge_id)
