"""Who may call a simulated device: UsernameToken (WSS 1.0) and HTTP digest (RFC 7616), nonces, and a lock after wrong passwords.

Pure but for the clocks and the randomness that are passed in.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from enum import Enum
from typing import Final

from vms_onvif.simulate.device import User
from vms_onvif.simulate.soap import UsernameToken

REALM: Final = "Vong device"
WINDOW_S: Final = 5.0
MOST_WRONG: Final = 5
LOCKED_S: Final = 1800.0
_MOST_NONCES: Final = 4096
_MOST_ISSUED: Final = 64
_PARAMETER: Final = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')
_COUNT: Final = re.compile(r"[0-9a-fA-F]{8}")
_NEVER: Final = 1 << 32
"""more than any count: of a nonce that was never issued, or is forgotten"""
_ALGORITHMS: Final = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}


class Verdict(Enum):
    ADMITTED = "admitted"
    ABSENT = "absent"  # no login was given
    REFUSED = "refused"  # too old, replayed or malformed: says nothing about the password
    STALE = "stale"  # the same for a nonce of HTTP digest: with a fresh one it may pass
    WRONG = "wrong"
    LOCKED = "locked"


class Gate:
    """One device's users. `device_s` is UTC as the device believes it, in seconds; `monotonic_s` runs the lock.

    It remembers the newest 4,096 nonces of tokens and 64 of its own for HTTP digest, and forgets the oldest first.
    """

    def __init__(
        self,
        users: Iterable[User],
        device_s: Callable[[], float],
        monotonic_s: Callable[[], float],
        fresh: Callable[[], str],
    ) -> None:
        self._passwords = {user.name: user.password for user in users}
        self._device_s = device_s
        self._monotonic_s = monotonic_s
        self._fresh = fresh
        self._seen: OrderedDict[str, float] = OrderedDict()
        self._issued: OrderedDict[str, int] = OrderedDict()
        """nonces, and how often each was used"""
        self._wrong = 0
        self._locked_until_s = float("-inf")

    @property
    def locked(self) -> bool:
        return self._monotonic_s() < self._locked_until_s

    def unlock(self) -> None:
        self._wrong, self._locked_until_s = 0, float("-inf")

    def token(self, token: UsernameToken | None) -> Verdict:
        if token is None:
            return Verdict.ABSENT
        if self.locked:
            return Verdict.LOCKED
        try:
            nonce = base64.b64decode(token.nonce, validate=True)
        except (binascii.Error, ValueError):
            return Verdict.REFUSED
        created_s = _seconds(token.created)
        if not nonce or created_s is None or abs(created_s - self._device_s()) > WINDOW_S or token.nonce in self._seen:
            return Verdict.REFUSED
        self._remember(token.nonce, created_s)
        secret = self._passwords.get(token.username)
        wanted = hashlib.sha1(nonce + token.created.encode() + (secret or "").encode()).digest()  # noqa: S324 WSS 1.0
        given = token.digest.encode("utf-8", "replace")
        return self._judge(secret is not None and hmac.compare_digest(base64.b64encode(wanted), given))

    def challenges(self, *, stale: bool = False) -> tuple[tuple[str, str], ...]:
        """The WWW-Authenticate headers with a fresh nonce. MD5 comes last: simple clients keep the last one."""
        nonce = self._fresh()
        self._issued[nonce] = 0
        while len(self._issued) > _MOST_ISSUED:
            self._issued.popitem(last=False)
        tail = ", stale=true" if stale else ""
        return tuple(
            ("WWW-Authenticate", f'Digest realm="{REALM}", qop="auth", nonce="{nonce}", algorithm={name}{tail}')
            for name in _ALGORITHMS
        )

    def digest(self, method: str, target: str, given: str) -> Verdict:
        """Judge an Authorization header; empty when there was none."""
        kind, _, rest = given.partition(" ")
        if kind.lower() != "digest":
            return Verdict.ABSENT
        if self.locked:
            return Verdict.LOCKED
        fields = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(rest)}
        count = fields.get("nc", "")
        if fields.get("uri") != target or fields.get("qop") != "auth" or _COUNT.fullmatch(count) is None:
            return Verdict.REFUSED
        nonce = fields.get("nonce", "")
        if int(count, 16) <= self._issued.get(nonce, _NEVER):
            return Verdict.STALE
        hasher = _ALGORITHMS.get(fields.get("algorithm", "MD5").upper())
        if hasher is None:
            return Verdict.REFUSED
        username = fields.get("username", "").encode("latin-1", "replace").decode("utf-8", "replace")
        secret = self._passwords.get(username)

        def hashed(text: str) -> str:
            return hasher(text.encode()).hexdigest()

        counted = f"{nonce}:{count}:{fields.get('cnonce', '')}:auth"
        wanted = hashed(f"{hashed(f'{username}:{REALM}:{secret}')}:{counted}:{hashed(f'{method}:{target}')}")
        same = hmac.compare_digest(wanted.encode(), fields.get("response", "").encode())
        if secret is not None and same:
            self._issued[nonce] = int(count, 16)
        return self._judge(secret is not None and same)

    def _judge(self, right: bool) -> Verdict:  # noqa: FBT001 the one thing that it judges
        if right:
            self._wrong = 0
            return Verdict.ADMITTED
        self._wrong += 1
        if self._wrong >= MOST_WRONG:
            self._wrong, self._locked_until_s = 0, self._monotonic_s() + LOCKED_S
        return Verdict.WRONG

    def _remember(self, nonce: str, created_s: float) -> None:
        self._seen[nonce] = created_s
        while len(self._seen) > _MOST_NONCES or next(iter(self._seen.values())) < created_s - 2 * WINDOW_S:
            self._seen.popitem(last=False)


def _seconds(created: str) -> float | None:
    """ISO 8601 to seconds since 1970; a time without a zone is UTC."""
    try:
        at = datetime.fromisoformat(created)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
