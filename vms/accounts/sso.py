"""Single sign-on: OpenID Connect, authorization code with PKCE (RFC 7636). Who somebody is comes from the provider; what they may, from us.

An account is found by the provider's subject, which an administrator bound to it beforehand; nothing is ever created by a sign-in. Roles
come from the token only for the values that the settings map, and end when the token brings them no more.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import Grant, Role, clash
from vms.accounts.door import Door
from vms.accounts.factors import Vault
from vms.accounts.faults import AccountLocked, AttemptLost, NotProvisioned, SsoOff, TooManyAttempts
from vms.accounts.grants import as_grant, grant_row, grants_of
from vms.accounts.limits import Counter
from vms.accounts.oidc_provider import CodeExchange, Provider
from vms.accounts.oidc_token import Expected, Identity, UnknownSigner, identity
from vms.accounts.sessions import OpenedSession, SessionRules, Visitor, open_session
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import Account, SsoIdentity, Unit
from vms.secrets import SealedForAnotherError, UnknownKeyError
from vms.settings.model import AccountSettings, OidcSettings

_log = structlog.get_logger(__name__)
CALLBACK = "/api/oidc/callback"
ATTEMPT_LASTS_S = 600
_CONTEXT = "oidc attempt"
_AT_ONCE = 4
_SOURCE = "oidc"


@dataclass(frozen=True, slots=True)
class StartedAttempt:
    """`sealed` goes into a cookie: whoever comes back with the code must be the browser that left."""

    url: str
    sealed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Returned:
    """What the browser brings back."""

    code: str = field(repr=False)
    state: str = field(repr=False)
    sealed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Attempt:
    state: str
    nonce: str
    verifier: str


class SingleSignOn:
    def __init__(
        self,
        db: Database,
        settings: AccountSettings,
        oidc: OidcSettings,
        clock: Clock,
        vault: Vault,
        *,
        door: Door,
    ) -> None:
        self._db = db
        self._settings = settings
        self._oidc = oidc
        self._clock = clock
        self._vault = vault
        self._door = door
        self._provider = Provider(oidc, clock)
        self._limit = Counter(settings.address_failures_before_pause, round(settings.pause_min * 60_000))
        self._slots = asyncio.Semaphore(_AT_ONCE)

    @property
    def name(self) -> str:
        """For the button; empty when there is none."""
        return self._oidc.name if self._oidc.issuer else ""

    async def start(self) -> StartedAttempt:
        """Raises `SsoOff`, `ProviderUnavailable`."""
        if not self._oidc.issuer:
            raise SsoOff
        endpoint = await self._provider.authorization_endpoint()
        attempt = _Attempt(*(secrets.token_urlsafe(32) for _ in range(3)))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).decode().rstrip("=")
        query = urlencode(
            {
                "response_type": "code",
                "client_id": self._oidc.client_id,
                "redirect_uri": self._redirect_uri,
                "scope": " ".join(dict.fromkeys(["openid", *self._oidc.scopes])),
                "state": attempt.state,
                "nonce": attempt.nonce,
                "code_challenge": challenge,
                "code_challenge_method": "S256",
            }
        )
        joint = "&" if urlsplit(endpoint).query else "?"
        return StartedAttempt(f"{endpoint}{joint}{query}", self._seal(attempt))

    async def finish(self, back: Returned, visitor: Visitor) -> OpenedSession:
        """Open a session for the account that is bound to whoever the provider says it is.

        Raises `SsoOff`, `AttemptLost` (not this browser, not this attempt, or too late), `NotProvisioned`, `AccountLocked`,
        `TooManyAttempts`, `ProviderUnavailable`, `CodeRefused`, `BadToken`.
        """
        if not self._oidc.issuer:
            raise SsoOff
        now_ms = self._clock()
        if (wait_ms := self._limit.paused_for_ms(visitor.address, now_ms)) > 0:
            raise TooManyAttempts(-(-wait_ms // 1000))
        self._limit.fail(visitor.address, now_ms)
        attempt = self._open(back)
        async with self._slots:
            who = await self._identify(attempt, back.code)
        opened = await self._sign_in(who, visitor)
        self._limit.take_back(visitor.address)
        await self._door.tell(opened.signed_in, visitor.address, "sign_in.sso")
        return opened

    async def _identify(self, attempt: _Attempt, code: str) -> Identity:
        token = await self._provider.id_token(CodeExchange(code, attempt.verifier, self._redirect_uri))
        expected = Expected(self._oidc.issuer, self._oidc.client_id, attempt.nonce)
        claim = self._oidc.roles_claim
        try:
            return identity(token, await self._provider.keys(), expected, claim, self._clock())
        except UnknownSigner:
            return identity(token, await self._provider.keys(anew=True), expected, claim, self._clock())

    async def _sign_in(self, who: Identity, visitor: Visitor) -> OpenedSession:
        now_ms = self._clock()
        bound = select(SsoIdentity.account_id).where(
            SsoIdentity.issuer == self._oidc.issuer, SsoIdentity.subject == who.subject
        )
        async with self._db.transaction() as session:
            account_id = (await session.exec(bound)).first()
            if account_id is None:
                _log.info("sso_not_provisioned", address=visitor.address)
                raise NotProvisioned
            account = await session.get_one(Account, account_id)
            if account.locked:
                raise AccountLocked
            await self._bring_roles(session, account_id, who.roles, now_ms)
            second = now_ms if who.amr & set(self._oidc.second_factor_amr) else None
            rules = SessionRules.of(self._settings, now_ms)
            return await open_session(session, account, visitor, rules, second_factor_ms=second, by_sso=True)

    async def _bring_roles(self, session: AsyncSession, account_id: str, values: frozenset[str], now_ms: int) -> None:
        """Give what the map makes of `values`, end what they made before."""
        if not self._oidc.role_map:
            return
        wanted = {(one.role, one.unit) for one in self._oidc.role_map if one.value in values}
        keys = select(Unit.key, Unit.id).where(col(Unit.key).in_({unit for _, unit in wanted}))
        units = dict((await session.exec(keys)).all())
        roles = {(role, units[unit]) for role, unit in wanted if unit in units}
        held = []
        for row in await grants_of(session, account_id):
            if row.source == _SOURCE and row.holds(now_ms) and (row.role, row.unit_id) not in roles:
                row.valid_to_ms = now_ms
                session.add(row)
            if row.holds(now_ms) and (grant := as_grant(row)) is not None:
                held.append(grant)
        for role, unit_id in sorted(roles - {(grant.role.value, grant.unit_id) for grant in held}):
            grant = Grant(Role(role), unit_id, now_ms)
            if clash(grant, held) is not None:
                _log.warning("sso_role_refused", account_id=account_id, role=role)
                continue
            held.append(grant)
            session.add(grant_row(account_id, grant, None, _SOURCE))
        await session.flush()

    @property
    def _redirect_uri(self) -> str:
        return self._oidc.public_url + CALLBACK

    def _seal(self, attempt: _Attempt) -> str:
        ends_ms = self._clock() + ATTEMPT_LASTS_S * 1000
        plain = json.dumps([attempt.state, attempt.nonce, attempt.verifier, ends_ms])
        return base64.urlsafe_b64encode(self._vault.seal(plain.encode(), _CONTEXT)).decode()

    def _open(self, back: Returned) -> _Attempt:
        try:
            plain = self._vault.open(base64.b64decode(back.sealed, altchars=b"-_", validate=True), _CONTEXT)
            state, nonce, verifier, ends_ms = json.loads(plain)
        except (SealedForAnotherError, UnknownKeyError, binascii.Error, ValueError, TypeError) as error:
            raise AttemptLost from error
        left_ms = ends_ms - self._clock()
        if not 0 < left_ms <= ATTEMPT_LASTS_S * 1000 or not hmac.compare_digest(state.encode(), back.state.encode()):
            raise AttemptLost
        return _Attempt(state, nonce, verifier)
