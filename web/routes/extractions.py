"""Extractions: asked for, decided by a second person, carried out, handed over by minutes, received."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from typing import Any

from aiohttp import web

from vms.access import Action, ExtractionObject, may, reach
from vms.db.tables import ExtractionRow
from vms.extraction.asking import BadRequest, HandOver, NewExtraction, WantedPart
from vms.extraction.manifest import BadManifest
from vms.extraction.states import PACKED, OwnRequest, State, WrongState
from vms.extraction.zipping import zipped
from vms.papers.handover import handover_document
from vms.recordings.locks import BadLock
from vms.recordings.spans import Span
from web.camera_access import path_id, sight
from web.context import Context
from web.errors import ApiError, not_found
from web.extraction_bodies import (
    DecisionNote,
    Extraction,
    ExtractionDetail,
    HandOverBody,
    NewExtractionBody,
    ReceiptBody,
    extraction_body,
    extraction_detail,
    region,
)
from web.extraction_papers import minutes_of, packed
from web.hearing_papers import letterhead
from web.objects import anything
from web.paper_answers import PDF, PaperQuery, pdf_answer
from web.recorded_access import check_past
from web.routing import Routes
from web.wire import Body, ErrorCode, Ms

routes = Routes()


class ExtractionQuery(Body):
    """`before_ms`: the page of those that were asked for earlier."""

    state: State | None = None
    before_ms: Ms | None = None


async def extraction_of_path(ctx: Context[Any, Any]) -> ExtractionObject | None:
    """`{extraction_id}`."""
    return await ctx.services.extractions.reader.object(path_id(ctx, "extraction_id"))


@routes.get(
    "/api/extractions",
    action=Action.EVIDENCE_REQUEST,
    object=anything,
    query=ExtractionQuery,
    response=list[Extraction],
)
async def list_extractions(ctx: Context[None, ExtractionQuery]) -> list[Extraction]:
    """The newest first, a hundred at a time."""
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    units = tree.subtree(reach(ctx.person, Action.EVIDENCE_REQUEST, ctx.at_ms).police)
    found = await ctx.services.extractions.reader.listed(units, state=ctx.query.state, before_ms=ctx.query.before_ms)
    return [extraction_body(one, ctx.person.account_id) for one in found]


@routes.post(
    "/api/extractions",
    action=Action.EVIDENCE_REQUEST,
    object=anything,
    request=NewExtractionBody,
    response=ExtractionDetail,
    status=201,
)
async def request_extraction(ctx: Context[NewExtractionBody]) -> ExtractionDetail:
    """Locks the footage; takes nothing out yet. Belongs to the unit of the first camera."""
    body = ctx.body
    for part in body.parts:
        await check_past(ctx, Action.EVIDENCE_REQUEST, part.camera_id, part.from_ms)
    if body.incident_id is not None:
        incident = await ctx.services.incidents.reader.object(body.incident_id)
        if incident is None or not ctx.may(Action.INCIDENT_WRITE, incident):
            raise not_found("incident_id")
    placed = await ctx.services.cameras.catalogue.camera(body.parts[0].camera_id)
    if placed is None:
        raise not_found("camera_id")
    parts = [
        WantedPart(one.camera_id, Span(one.from_ms, one.to_ms), tuple(map(region, one.regions))) for one in body.parts
    ]
    new = NewExtraction(
        placed.unit_id, body.asking_body, body.document, body.requester, body.purpose, parts, body.incident_id
    )
    try:
        row = await ctx.services.extractions.desk.ask(ctx.person.account_id, new)
    except (BadRequest, BadLock) as error:
        raise ApiError(ErrorCode.BAD_REQUEST, error.code, error.field) from error
    ctx.facts.update(
        document=row.document,
        purpose=row.purpose,
        parts=" ".join(f"{one.camera_id}:{one.from_ms}-{one.to_ms}" for one in body.parts),
    )
    return await _detail(ctx, row.id)


@routes.get(
    "/api/extractions/{extraction_id}",
    action=Action.EVIDENCE_REQUEST,
    object=extraction_of_path,
    response=ExtractionDetail,
)
async def read_extraction(ctx: Context) -> ExtractionDetail:
    return await _detail(ctx, ctx.param("extraction_id"))


@routes.post(
    "/api/extractions/{extraction_id}/approve",
    action=Action.EVIDENCE_APPROVE,
    object=extraction_of_path,
    request=DecisionNote,
    response=ExtractionDetail,
)
async def approve_extraction(ctx: Context[DecisionNote]) -> ExtractionDetail:
    """By somebody else than who asked, who may look at every camera of it that far back, now."""
    _check_second_factor(ctx)
    extraction_id = ctx.param("extraction_id")
    parts = await ctx.services.extractions.reader.camera_ids(extraction_id)
    row = await ctx.services.extractions.reader.row(extraction_id)
    asker = await ctx.services.cameras.people.person(row.requested_by)
    for camera_id, from_ms in parts:
        await check_past(ctx, Action.EVIDENCE_APPROVE, camera_id, from_ms)
        camera = await ctx.services.cameras.catalogue.object(camera_id)
        if camera is None or asker is None or not may(asker, Action.EVIDENCE_REQUEST, camera, ctx.at_ms):
            raise ApiError(ErrorCode.CONFLICT, "asker_lost_right")
    await _step(ctx.services.extractions.desk.approve(extraction_id, ctx.person.account_id, ctx.body.note))
    ctx.services.extractions.runner.nudge()
    return await _detail(ctx, extraction_id)


@routes.post(
    "/api/extractions/{extraction_id}/reject",
    action=Action.EVIDENCE_APPROVE,
    object=extraction_of_path,
    request=DecisionNote,
    response=ExtractionDetail,
)
async def reject_extraction(ctx: Context[DecisionNote]) -> ExtractionDetail:
    extraction_id = ctx.param("extraction_id")
    await _step(ctx.services.extractions.desk.reject(extraction_id, ctx.person.account_id, ctx.body.note))
    return await _detail(ctx, extraction_id)


@routes.post(
    "/api/extractions/{extraction_id}/cancel",
    action=Action.EVIDENCE_REQUEST,
    object=extraction_of_path,
    request=DecisionNote,
    response=ExtractionDetail,
)
async def cancel_extraction(ctx: Context[DecisionNote]) -> ExtractionDetail:
    """Until the package is ready. By who asked, or who may approve; what was made of it is removed, the footage stays locked."""
    extraction_id = ctx.param("extraction_id")
    row = await ctx.services.extractions.reader.row(extraction_id)
    if row.requested_by != ctx.person.account_id:
        _check_approver(ctx)
    await _step(ctx.services.extractions.desk.cancel(extraction_id, ctx.person.account_id, ctx.body.note))
    await ctx.services.extractions.runner.stop(extraction_id)
    return await _detail(ctx, extraction_id)


@routes.post(
    "/api/extractions/{extraction_id}/resume",
    action=Action.EVIDENCE_REQUEST,
    object=extraction_of_path,
    response=ExtractionDetail,
)
async def resume_extraction(ctx: Context) -> ExtractionDetail:
    """What stands still goes on from where it is."""
    extraction_id = ctx.param("extraction_id")
    await _step(ctx.services.extractions.desk.resume(extraction_id))
    ctx.services.extractions.runner.nudge()
    return await _detail(ctx, extraction_id)


@routes.get(
    "/api/extractions/{extraction_id}/package.zip",
    action=Action.EVIDENCE_REQUEST,
    object=extraction_of_path,
    produces="application/zip",
)
async def download_extraction(ctx: Context) -> web.Response:
    """For who asked, or who may approve; and only with every camera of it in sight, now."""
    _check_second_factor(ctx)
    row = await _packed_row(ctx)
    if row.requested_by != ctx.person.account_id:
        _check_approver(ctx)
    await _check_cameras(ctx)
    name = f"trich-xuat-{row.serial}-{row.year}"
    folder = ctx.services.extractions.runner.folder(row.id)
    ctx.facts.update(package=name, manifest=row.manifest_sha256)
    return web.Response(
        body=_pieces(zipped(folder, name)),
        headers={
            "Content-Type": "application/zip",
            "Content-Disposition": f'attachment; filename="{name}.zip"',
            "Cache-Control": "no-store",
        },
    )


@routes.post(
    "/api/extractions/{extraction_id}/hand-over",
    action=Action.EVIDENCE_APPROVE,
    object=extraction_of_path,
    request=HandOverBody,
    response=ExtractionDetail,
)
async def hand_over_extraction(ctx: Context[HandOverBody]) -> ExtractionDetail:
    """From now on there are minutes to print."""
    _check_second_factor(ctx)
    extraction_id, body = ctx.param("extraction_id"), ctx.body
    over = HandOver(body.recipient, body.office, body.medium, body.seal_number)
    await _step(ctx.services.extractions.desk.hand_over(extraction_id, ctx.person.account_id, over))
    ctx.facts.update(recipient=body.recipient, seal=body.seal_number)
    return await _detail(ctx, extraction_id)


@routes.get(
    "/api/extractions/{extraction_id}/minutes.pdf",
    action=Action.EVIDENCE_REQUEST,
    object=extraction_of_path,
    query=PaperQuery,
    produces=PDF,
)
async def print_hand_over(ctx: Context[None, PaperQuery]) -> web.Response:
    """The minutes of the hand-over, and of the receipt once there is one."""
    row = await _packed_row(ctx)
    if row.handed_ms is None:
        raise ApiError(ErrorCode.CONFLICT, "extraction_state")
    await _check_cameras(ctx)
    extractions = ctx.services.extractions
    file = await extractions.reader.file(row.id, await sight(ctx, Action.EVIDENCE_REQUEST))
    try:
        manifest = await asyncio.to_thread(packed, extractions.runner.folder(row.id), extractions.maker.certificate)
    except (OSError, BadManifest) as error:
        raise ApiError(ErrorCode.UNAVAILABLE, "package") from error
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    head = letterhead(tree, row.unit_id, row.handed_ms)
    document = handover_document(minutes_of(head, file.shown, manifest))
    return await pdf_answer(ctx, document, f"bien-ban-giao-nhan-{row.serial}-{row.year}", signed=ctx.query.signed)


@routes.post(
    "/api/extractions/{extraction_id}/receipt",
    action=Action.EVIDENCE_APPROVE,
    object=extraction_of_path,
    request=ReceiptBody,
    response=ExtractionDetail,
)
async def receive_extraction(ctx: Context[ReceiptBody]) -> ExtractionDetail:
    """The recipient has confirmed that it is there."""
    _check_second_factor(ctx)
    extraction_id, body = ctx.param("extraction_id"), ctx.body
    await _step(ctx.services.extractions.desk.receive(extraction_id, body.received_by, body.note))
    ctx.facts["received_by"] = body.received_by
    return await _detail(ctx, extraction_id)


async def _step(step: Awaitable[None]) -> None:
    try:
        await step
    except WrongState as error:
        raise ApiError(ErrorCode.CONFLICT, "extraction_state") from error
    except OwnRequest as error:
        raise ApiError(ErrorCode.CONFLICT, "own") from error
    except BadRequest as error:
        raise ApiError(ErrorCode.BAD_REQUEST, error.code, error.field) from error


async def _packed_row(ctx: Context[Any, Any]) -> ExtractionRow:
    row = await ctx.services.extractions.reader.row(ctx.param("extraction_id"))
    if State(row.state) not in PACKED:
        raise ApiError(ErrorCode.CONFLICT, "extraction_state")
    return row


async def _check_cameras(ctx: Context[Any, Any]) -> None:
    """Answer 404 unless every camera of it may still be asked for: one that became sensitive since closes the package, too."""
    wanted = {
        camera_id for camera_id, _ in await ctx.services.extractions.reader.camera_ids(ctx.param("extraction_id"))
    }
    objects = await ctx.services.cameras.catalogue.objects(list(wanted))
    # Of a camera that was removed since nothing stands against it but its unit, which is that of the extraction.
    if not all(ctx.may(Action.EVIDENCE_REQUEST, one) for one in objects.values()):
        raise not_found()


def _check_approver(ctx: Context[Any, Any]) -> None:
    assert isinstance(ctx.object, ExtractionObject), "the route says so"
    if not ctx.may(Action.EVIDENCE_APPROVE, ctx.object):
        raise ApiError(ErrorCode.FORBIDDEN)


def _check_second_factor(ctx: Context[Any, Any]) -> None:
    """What leaves the system takes a second factor of whoever lets it out, also in roles that need none to look."""
    if ctx.services.settings.accounts.totp_roles and not ctx.session.standing.code_given:
        raise ApiError(ErrorCode.FORBIDDEN, "second_factor")


async def _detail(ctx: Context[Any, Any], extraction_id: str) -> ExtractionDetail:
    file = await ctx.services.extractions.reader.file(extraction_id, await sight(ctx, Action.EVIDENCE_REQUEST))
    ctx.facts["extraction"] = file.shown.row.number
    return extraction_detail(file, ctx.person.account_id)


async def _pieces(blocking: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each piece read in a thread; files are closed when the reader has gone, too."""
    try:
        while (piece := await asyncio.to_thread(next, blocking, None)) is not None:
            yield piece
    except OSError:
        raise ConnectionResetError("the package is gone") from None
