"""The second factor of an account: enrolled, asked for, lost, taken away.

A code is good once: the step it belongs to is written down with a condition, so that of two requests with the same code one is refused,
whatever process they reach. Wrong codes are counted for each account; only who knows the password gets as far.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import update
from sqlmodel import col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import Actor, Deed, Journal
from vms.accounts import totp
from vms.accounts.faults import NoEnrolment, TooManyAttempts, WrongCode
from vms.accounts.limits import Counter
from vms.accounts.sessions import SignedIn, end_sessions
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import Account, RecoveryCode, SessionRow, TotpRow
from vms.secrets.rotation import Sealed
from vms.settings.model import AccountSettings


class Vault(Protocol):
    """Seals secrets so that each opens in its own context only (`vms.secrets.SecretBox`)."""

    def seal(self, plain: bytes, context: str) -> bytes: ...

    def open(self, sealed: bytes, context: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Shown once."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)
    qr_svg: str = field(repr=False)


class Factors:
    def __init__(self, db: Database, settings: AccountSettings, clock: Clock, vault: Vault, journal: Journal) -> None:
        self._db = db
        self._clock = clock
        self._vault = vault
        self._journal = journal
        self._limit = Counter(settings.failures_before_pause, round(settings.pause_min * 60_000))

    async def give_code(self, signed_in: SignedIn, code: str, address: str) -> None:
        """Take a code or recovery code for this session. Raises `WrongCode`, `NoEnrolment`, `TooManyAttempts`."""
        async with self._attempt(signed_in, address) as session:
            how = await self._take(session, signed_in.person.account_id, code)
            await _mark(session, signed_in.session_id, self._clock())
        await self._tell(signed_in, address, f"second_factor.{how}")

    async def begin(self, signed_in: SignedIn, code: str, address: str) -> Enrolment:
        """Make a secret that counts once `confirm` gets a code of it. With a second factor already, `code` must be good.

        Raises `WrongCode`, `TooManyAttempts`.
        """
        account_id = signed_in.person.account_id
        secret = totp.new_secret()
        async with self._attempt(signed_in, address) as session:
            row = await session.get(TotpRow, account_id)
            if row is None:
                row = TotpRow(account_id=account_id, sealed=b"")
            elif row.confirmed_ms is not None:
                await self._take(session, account_id, code)
                await session.refresh(row)
            row.pending = self._vault.seal(secret, _context(account_id))
            session.add(row)
        uri = totp.enrolment_uri(secret, signed_in.person.login)
        return Enrolment(totp.base32(secret), uri, totp.qr_svg(uri))

    async def confirm(self, signed_in: SignedIn, code: str, address: str) -> list[str]:
        """Take the new secret into use, end all other sessions, and return the recovery codes, which are kept nowhere.

        Raises `WrongCode`, `NoEnrolment`, `TooManyAttempts`.
        """
        account_id, now_ms = signed_in.person.account_id, self._clock()
        codes = [totp.new_recovery_code() for _ in range(totp.RECOVERY_CODES)]
        async with self._attempt(signed_in, address) as session:
            row = await session.get(TotpRow, account_id)
            if row is None or row.pending is None:
                raise NoEnrolment
            step = totp.matching_step(self._vault.open(row.pending, _context(account_id)), code, now_ms, 0)
            if step is None:
                raise WrongCode
            row.sealed, row.pending, row.confirmed_ms, row.last_step = row.pending, None, now_ms, step
            session.add(row)
            (await session.get_one(Account, account_id)).totp_taken_by = None
            await session.exec(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id))
            session.add_all(RecoveryCode(account_id=account_id, code_hash=totp.recovery_hash(one)) for one in codes)
            await end_sessions(session, account_id, but=signed_in.session_id)
            await _mark(session, signed_in.session_id, now_ms)
        await self._tell(signed_in, address, "second_factor.enrolled")
        return codes

    @asynccontextmanager
    async def _attempt(self, signed_in: SignedIn, address: str) -> AsyncIterator[AsyncSession]:
        """A transaction that counts as a wrong code until it ends well: a hundred guesses at once are a hundred guesses."""
        key, now_ms = signed_in.person.account_id, self._clock()
        if (wait_ms := self._limit.paused_for_ms(key, now_ms)) > 0:
            raise TooManyAttempts(-(-wait_ms // 1000))
        self._limit.fail(key, now_ms)
        try:
            async with self._db.transaction() as session:
                yield session
        except WrongCode:
            await self._tell(signed_in, address, "second_factor.refused")
            raise
        except BaseException:
            self._limit.take_back(key)
            raise
        self._limit.forget(key)

    async def _take(self, session: AsyncSession, account_id: str, code: str) -> str:
        row = await session.get(TotpRow, account_id)
        if row is None or row.confirmed_ms is None:
            raise NoEnrolment
        if totp.looks_like_recovery(code):
            used = await session.exec(
                delete(RecoveryCode).where(
                    col(RecoveryCode.account_id) == account_id,
                    col(RecoveryCode.code_hash) == totp.recovery_hash(code),
                )
            )
            if used.rowcount != 1:
                raise WrongCode
            return "recovery_code_used"
        secret = self._vault.open(row.sealed, _context(account_id))
        step = totp.matching_step(secret, code, self._clock(), row.last_step)
        if step is None:
            raise WrongCode
        taken = await session.exec(
            update(TotpRow)
            .where(col(TotpRow.account_id) == account_id, col(TotpRow.last_step) < step)
            .values(last_step=step)
        )
        if taken.rowcount != 1:
            raise WrongCode
        return "given"

    async def _tell(self, signed_in: SignedIn, address: str, action: str) -> None:
        person = signed_in.person
        actor = Actor(address, person.account_id, person.name, session_id=signed_in.session_id)
        await self._journal.did(Deed(actor, action, self._clock(), "account", person.account_id))


def _context(account_id: str) -> str:
    return f"totp {account_id}"


SEALED = tuple(Sealed(TotpRow, column, lambda row: _context(row.account_id)) for column in ("sealed", "pending"))


async def remove_totp(session: AsyncSession, account_id: str) -> None:
    """As if there had never been a second factor."""
    await session.exec(delete(TotpRow).where(col(TotpRow.account_id) == account_id))
    await session.exec(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id))


async def _mark(session: AsyncSession, session_id: str, now_ms: int) -> None:
    row = await session.get(SessionRow, session_id)
    if row is not None:
        row.second_factor_ms = now_ms
        session.add(row)
