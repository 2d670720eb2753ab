"""The organisation as files, and its reorganisation as one reviewed operation. Both are about the whole: for who reaches the root."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from vms.access import Action, UnitObject
from vms.organisation.editing import AnglePut, Close, Create, Edit, Move, PutCourtroom, PutSite, Rename
from vms.organisation.files import ImportRefused
from vms.reorganisation import NotProposed, OwnProposal, Proposal, StaleProposal
from web import wire
from web.camera_access import path_id
from web.context import Context
from web.errors import ApiError
from web.routing import Routes
from web.wire import (
    CloseUnit,
    CreateUnit,
    ErrorCode,
    FileProblem,
    MoveUnit,
    NewReorganisation,
    OrganisationChange,
    OrganisationFiles,
    RenameUnit,
    Reorganisation,
    ReorganisationCheck,
    ReorganisationEffect,
    UnitEdit,
)

routes = Routes()

LARGEST_FILES = 5 * 1024 * 1024


async def whole(ctx: Context[Any, Any]) -> UnitObject:
    """The root: whoever may do something there may do it everywhere."""
    root_id = await ctx.services.organisation.ensure_root()
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    return UnitObject(root_id, tree.path(root_id))


async def proposal_of_path(ctx: Context[Any, Any]) -> UnitObject | None:
    """`{proposal_id}`: it is about the whole, when it is there at all."""
    try:
        await ctx.services.reorganisations.get(path_id(ctx, "proposal_id"))
    except NotProposed:
        return None
    return await whole(ctx)


_PROPOSAL = "/api/reorganisations/{proposal_id}"
_DECIDING = MappingProxyType(
    {"action": Action.ORGANISATION_MANAGE, "object": proposal_of_path, "response": Reorganisation}
)
_CONFLICTS: Mapping[type[Exception], str] = MappingProxyType(
    {OwnProposal: "own", StaleProposal: "stale", NotProposed: "decided"}
)


@routes.get("/api/organisation/files", action=Action.ORGANISATION_READ, object=whole, response=OrganisationFiles)
async def read_organisation_files(ctx: Context) -> OrganisationFiles:
    return OrganisationFiles(files=await ctx.services.reorganisations.files())


@routes.get("/api/reorganisations", action=Action.ORGANISATION_MANAGE, object=whole, response=list[Reorganisation])
async def list_reorganisations(ctx: Context) -> list[Reorganisation]:
    return [_body(ctx, proposal) for proposal in await ctx.services.reorganisations.all()]


@routes.post(
    "/api/reorganisations",
    action=Action.ORGANISATION_MANAGE,
    object=whole,
    request=NewReorganisation,
    response=ReorganisationCheck,
    status=201,
    body_limit=LARGEST_FILES,
)
async def propose_reorganisation(ctx: Context[NewReorganisation]) -> ReorganisationCheck:
    """Tries the files (or the edits) and says what would change, and who would gain and lose what. Changes nothing."""
    body, who, reorganisations = ctx.body, ctx.person.account_id, ctx.services.reorganisations
    if bool(body.files) == bool(body.edits):
        raise ApiError(ErrorCode.BAD_REQUEST, "files_or_edits", "files")
    try:
        if body.edits:
            proposal = await reorganisations.propose_edits(who, body.note, [_edit(edit) for edit in body.edits])
        else:
            proposal = await reorganisations.propose(who, body.note, body.files)
    except ImportRefused as refused:
        problems = [
            FileProblem(file=problem.file, line=problem.line, code=problem.code, value=problem.value[:200])
            for problem in refused.problems
        ]
        return ReorganisationCheck(problems=problems, proposal=None)
    _tell(ctx, proposal)
    return ReorganisationCheck(problems=[], proposal=_body(ctx, proposal))


@routes.get(_PROPOSAL, **_DECIDING)
async def read_reorganisation(ctx: Context) -> Reorganisation:
    return _body(ctx, await ctx.services.reorganisations.get(path_id(ctx, "proposal_id")))


@routes.post(f"{_PROPOSAL}/apply", **_DECIDING)
async def apply_reorganisation(ctx: Context) -> Reorganisation:
    """`conflict` with `own` (somebody else must apply it), `stale` (propose it anew) or `decided`."""
    return await _decided(ctx, ctx.services.reorganisations.apply)


@routes.post(f"{_PROPOSAL}/reject", **_DECIDING)
async def reject_reorganisation(ctx: Context) -> Reorganisation:
    """`conflict` with `decided`."""
    return await _decided(ctx, ctx.services.reorganisations.reject)


async def _decided(ctx: Context, decide: Callable[[str, str], Awaitable[Proposal]]) -> Reorganisation:
    try:
        proposal = await decide(path_id(ctx, "proposal_id"), ctx.person.account_id)
    except (OwnProposal, StaleProposal, NotProposed) as error:
        raise ApiError(ErrorCode.CONFLICT, _CONFLICTS[type(error)]) from error
    _tell(ctx, proposal)
    return _body(ctx, proposal)


def _tell(ctx: Context[Any, Any], proposal: Proposal) -> None:
    """Which one, for the log: the object of every reorganisation is the whole."""
    ctx.facts.update(proposal_id=proposal.id, note=proposal.note)


def _edit(body: UnitEdit) -> Edit:
    match body:
        case RenameUnit():
            return Rename(body.key, body.name, body.name_en)
        case CreateUnit():
            return Create(body.key, body.kind, body.name, body.name_en, body.parent, body.day)
        case CloseUnit():
            return Close(body.key, body.successor, body.day)
        case MoveUnit():
            return Move(body.key, body.parent, body.day)
        case wire.PutSite():
            place = (_degrees(body.latitude), _degrees(body.longitude))
            facts = (body.key, body.name, body.name_en, body.unit, body.legacy_district)
            return PutSite(body.new, *facts, *place, body.owner, body.funding)
        case wire.PutCourtroom():
            angles = (
                AnglePut(one.kind, one.name, "" if one.number is None else str(one.number), one.channel, one.audio)
                for one in body.angles
            )
            return PutCourtroom(body.new, body.key, body.name, body.court, body.site, tuple(angles))


def _degrees(value: float | None) -> str:
    return "" if value is None else repr(value)


def _body(ctx: Context[Any, Any], proposal: Proposal) -> Reorganisation:
    report = proposal.report
    return Reorganisation(
        id=proposal.id,
        note=proposal.note,
        state=proposal.state,
        added=report["added"],
        changed=report["changed"],
        removed=report["removed"],
        effective_ms=report["effective_ms"],
        # Proposals of earlier versions did not tell them.
        changes=[OrganisationChange.model_validate(change) for change in report.get("changes", [])],
        effects=[ReorganisationEffect.model_validate(effect) for effect in report["effects"]],
        proposed_by=proposal.proposed_by_name,
        proposed_ms=proposal.proposed_ms,
        decided_by=proposal.decided_by_name,
        decided_ms=proposal.decided_ms,
        mine=proposal.proposed_by == ctx.person.account_id,
        stale=proposal.stale,
    )
