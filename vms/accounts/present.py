"""Everybody who watches something, read in one go: which of their sessions run, and who they are now."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import Grant, Person
from vms.accounts.consoles import console_people
from vms.accounts.grants import as_grant
from vms.accounts.sessions import SessionRules
from vms.accounts.stream_logins import logins_still_there
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import Account, GrantRow, SessionRow
from vms.settings.model import AccountSettings


@dataclass(frozen=True, slots=True)
class Present:
    """`running`: ids of sessions, consoles and stream logins that have not ended. `people` by id, accounts and consoles."""

    running: frozenset[str]
    people: Mapping[str, Person]


class PresentPeople:
    def __init__(self, db: Database, settings: AccountSettings, clock: Clock) -> None:
        self._db = db
        self._settings = settings
        self._clock = clock

    async def of(self, sessions: Collection[str], accounts: Collection[str]) -> Present:
        """A handful of queries, however many there are. Nothing is touched: watching alone keeps no session alive."""
        now_ms = self._clock()
        rules = SessionRules.of(self._settings, now_ms)
        async with self._db.session() as session:
            consoles = await console_people(session, {*sessions, *accounts})
            logins = await logins_still_there(session, sessions, now_ms)
            running = await _running(session, sessions, rules)
            people = await _people(session, accounts)
        return Present(frozenset(consoles) | logins | running, {**people, **consoles})


async def _running(session: AsyncSession, sessions: Collection[str], rules: SessionRules) -> set[str]:
    query = select(SessionRow).join(Account, col(Account.id) == col(SessionRow.account_id))
    query = query.where(col(SessionRow.id).in_(sessions), col(Account.locked).is_(False))
    return {row.id for row in await session.exec(query) if not rules.ended(row)}


async def _people(session: AsyncSession, accounts: Collection[str]) -> dict[str, Person]:
    query = select(Account).where(col(Account.id).in_(accounts), col(Account.locked).is_(False))
    found = (await session.exec(query)).all()
    held: dict[str, list[GrantRow]] = {account.id: [] for account in found}
    for row in await session.exec(select(GrantRow).where(col(GrantRow.account_id).in_(list(held)))):
        held[row.account_id].append(row)
    return {account.id: Person(account.id, account.login, account.name, _grants(held[account.id])) for account in found}


def _grants(rows: Iterable[GrantRow]) -> tuple[Grant, ...]:
    return tuple(grant for row in rows if (grant := as_grant(row)) is not None)
