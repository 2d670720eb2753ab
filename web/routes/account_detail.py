"""One account more closely, for whoever administers it: roles over time, second factor, single sign-on."""

from types import MappingProxyType

from vms.access import Action
from vms.accounts.directory import HeldGrantView
from vms.accounts.grants import NewGrant
from web.camera_access import path_id
from web.context import Context
from web.errors import ApiError
from web.routes.accounts import account_body, the_account
from web.routing import Routes
from web.wire import AccountDetail, ErrorCode, HeldGrant, RoleGrant, SsoSubject

routes = Routes()

_PATH = "/api/accounts/{account_id}"
_ON_ACCOUNT = MappingProxyType({"object": the_account, "response": AccountDetail})
_AnyContext = Context[None] | Context[RoleGrant] | Context[SsoSubject]


@routes.get(_PATH, action=Action.ACCOUNT_LIST, **_ON_ACCOUNT)
async def read_account(ctx: Context) -> AccountDetail:
    return await _detail(ctx)


@routes.post(f"{_PATH}/grants", action=Action.ACCOUNT_GRANT, request=RoleGrant, status=201, **_ON_ACCOUNT)
async def give_role(ctx: Context[RoleGrant]) -> AccountDetail:
    body = ctx.body
    wanted = NewGrant(body.role, body.unit_id, body.valid_from_ms, body.valid_to_ms)
    await ctx.services.accounts.grants.give(ctx.person, _account_id(ctx), wanted)
    ctx.facts.update(role=body.role, unit_id=body.unit_id)
    return await _detail(ctx)


@routes.delete(f"{_PATH}/grants/{{grant_id}}", action=Action.ACCOUNT_GRANT, **_ON_ACCOUNT)
async def end_role(ctx: Context) -> AccountDetail:
    """What was given stays in the history; it ends now."""
    await ctx.services.accounts.grants.end(ctx.person, _account_id(ctx), path_id(ctx, "grant_id"))
    ctx.facts.update(grant_id=ctx.param("grant_id"))
    return await _detail(ctx)


@routes.post(f"{_PATH}/reset-totp", action=Action.ACCOUNT_MANAGE, **_ON_ACCOUNT)
async def reset_totp(ctx: Context) -> AccountDetail:
    await ctx.services.accounts.directory.reset_totp(ctx.person, _account_id(ctx))
    return await _detail(ctx)


@routes.put(f"{_PATH}/sso", action=Action.ACCOUNT_MANAGE, request=SsoSubject, **_ON_ACCOUNT)
async def bind_sso(ctx: Context[SsoSubject]) -> AccountDetail:
    issuer, subject = ctx.services.settings.oidc.issuer, ctx.body.subject.strip()
    if subject and not issuer:
        raise ApiError(ErrorCode.CONFLICT, "no_provider", "subject")
    await ctx.services.accounts.directory.set_sso(ctx.person, _account_id(ctx), issuer, subject)
    ctx.facts.update(subject=subject or "-")
    return await _detail(ctx)


def _account_id(ctx: _AnyContext) -> str:
    return path_id(ctx, "account_id")


async def _detail(ctx: _AnyContext) -> AccountDetail:
    detail = await ctx.services.accounts.directory.detail(_account_id(ctx))
    return AccountDetail(
        **account_body(detail.view).model_dump(),
        created_ms=detail.created_ms,
        password_set_ms=detail.password_set_ms,
        must_change_password=detail.must_change_password,
        totp=detail.totp,
        totp_required=detail.totp_required,
        sso_subject=detail.sso_subject,
        history=[_grant(grant) for grant in detail.history],
    )


def _grant(grant: HeldGrantView) -> HeldGrant:
    row = grant.row
    return HeldGrant(
        id=row.id,
        role=row.role,
        unit_id=row.unit_id,
        unit=grant.unit,
        valid_from_ms=row.valid_from_ms,
        valid_to_ms=row.valid_to_ms,
        holds=grant.holds,
        granted_by=grant.granted_by,
        source="oidc" if row.source == "oidc" else "",
    )
