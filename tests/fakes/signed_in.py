"""People who are signed in, without the ceremony: each with a browser of their own."""

from collections.abc import Awaitable, Callable

from fakes.api_browser import Browser
from fakes.province import add_account
from vms.access import Role
from vms.accounts.sessions import SessionRules, Visitor, open_session
from vms.db.tables import Account
from web.services import Services

SignInAs = Callable[[Role, str], Awaitable[Browser]]


async def sign_in_as(control: Services, browser: Browser, role: Role, unit_id: str) -> Browser:
    """An account with this role in this unit, and its session in the browser's jar."""
    login = f"{role.value}.{unit_id}"
    account_id = await add_account(control.db, login, role.value, unit_id)
    return await sign_in_again(control, browser, account_id)


async def sign_in_again(control: Services, browser: Browser, account_id: str) -> Browser:
    """One more session of the account, in place of the one that the browser had."""
    async with control.db.transaction() as session:
        account = await session.get_one(Account, account_id)
        account.must_change_password = False
        session.add(account)
        times = SessionRules.of(control.settings.accounts, control.clock())
        opened = await open_session(session, account, Visitor("127.0.0.1"), times)
    browser.client.session.cookie_jar.update_cookies({"vong": opened.token}, browser.client.make_url("/"))
    browser.csrf = opened.signed_in.csrf
    return browser
