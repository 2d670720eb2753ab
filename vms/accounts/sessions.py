"""Sessions: opened by a sign-in, found by the cookie's token, ended by idling, by age, by signing out or from outside."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field, replace

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import Grant, Person, Role
from vms.accounts.stages import Stage, Standing, expires_ms, needs_totp
from vms.db.tables import Account, GrantRow, SessionRow, TotpRow
from vms.settings.model import AccountSettings

_TOUCH_EVERY_MS = 60_000
_MOST_PER_ACCOUNT = 20
_CLOCK_SLACK_MS = 300_000
"""A clock that is set back by more ends the sessions that were used "in the future": else they would last that much longer."""
"""The oldest ends when one more begins: a script that signs in again and again must not fill the table."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A running session and whose it is. `csrf` follows from the cookie's token and is never stored."""

    session_id: str
    person: Person
    language: str
    standing: Standing
    stage: Stage
    csrf: str = field(repr=False)

    @property
    def must_change_password(self) -> bool:
        return self.stage is Stage.PASSWORD


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """`token` goes into the cookie and nowhere else."""

    token: str = field(repr=False)
    signed_in: SignedIn


@dataclass(frozen=True, slots=True)
class Visitor:
    """From where somebody comes, for limits and lists. `agent` is what the browser says about itself: never trusted."""

    address: str
    agent: str = ""


async def open_session(
    session: AsyncSession,
    account: Account,
    visitor: Visitor,
    rules: "SessionRules",
    *,
    second_factor_ms: int | None = None,
    by_sso: bool = False,
) -> OpenedSession:
    """Begin a session for an account whose password was checked (or who comes by single sign-on, and may have none).

    `second_factor_ms` when the second factor was checked, too.
    """
    token = secrets.token_urlsafe(32)
    row = SessionRow(
        token_hash=_hash(token),
        account_id=account.id,
        created_ms=rules.now_ms,
        touched_ms=rules.now_ms,
        expires_ms=rules.now_ms + rules.lasts_ms,
        address=visitor.address[:64],
        agent=clean_agent(visitor.agent),
        second_factor_ms=second_factor_ms,
        by_sso=by_sso or None,
    )
    await _make_room(session, account.id, rules)
    session.add(row)
    return OpenedSession(token, await _signed_in(session, row, account, token, rules))


def clean_agent(agent: str) -> str:
    """What a browser says about itself, short and printable: it goes into lists, and into a database that takes no NUL."""
    return "".join(character for character in agent[:200] if character.isprintable())


@dataclass(frozen=True, slots=True)
class SessionRules:
    """Now, how long a session may idle and last, and what it must have before it is open."""

    now_ms: int
    idle_ms: int
    lasts_ms: int
    password_days: int
    totp_roles: tuple[str, ...]

    @classmethod
    def of(cls, settings: AccountSettings, now_ms: int) -> "SessionRules":
        return cls(
            now_ms,
            round(settings.idle_timeout_min * 60_000),
            round(settings.session_hours * 3_600_000),
            settings.password_days,
            tuple(settings.totp_roles),
        )

    def ended(self, row: SessionRow) -> bool:
        idle_ms = self.now_ms - row.touched_ms
        return self.now_ms >= row.expires_ms or not -_CLOCK_SLACK_MS <= idle_ms < self.idle_ms

    def touch_due(self, row: SessionRow) -> bool:
        """At most once in a minute; more often when a session may idle for less than two."""
        return self.now_ms - row.touched_ms >= min(_TOUCH_EVERY_MS, self.idle_ms // 3)


async def find_session(session: AsyncSession, token: str, rules: SessionRules) -> tuple[SessionRow, SignedIn] | None:
    """The running session of this token, or None when it ended, never was, or the account is locked."""
    found = await session.exec(
        select(SessionRow, Account)
        .where(SessionRow.token_hash == _hash(token))
        .where(SessionRow.account_id == Account.id)
    )
    if (pair := found.first()) is None:
        return None
    row, account = pair
    if rules.ended(row) or account.locked:
        return None
    return row, await _signed_in(session, row, account, token, rules)


async def end_sessions(session: AsyncSession, account_id: str, *, but: str = "") -> None:
    """End all sessions of an account, except the one with the id `but`."""
    await session.exec(delete(SessionRow).where(col(SessionRow.account_id) == account_id, col(SessionRow.id) != but))


async def person_of(session: AsyncSession, account: Account) -> Person:
    rows = (await session.exec(select(GrantRow).where(GrantRow.account_id == account.id))).all()
    # A role that this version does not know (any more) grants nothing.
    grants = tuple(
        Grant(Role(row.role), row.unit_id, row.valid_from_ms, row.valid_to_ms) for row in rows if row.role in set(Role)
    )
    return Person(account.id, account.login, account.name, grants)


async def _signed_in(
    session: AsyncSession, row: SessionRow, account: Account, token: str, rules: SessionRules
) -> SignedIn:
    person = replace(await person_of(session, account), session_id=row.id)
    totp = await session.get(TotpRow, account.id)
    standing = Standing(
        has_totp=totp is not None and totp.confirmed_ms is not None,
        totp_required=needs_totp(person.roles(rules.now_ms), rules.totp_roles),
        code_given=row.second_factor_ms is not None,
        must_change_password=account.must_change_password and not row.by_sso,
        password_expires_ms=None if row.by_sso else expires_ms(account.password_set_ms, rules.password_days),
    )
    return SignedIn(row.id, person, account.language, standing, standing.stage(rules.now_ms), csrf_of(token))


async def _make_room(session: AsyncSession, account_id: str, rules: SessionRules) -> None:
    idle_since_ms = rules.now_ms - rules.idle_ms
    await session.exec(
        delete(SessionRow).where(
            (col(SessionRow.expires_ms) <= rules.now_ms) | (col(SessionRow.touched_ms) <= idle_since_ms)
        )
    )
    running = select(SessionRow.id).where(SessionRow.account_id == account_id)
    rows = (await session.exec(running.order_by(col(SessionRow.created_ms).desc()).offset(_MOST_PER_ACCOUNT - 1))).all()
    if rows:
        await session.exec(delete(SessionRow).where(col(SessionRow.id).in_(rows)))


def csrf_of(token: str) -> str:
    """What the page sends back as `X-CSRF-Token`: bound to the session, useless without its cookie."""
    digest = hmac.digest(token.encode(), b"vong csrf", hashlib.sha256)
    return digest.hex()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
