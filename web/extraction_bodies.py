"""Bodies of the extractions' part of the API (see `web.wire`), and how they are made from what the domain knows."""

from typing import Annotated

from pydantic import Field

from streams.types.extraction import Region
from vms.extraction.reading import ExtractionFile, ExtractionShown
from vms.extraction.states import State
from web.incident_bodies import CameraNamed, camera_named
from web.wire import Body, Id, Ms, Text

Line = Annotated[Text, Field(min_length=1, max_length=200)]
Long = Annotated[Text, Field(min_length=1, max_length=1000)]
Share = Annotated[float, Field(ge=0, le=1)]


class BlurredRegion(Body):
    """A rectangle as shares of the picture's width and height, from the upper left corner."""

    x: Share
    y: Share
    width: Annotated[float, Field(gt=0, le=1)]
    height: Annotated[float, Field(gt=0, le=1)]


class WantedFootage(Body):
    """`regions` are blurred on the copy, never on the original."""

    camera_id: Id
    from_ms: Ms
    to_ms: Ms
    regions: list[BlurredRegion] = Field(default=[], max_length=16)


class NewExtractionBody(Body):
    """`asking_body` asks by the paper `document`; `requester` is who brings it."""

    asking_body: Line
    document: Line
    requester: Line
    purpose: Long
    parts: list[WantedFootage] = Field(min_length=1, max_length=64)
    incident_id: Id | None = None


class DecisionNote(Body):
    note: Text = Field(default="", max_length=1000)


class HandOverBody(Body):
    """`medium`: on what it is handed over; `seal_number`: of the envelope that it is sealed in."""

    recipient: Line
    office: Line
    medium: Line
    seal_number: Line


class ReceiptBody(Body):
    received_by: Line
    note: Text = Field(default="", max_length=1000)


class Extraction(Body):
    """`fault`: why the job stands still. `mine`: asked for by who looks."""

    id: Id
    number: str
    state: State
    unit: str
    asking_body: str
    document: str
    requester: str
    purpose: str
    requested_by: str
    requested_ms: int
    decided_by: str
    decided_ms: int | None
    decision: str
    fault: str
    done_bytes: int
    total_bytes: int
    mine: bool


class ExtractionPart(Body):
    id: Id
    camera: CameraNamed
    from_ms: int
    to_ms: int
    regions: list[BlurredRegion]


class ExtractionDetail(Extraction):
    """`hidden`: how many stretches are of cameras that this person does not see."""

    incident_id: Id | None
    ready_ms: int | None
    manifest_sha256: str
    package_bytes: int
    seal_number: str
    recipient: str
    recipient_office: str
    medium: str
    handed_by: str
    handed_ms: int | None
    received_by: str
    received_ms: int | None
    receipt_note: str
    parts: list[ExtractionPart]
    hidden: int


def region(body: BlurredRegion) -> Region:
    return Region(x=body.x, y=body.y, width=body.width, height=body.height)


def extraction_body(shown: ExtractionShown, account_id: str) -> Extraction:
    row = shown.row
    return Extraction(
        id=row.id,
        number=row.number,
        state=State(row.state),
        unit=shown.unit,
        asking_body=row.asking_body,
        document=row.document,
        requester=row.requester,
        purpose=row.purpose,
        requested_by=shown.requested_by,
        requested_ms=row.requested_ms,
        decided_by=shown.decided_by,
        decided_ms=row.decided_ms,
        decision=row.decision,
        fault=row.fault,
        done_bytes=row.done_bytes,
        total_bytes=row.total_bytes,
        mine=row.requested_by == account_id,
    )


def extraction_detail(file: ExtractionFile, account_id: str) -> ExtractionDetail:
    row = file.shown.row
    return ExtractionDetail(
        **extraction_body(file.shown, account_id).model_dump(),
        incident_id=row.incident_id,
        ready_ms=row.ready_ms,
        manifest_sha256=row.manifest_sha256,
        package_bytes=row.package_bytes,
        seal_number=row.seal_number,
        recipient=row.recipient,
        recipient_office=row.recipient_office,
        medium=row.medium,
        handed_by=file.shown.handed_by,
        handed_ms=row.handed_ms,
        received_by=row.received_by,
        received_ms=row.received_ms,
        receipt_note=row.receipt_note,
        parts=[
            ExtractionPart(
                id=part.row.id,
                camera=camera_named(part.camera),
                from_ms=part.row.from_ms,
                to_ms=part.row.to_ms,
                regions=[BlurredRegion(x=one.x, y=one.y, width=one.width, height=one.height) for one in part.regions],
            )
            for part in file.parts
        ],
        hidden=file.hidden,
    )
