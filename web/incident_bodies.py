"""Bodies of the incidents' part of the API (see `web.wire`), and how they are made from what the domain knows."""

from typing import Annotated, Literal

from pydantic import Field

from vms.incidents.reading import CameraShown, EntryShown, IncidentFile, IncidentShown, PartShown, PictureShown
from vms.incidents.writing import LONGEST_TEXT, EntryKind, IncidentKind
from web.wire import Body, Id, Ms, Name, Text

Words = Annotated[Text, Field(max_length=LONGEST_TEXT)]
Said = Annotated[Text, Field(min_length=1, max_length=LONGEST_TEXT)]


class FootagePart(Body):
    """A stretch of a camera's recording."""

    camera_id: Id
    from_ms: Ms
    to_ms: Ms


class FootageMoment(Body):
    camera_id: Id
    at_ms: Ms


class NewIncidentBody(Body):
    """`alarm_id`: adds what led to the alarm, and its picture. `pictures`: the keyframes at or before these moments."""

    kind: IncidentKind = IncidentKind.INCIDENT
    title: Name
    document: Text = Field(default="", max_length=200)
    note: Words = ""
    parts: list[FootagePart] = Field(default=[], max_length=32)
    pictures: list[FootageMoment] = Field(default=[], max_length=9)
    alarm_id: Id | None = None


class IncidentWords(Body):
    text: Said


class CameraNamed(Body):
    """`number` is 0 for a camera that was removed since."""

    id: Id
    number: int
    name: str
    site: str


class Incident(Body):
    id: Id
    number: str
    kind: IncidentKind
    state: Literal["open", "closed"]
    title: str
    document: str
    unit: str
    opened_by: str
    opened_ms: int
    closed_ms: int | None


class IncidentPart(Body):
    """`locked`: nothing deletes it."""

    id: Id
    camera: CameraNamed
    from_ms: int
    to_ms: int
    locked: bool
    added_by: str
    added_ms: int


class IncidentPicture(Body):
    id: Id
    camera: CameraNamed
    capture_ms: int
    added_by: str
    added_ms: int


class DutyEntry(Body):
    """A line of the duty log."""

    id: Id
    at_ms: int
    by: str
    kind: EntryKind
    text: str
    incident_id: Id
    incident_number: str
    incident_title: str


class IncidentDetail(Incident):
    """`hidden`: how many stretches and pictures are of cameras that this person does not see."""

    parts: list[IncidentPart]
    pictures: list[IncidentPicture]
    entries: list[DutyEntry]
    hidden: int


class ChangedIncident(Body):
    """`sure_ms`: from when on nothing can delete the footage any more; later than `now_ms` only while a recorder does not answer.
    `pictures_failed`: how many pictures could not be had now."""

    incident: IncidentDetail
    sure_ms: int
    now_ms: int
    pictures_failed: int


def incident_body(shown: IncidentShown) -> Incident:
    row = shown.row
    return Incident(
        id=row.id,
        number=row.number,
        kind=IncidentKind(row.kind),
        state="open" if row.state == "open" else "closed",
        title=row.title,
        document=row.document,
        unit=shown.unit,
        opened_by=shown.opened_by,
        opened_ms=row.opened_ms,
        closed_ms=row.closed_ms,
    )


def detail_body(file: IncidentFile) -> IncidentDetail:
    return IncidentDetail(
        **incident_body(file.shown).model_dump(),
        parts=[_part_body(part) for part in file.parts],
        pictures=[_picture_body(picture) for picture in file.pictures],
        entries=[entry_body(entry) for entry in file.entries],
        hidden=file.hidden,
    )


def entry_body(entry: EntryShown) -> DutyEntry:
    return DutyEntry(
        id=entry.row.id,
        at_ms=entry.row.at_ms,
        by=entry.by,
        kind=EntryKind(entry.row.kind),
        text=entry.row.text,
        incident_id=entry.incident.id,
        incident_number=entry.incident.number,
        incident_title=entry.incident.title,
    )


def camera_named(camera: CameraShown) -> CameraNamed:
    return CameraNamed(id=camera.id, number=camera.number, name=camera.name, site=camera.site)


def _part_body(part: PartShown) -> IncidentPart:
    row = part.row
    return IncidentPart(
        id=row.id,
        camera=camera_named(part.camera),
        from_ms=row.from_ms,
        to_ms=row.to_ms,
        locked=part.locked,
        added_by=part.added_by,
        added_ms=row.added_ms,
    )


def _picture_body(picture: PictureShown) -> IncidentPicture:
    return IncidentPicture(
        id=picture.id,
        camera=camera_named(picture.camera),
        capture_ms=picture.capture_ms,
        added_by=picture.added_by,
        added_ms=picture.added_ms,
    )
