"""One device over HTTP: one connection, one login, deadlines, and at most one try with a login that the device refuses.

Lives in one event loop. Follows no redirect, uses no proxy, keeps no cookie, and reads no more of an answer than `hostile_xml` takes.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from secrets import token_bytes
from typing import Final

import aiohttp
from lxml import etree
from yarl import URL

from vms_onvif.faults import FaultKind, OnvifFault, TimedOut
from vms_onvif.hostile_xml import MOST_BYTES
from vms_onvif.login import Digest, Login, add_token, strongest
from vms_onvif.origin import Origin
from vms_onvif.replies import Answer, HttpReply, read_reply

CONNECT_TIMEOUT_S: Final = 5.0
OPERATION_TIMEOUT_S: Final = 10.0
_LOGIN_FAULTS: Final = (FaultKind.AUTHENTICATION, FaultKind.LOCKED)


class Link:
    """Exchanges SOAP envelopes with the device at `origin`. `utc_s` is our clock, UTC in seconds."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        origin: Origin,
        login: Login,
        *,
        utc_s: Callable[[], float] = time.time,
        timeout_s: float = OPERATION_TIMEOUT_S,
    ) -> None:
        self.origin = origin
        self.timeout_s = timeout_s
        self.utc_s = utc_s
        self.clock_offset_s = 0.0
        """Device clock minus ours, once somebody has asked the device: what tokens are signed with (quirk 1)."""
        self.date_offset_s: float | None = None
        """The same by the device's newest Date header, for devices that tell their time in no other way (quirk 2)."""
        self._http = http
        self._login = login
        self._digest: Digest | None = None
        self._token = False
        self._admitted = False
        self._refused: OnvifFault | None = None
        self._answered = False
        self._closed = False

    def close(self) -> None:
        """Refuse further exchanges: whoever asked has gone."""
        self._closed = True

    async def exchange(
        self,
        path: str,
        envelope: etree._Element,
        content_type: str,
        *,
        secured: bool = True,
        timeout_s: float | None = None,
    ) -> Answer:
        """Post `envelope`, with our login if the device wants one and `secured` allows it. Raises `OnvifFault`.

        `timeout_s` is for each of the at most three posts that this takes.
        """
        if secured and self._refused is not None:
            raise self._refused
        post = _Post(path, envelope, content_type, timeout_s or self.timeout_s)
        with_login = secured and (self._digest is not None or self._token)
        reply = await self._post(post, with_login=with_login)
        try:
            return read_reply(reply)
        except OnvifFault as fault:
            if not (secured and self._asks_for_login(fault) and self._may_try(reply, with_login=with_login)):
                self._note(fault, with_login=with_login)
                raise
        try:
            answer = read_reply(await self._post(post, with_login=True))
        except OnvifFault as fault:
            self._note(fault, with_login=True)
            raise
        self._admitted = True
        return answer

    async def post(self, path: str, envelope: etree._Element, content_type: str) -> HttpReply:
        """Post `envelope` without a login, and judge nothing. Raises `OnvifFault` when no HTTP answer comes."""
        return await self._post(_Post(path, envelope, content_type, self.timeout_s), with_login=False)

    def _asks_for_login(self, fault: OnvifFault) -> bool:
        """Some devices only say that the request is bad when it carries no login."""
        untried = self._digest is None and not self._token
        return fault.kind is FaultKind.AUTHENTICATION or (fault.kind is FaultKind.REFUSED and untried)

    def _may_try(self, reply: HttpReply, *, with_login: bool) -> bool:
        """Whether it makes sense to send our login now, and how: the way the device asks for."""
        if not self._login.username:
            return False
        challenge = strongest(reply.challenges)
        if with_login:
            # A login that was taken before is right: only its nonce has become old. Else the device has to say so itself.
            fresh = (
                challenge is not None and self._digest is not None and challenge.nonce != self._digest.challenge.nonce
            )
            if challenge is None or not fresh or not (challenge.stale or self._admitted):
                return False
        if not self._login.username.isprintable():
            raise OnvifFault(FaultKind.AUTHENTICATION, "no protocol carries a user name like this")
        self._digest = Digest(challenge, self._login) if challenge is not None else None
        self._token = challenge is None
        return True

    def _note(self, fault: OnvifFault, *, with_login: bool) -> None:
        """Remember a refused login. One that was taken before lacks a right for this request only."""
        if with_login and fault.kind in _LOGIN_FAULTS and not self._admitted:
            self._refused = fault

    async def _post(self, post: "_Post", *, with_login: bool) -> HttpReply:
        headers = {"Content-Type": post.content_type, "Accept-Encoding": "identity"}
        if with_login and self._digest is not None:
            headers["Authorization"] = self._digest.header("POST", post.path)
        elif with_login:
            add_token(post.envelope, self._login, self.utc_s() + self.clock_offset_s, token_bytes(16))
        body = etree.tostring(post.envelope, encoding="UTF-8", xml_declaration=True)
        if self._closed:
            raise OnvifFault(FaultKind.UNREACHABLE, "nobody waits for the answer any more")
        try:
            async with asyncio.timeout(post.timeout_s):
                reply = await self._post_again_when_closed(post, headers, body)
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientResponseError, aiohttp.TooManyRedirects, aiohttp.InvalidURL) as error:
            raise OnvifFault(FaultKind.GARBAGE, "the answer is no HTTP") from error
        except (aiohttp.ClientError, OSError) as error:
            raise OnvifFault(FaultKind.UNREACHABLE, type(error).__name__) from error
        if with_login and reply.status == 200:
            self._admitted = True
        self.date_offset_s = None if reply.date_s is None else reply.date_s - self.utc_s()
        return reply

    async def _post_again_when_closed(self, post: "_Post", headers: dict[str, str], body: bytes) -> HttpReply:
        """Devices close idle connections without a word (quirk 14): the next request finds out, and is sent once more."""
        try:
            reply = await self._post_once(post, headers, body)
        except aiohttp.ClientConnectorError:
            raise
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
            if not self._answered:
                raise
            reply = await self._post_once(post, headers, body)
        self._answered = True
        return reply

    async def _post_once(self, post: "_Post", headers: dict[str, str], body: bytes) -> HttpReply:
        url = URL(self.origin.url(post.path), encoded=True)
        async with self._http.post(url, data=body, headers=headers, allow_redirects=False) as response:
            parts: list[bytes] = []
            size = 0
            async for part in response.content.iter_any():
                size += len(part)
                if size > MOST_BYTES:
                    response.close()
                    raise OnvifFault(FaultKind.GARBAGE, "the answer is too large")
                parts.append(part)
            challenges = response.headers.getall("WWW-Authenticate", [])
            return HttpReply(response.status, b"".join(parts), challenges, _date_s(response.headers.get("Date", "")))


class _Post:
    __slots__ = ("content_type", "envelope", "path", "timeout_s")

    def __init__(self, path: str, envelope: etree._Element, content_type: str, timeout_s: float) -> None:
        self.path = path
        self.envelope = envelope
        self.content_type = content_type
        self.timeout_s = timeout_s


@asynccontextmanager
async def http_session(
    connections: int = 1, *, connect_timeout_s: float = CONNECT_TIMEOUT_S
) -> AsyncIterator[aiohttp.ClientSession]:
    """A session as devices deserve it. Their certificates are signed by nobody whom we know; logins go as digests only."""
    connector = aiohttp.TCPConnector(limit=connections, ssl=False, ttl_dns_cache=10)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=connect_timeout_s)
    async with aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        headers={"User-Agent": "Vong"},
    ) as session:
        yield session


def _date_s(header: str) -> float | None:
    try:
        return parsedate_to_datetime(header).timestamp() if header else None
    except (ValueError, TypeError, OverflowError):
        return None
