"""Accounts, for whoever administers them."""

from typing import Any

from vms.access import PEOPLES_ROLES, AccountObject, Action, Role
from vms.accounts import directory
from vms.accounts.directory import AccountView, HeldRole
from web.camera_access import path_id
from web.context import Context
from web.objects import anything
from web.routing import Routes
from web.wire import Account, CreatedAccount, NewAccount, RoleGrant

routes = Routes()


async def the_account(ctx: Context[Any, Any]) -> AccountObject | None:
    return await ctx.services.accounts.directory.object(path_id(ctx, "account_id"))


@routes.get("/api/accounts", action=Action.ACCOUNT_LIST, object=anything, response=list[Account])
async def list_accounts(ctx: Context) -> list[Account]:
    return [account_body(view) for view in await ctx.services.accounts.directory.listed(ctx.person)]


@routes.post(
    "/api/accounts",
    action=Action.ACCOUNT_MANAGE,
    object=anything,
    request=NewAccount,
    response=CreatedAccount,
    status=201,
)
async def create_account(ctx: Context[NewAccount]) -> CreatedAccount:
    roles = [
        HeldRole(grant.role, grant.unit_id, "", grant.valid_from_ms, grant.valid_to_ms) for grant in ctx.body.grants
    ]
    created = await ctx.services.accounts.directory.create(ctx.person, ctx.body.login, ctx.body.name, roles)
    given = ", ".join(sorted({grant.role for grant in ctx.body.grants}))
    ctx.facts.update(account_id=created.account.id, login=created.account.login, roles=given)
    return _created(created)


@routes.post("/api/accounts/{account_id}/lock", action=Action.ACCOUNT_MANAGE, object=the_account, response=Account)
async def lock_account(ctx: Context) -> Account:
    return account_body(
        await ctx.services.accounts.directory.set_locked(ctx.person, ctx.param("account_id"), locked=True)
    )


@routes.post("/api/accounts/{account_id}/unlock", action=Action.ACCOUNT_MANAGE, object=the_account, response=Account)
async def unlock_account(ctx: Context) -> Account:
    return account_body(
        await ctx.services.accounts.directory.set_locked(ctx.person, ctx.param("account_id"), locked=False)
    )


@routes.post(
    "/api/accounts/{account_id}/reset-password",
    action=Action.ACCOUNT_MANAGE,
    object=the_account,
    response=CreatedAccount,
)
async def reset_password(ctx: Context) -> CreatedAccount:
    return _created(await ctx.services.accounts.directory.reset_password(ctx.person, ctx.param("account_id")))


@routes.get("/api/roles", action=Action.ACCOUNT_LIST, object=anything, response=list[str])
async def list_roles(_ctx: Context) -> list[str]:
    """Those that people can be given."""
    return [role for role in Role if role in PEOPLES_ROLES]


def account_body(view: AccountView) -> Account:
    grants = [
        RoleGrant(
            role=held.role,
            unit_id=held.unit_id,
            unit=held.unit,
            valid_from_ms=held.valid_from_ms,
            valid_to_ms=held.valid_to_ms,
        )
        for held in view.grants
    ]
    return Account(id=view.id, login=view.login, name=view.name, locked=view.locked, grants=grants)


def _created(created: directory.CreatedAccount) -> CreatedAccount:
    return CreatedAccount(account=account_body(created.account), first_password=created.first_password)
