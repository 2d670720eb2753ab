"""What a handler gets: who asks, for what, with which body."""

from dataclasses import dataclass, field
from typing import Generic

from aiohttp import web
from typing_extensions import TypeVar

from vms.access import Action, Object, Person, may
from vms.accounts.sessions import SignedIn
from web.errors import ApiError
from web.services import Services
from web.wire import ErrorCode

BodyT = TypeVar("BodyT", default=None)
QueryT = TypeVar("QueryT", default=None)


@dataclass(frozen=True, slots=True)
class Context(Generic[BodyT, QueryT]):
    """One request. `Context[NewAccount]` for a route with that body, `Context[None, AlarmQuery]` for one with that query.

    `object` is what the route's `object=` loaded and `may` allowed; while it is being loaded it is None, and so is `body` when the
    path names the object. `at_ms` is the one moment at which everything about this request is decided.
    """

    http: web.Request
    services: Services
    at_ms: int
    signed_in: SignedIn | None
    body: BodyT
    query: QueryT
    object: Object | None
    body_limit: int
    facts: dict[str, str] = field(default_factory=dict)
    """What the journal should also know about this request; handlers add to it."""

    @property
    def session(self) -> SignedIn:
        """The session of the cookie. Only public routes can be without one."""
        if self.signed_in is None:
            raise ApiError(ErrorCode.NOT_SIGNED_IN)
        return self.signed_in

    @property
    def person(self) -> Person:
        return self.session.person

    def param(self, name: str) -> str:
        """A part of the path, by its name in the pattern."""
        return self.http.match_info[name]

    def may(self, action: Action, obj: Object) -> bool:
        """For a second object that the body names. Answer `not_found()` when it is not allowed."""
        return may(self.person, action, obj, self.at_ms)

    async def read(self) -> bytes:
        """The body of a route with `consumes`, as it came. Raises `ApiError(too_large)` beyond the route's limit."""
        return await read_bounded(self.http, self.body_limit)


async def read_bounded(request: web.Request, limit: int) -> bytes:
    """The whole body, or `ApiError(too_large)` as soon as it is longer than `limit` bytes."""
    if (request.content_length or 0) > limit:
        raise ApiError(ErrorCode.TOO_LARGE)
    body = bytearray()
    async for chunk in request.content.iter_chunked(65_536):
        body += chunk
        if len(body) > limit:
            raise ApiError(ErrorCode.TOO_LARGE)
    return bytes(body)
