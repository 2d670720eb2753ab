"""Wall consoles: set up by whoever commands the wall, enrolled once at their workstation, good for one wall and nothing else.

What was set up is a one-time token, shown once. The workstation at the set address exchanges it for a secret that only its browser's
cookie holds. Either of them from another address is refused and told to the journal. A console never times out; it is revoked.
"""

import hashlib
import ipaddress
import secrets
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import Actor, Deed, Grant, Journal, Person, Role, UnitObject
from vms.accounts.faults import BadAddress, NoSuchConsole, TooManyAttempts, WrongToken
from vms.accounts.limits import Counter
from vms.accounts.sessions import SignedIn, csrf_of
from vms.accounts.stages import Stage, Standing
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import Account, ConsoleRow
from vms.organisation.service import Organisation
from vms.settings.model import AccountSettings

_log = structlog.get_logger(__name__)
TOKEN_LASTS_MS = 24 * 3_600_000
_TOUCH_EVERY_MS = 60_000
_REPORT_EVERY_MS = 600_000
_MOST_REPORTED = 1_000
_NOTHING_WAITED_FOR = Standing(
    has_totp=False, totp_required=False, code_given=False, must_change_password=False, password_expires_ms=None
)


@dataclass(frozen=True, slots=True)
class NewConsole:
    name: str
    unit_id: str
    address: str
    size: int
    tiles: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class ConsoleView:
    row: ConsoleRow
    unit: str
    created_by: str
    state: Literal["waiting", "expired", "enrolled", "revoked"]


@dataclass(frozen=True, slots=True)
class CreatedConsole:
    console: ConsoleView
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EnrolledConsole:
    """`secret` goes into the cookie of the workstation and nowhere else."""

    secret: str = field(repr=False)
    signed_in: SignedIn


class Consoles:
    def __init__(
        self, db: Database, settings: AccountSettings, clock: Clock, organisation: Organisation, journal: Journal
    ) -> None:
        self._db = db
        self._clock = clock
        self._organisation = organisation
        self._journal = journal
        self._limit = Counter(settings.address_failures_before_pause, round(settings.pause_min * 60_000))
        self._reported: OrderedDict[tuple[str, str], int] = OrderedDict()

    async def listed(self, units: frozenset[str]) -> list[ConsoleView]:
        """The consoles of these units by name; those that were revoked, too."""
        query = select(ConsoleRow).where(col(ConsoleRow.unit_id).in_(units))
        async with self._db.session() as session:
            rows = (await session.exec(query.order_by(col(ConsoleRow.name), col(ConsoleRow.id)))).all()
            return await self._views(session, rows)

    async def object(self, console_id: str) -> UnitObject | None:
        """What rights are asked about: where the console belongs."""
        async with self._db.session() as session:
            row = await session.get(ConsoleRow, console_id)
        if row is None:
            return None
        return UnitObject(row.id, (await self._organisation.tree()).path(row.unit_id))

    async def create(self, by: Person, wanted: NewConsole) -> CreatedConsole:
        """Set a console up. Whoever calls has checked the right over the unit and each camera. Raises `BadAddress`."""
        token, now_ms = secrets.token_urlsafe(32), self._clock()
        row = ConsoleRow(
            name=wanted.name,
            unit_id=wanted.unit_id,
            address=plain_address(wanted.address),
            size=wanted.size,
            tiles=list(wanted.tiles),
            token_hash=_hash(token),
            token_expires_ms=now_ms + TOKEN_LASTS_MS,
            created_ms=now_ms,
            created_by=by.account_id,
        )
        async with self._db.transaction() as session:
            session.add(row)
            await session.flush()
            view = (await self._views(session, [row]))[0]
        return CreatedConsole(view, token)

    async def set_wall(self, console_id: str, size: int, tiles: Sequence[str | None]) -> ConsoleView:
        """Raises `NoSuchConsole`."""
        async with self._db.transaction() as session:
            row = await _get(session, console_id)
            row.size, row.tiles = size, list(tiles)
            session.add(row)
            return (await self._views(session, [row]))[0]

    async def revoke(self, console_id: str) -> ConsoleView:
        """For good: its workstation is set up anew. Raises `NoSuchConsole`."""
        async with self._db.transaction() as session:
            row = await _get(session, console_id)
            row.revoked_ms = row.revoked_ms or self._clock()
            row.secret_hash = None
            session.add(row)
            return (await self._views(session, [row]))[0]

    async def enrol(self, token: str, address: str) -> EnrolledConsole:
        """Exchange the token for the workstation's secret. Raises `WrongToken` whatever is wrong with it, `TooManyAttempts`."""
        now_ms, secret = self._clock(), secrets.token_urlsafe(32)
        if (wait_ms := self._limit.paused_for_ms(address, now_ms)) > 0:
            raise TooManyAttempts(-(-wait_ms // 1000))
        async with self._db.transaction() as session:
            row = (await session.exec(select(ConsoleRow).where(ConsoleRow.token_hash == _hash(token)))).first()
            good = row is not None and row.revoked_ms is None and row.enrolled_ms is None
            if row is not None and good and row.address == address and now_ms < row.token_expires_ms:
                row.secret_hash, row.enrolled_ms, row.seen_ms = _hash(secret), now_ms, now_ms
                session.add(row)
                return EnrolledConsole(secret, _signed_in(row, secret))
        self._limit.fail(address, now_ms)
        if row is not None:
            await self._report(row, address, "token")
        raise WrongToken

    async def session(self, secret: str, address: str) -> SignedIn | None:
        """The console of this cookie at this address; None when there is none, or not here."""
        now_ms = self._clock()
        async with self._db.session() as session:
            row = (await session.exec(select(ConsoleRow).where(ConsoleRow.secret_hash == _hash(secret)))).first()
        if row is None or row.revoked_ms is not None:
            return None
        if row.address != address:
            await self._report(row, address, "secret")
            return None
        if now_ms - (row.seen_ms or 0) >= _TOUCH_EVERY_MS:
            async with self._db.transaction() as session:
                fresh = await session.get(ConsoleRow, row.id)
                if fresh is not None:
                    fresh.seen_ms = now_ms
                    session.add(fresh)
        return _signed_in(row, secret)

    async def wall(self, console_id: str) -> ConsoleRow | None:
        async with self._db.session() as session:
            return await session.get(ConsoleRow, console_id)

    async def _report(self, row: ConsoleRow, address: str, what: str) -> None:
        """Once in a while for each place: whoever goes on trying fills no log."""
        key, now_ms = (row.id, address), self._clock()
        if 0 <= now_ms - self._reported.get(key, -_REPORT_EVERY_MS) < _REPORT_EVERY_MS:
            return
        self._reported[key] = now_ms
        self._reported.move_to_end(key)
        if len(self._reported) > _MOST_REPORTED:
            self._reported.popitem(last=False)
        _log.warning("console_misused", console_id=row.id, address=address, bound_to=row.address, what=what)
        facts = {"what": what, "bound_to": row.address}
        await self._journal.did(Deed(Actor(address), "console.misused", now_ms, "console", row.id, facts))

    async def _views(self, session: AsyncSession, rows: Sequence[ConsoleRow]) -> list[ConsoleView]:
        tree, now_ms = await self._organisation.tree(), self._clock()
        makers = select(Account.id, Account.name).where(col(Account.id).in_({row.created_by for row in rows}))
        names = dict((await session.exec(makers)).all())
        return [
            ConsoleView(
                row,
                tree.units[row.unit_id].name if row.unit_id in tree.units else "",
                names.get(row.created_by, ""),
                _state(row, now_ms),
            )
            for row in rows
        ]


def plain_address(text: str) -> str:
    """An IP address as we compare it: without a zone, an IPv4 address in IPv6 clothes as IPv4. Raises `BadAddress`."""
    try:
        address = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        raise BadAddress from None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


async def console_person(session: AsyncSession, console_id: str) -> Person | None:
    """A console that is in use, as one of whom rights are asked."""
    row = await session.get(ConsoleRow, console_id)
    return None if row is None or row.secret_hash is None else _person(row)


async def console_people(session: AsyncSession, console_ids: Collection[str]) -> dict[str, Person]:
    """Those of these consoles that are in use."""
    query = select(ConsoleRow).where(col(ConsoleRow.id).in_(console_ids), col(ConsoleRow.secret_hash).is_not(None))
    return {row.id: _person(row) for row in await session.exec(query)}


async def console_runs(session: AsyncSession, console_id: str) -> bool:
    return await console_person(session, console_id) is not None


def _person(row: ConsoleRow) -> Person:
    cameras = frozenset(tile for tile in row.tiles if tile is not None)
    return Person(row.id, "", row.name, (Grant(Role.WALL_CONSOLE, row.unit_id, 0),), cameras)


def _signed_in(row: ConsoleRow, secret: str) -> SignedIn:
    return SignedIn(row.id, _person(row), "vi", _NOTHING_WAITED_FOR, Stage.OPEN, csrf_of(secret))


def _state(row: ConsoleRow, now_ms: int) -> Literal["waiting", "expired", "enrolled", "revoked"]:
    if row.revoked_ms is not None:
        return "revoked"
    if row.enrolled_ms is not None:
        return "enrolled"
    return "waiting" if now_ms < row.token_expires_ms else "expired"


async def _get(session: AsyncSession, console_id: str) -> ConsoleRow:
    if (row := await session.get(ConsoleRow, console_id)) is None:
        raise NoSuchConsole
    return row


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
