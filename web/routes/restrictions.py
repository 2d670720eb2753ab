"""Sensitive cameras: who may see them although, or may not although the role says so."""

from typing import Any

from vms.access import Action, Role, UnitObject, reach
from vms.cameras.restricting import (
    BadRule,
    NoSuchRestriction,
    RestrictionView,
    Rule,
    TooManyRestrictions,
    Wanted,
)
from vms.db.tables import RestrictionRuleRow
from web.camera_access import path_id, sight
from web.context import Context
from web.errors import ApiError, not_found
from web.objects import anything
from web.routing import Routes
from web.wire import CameraChoice, ErrorCode, NewRestriction, Restriction, RestrictionRule

routes = Routes()


async def the_restriction(ctx: Context[Any, Any]) -> UnitObject | None:
    """`{restriction_id}`: what counts is the unit that it belongs to."""
    return await ctx.services.cameras.restricting.object(path_id(ctx, "restriction_id"))


@routes.get("/api/restrictions", action=Action.RESTRICTION_LIST, object=anything, response=list[Restriction])
async def list_restrictions(ctx: Context) -> list[Restriction]:
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    units = tree.subtree(reach(ctx.person, Action.RESTRICTION_LIST, ctx.at_ms).units)
    return [_restriction(view) for view in await ctx.services.cameras.restricting.listed(units)]


@routes.get("/api/restrictions/cameras", action=Action.RESTRICTION_LIST, object=anything, response=list[CameraChoice])
async def list_restrictable_cameras(ctx: Context) -> list[CameraChoice]:
    """Number and name only: whoever administers security sees no pictures."""
    cameras = await ctx.services.cameras.catalogue.cameras(await sight(ctx, Action.RESTRICTION_LIST))
    return [
        CameraChoice(id=one.camera.id, number=one.camera.number or 0, name=one.camera.name, site=one.site.name)
        for one in cameras
    ]


@routes.post(
    "/api/restrictions",
    action=Action.RESTRICTION_MANAGE,
    object=anything,
    request=NewRestriction,
    response=Restriction,
    status=201,
)
async def create_restriction(ctx: Context[NewRestriction]) -> Restriction:
    return await _save(ctx, None)


@routes.put(
    "/api/restrictions/{restriction_id}",
    action=Action.RESTRICTION_MANAGE,
    object=the_restriction,
    request=NewRestriction,
    response=Restriction,
)
async def change_restriction(ctx: Context[NewRestriction]) -> Restriction:
    return await _save(ctx, ctx.param("restriction_id"))


@routes.delete(
    "/api/restrictions/{restriction_id}", action=Action.RESTRICTION_MANAGE, object=the_restriction, status=204
)
async def lift_restriction(ctx: Context) -> None:
    try:
        await ctx.services.cameras.restricting.lift(ctx.person, ctx.param("restriction_id"))
    except NoSuchRestriction as error:
        raise not_found() from error


async def _save(ctx: Context[NewRestriction], restriction_id: str | None) -> Restriction:
    body = ctx.body
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    if not ctx.may(Action.RESTRICTION_MANAGE, UnitObject(body.unit_id, tree.path(body.unit_id))):
        raise not_found("unit_id")
    objects = await ctx.services.cameras.catalogue.objects(body.camera_ids)
    for camera_id in body.camera_ids:
        if camera_id not in objects or not ctx.may(Action.RESTRICTION_MANAGE, objects[camera_id]):
            raise not_found("camera_ids")
    rules = [_rule(ctx, number, rule) for number, rule in enumerate(body.rules)]
    wanted = Wanted(body.name, body.unit_id, body.sensitive, body.camera_ids, rules)
    try:
        view = await ctx.services.cameras.restricting.save(ctx.person, wanted, restriction_id)
    except BadRule as error:
        raise ApiError(ErrorCode.BAD_REQUEST, "bad_rule", error.field) from error
    except TooManyRestrictions as error:
        raise ApiError(ErrorCode.TOO_MANY, "restrictions") from error
    except NoSuchRestriction as error:
        raise not_found() from error
    ctx.facts.update(restriction_id=view.row.id, sensitive=str(view.row.sensitive).lower())
    return _restriction(view)


def _rule(ctx: Context[NewRestriction], number: int, rule: RestrictionRule) -> Rule:
    if (rule.account_id is None) == (rule.role is None):
        raise ApiError(ErrorCode.BAD_REQUEST, "account_or_role", f"rules.{number}")
    subject = rule.account_id or rule.role or ""
    if rule.account_id in set(Role) or (rule.role is not None and rule.role not in set(Role)):
        raise ApiError(ErrorCode.BAD_REQUEST, "bad_rule", f"rules.{number}")
    if rule.allow and subject in {ctx.person.account_id, *ctx.person.roles(ctx.at_ms)}:
        # Nobody opens a camera to themself.
        raise not_found(f"rules.{number}")
    return Rule(subject, rule.allow, rule.valid_from_ms, rule.valid_to_ms, rule.reason)


def _restriction(view: RestrictionView) -> Restriction:
    return Restriction(
        id=view.row.id,
        name=view.row.name,
        unit_id=view.row.unit_id,
        unit=view.unit,
        sensitive=view.row.sensitive,
        camera_ids=list(view.camera_ids),
        rules=[_rule_body(rule) for rule in view.rules],
    )


def _rule_body(row: RestrictionRuleRow) -> RestrictionRule:
    is_role = row.subject in set(Role)
    return RestrictionRule(
        account_id=None if is_role else row.subject,
        role=row.subject if is_role else None,
        allow=row.allow,
        valid_from_ms=row.valid_from_ms,
        valid_to_ms=row.valid_to_ms,
        reason=row.reason,
    )
