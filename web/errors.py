"""From what went wrong to what is answered: the only place that knows both. Answers never hold anything from inside."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import structlog
from aiohttp import web

from vms.accounts import faults
from vms.accounts.hashing import HashingBusy
from vms.db.engine import DatabaseUnavailableError
from vms.secrets import KeyringError, UnknownKeyError
from web.wire import Error, ErrorCode

_log = structlog.get_logger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

STATUS: Mapping[ErrorCode, int] = MappingProxyType(
    {
        ErrorCode.BAD_REQUEST: 400,
        ErrorCode.NOT_SIGNED_IN: 401,
        ErrorCode.WRONG_LOGIN: 401,
        ErrorCode.LOCKED: 403,
        ErrorCode.PASSWORD_EXPIRED: 403,
        ErrorCode.FORBIDDEN: 403,
        ErrorCode.NOT_FOUND: 404,
        ErrorCode.CONFLICT: 409,
        ErrorCode.TOO_LARGE: 413,
        ErrorCode.TOO_MANY: 429,
        ErrorCode.BAD_OFFER: 400,
        ErrorCode.NO_PICTURE: 503,
        ErrorCode.HEARING_CLOSED: 409,
        ErrorCode.CODEC: 409,
        ErrorCode.WEAK_PASSWORD: 400,
        ErrorCode.WRONG_TOKEN: 403,
        ErrorCode.CODE_NEEDED: 403,
        ErrorCode.ENROLMENT_NEEDED: 403,
        ErrorCode.WRONG_CODE: 403,
        ErrorCode.ADMINISTRATION_CLOSED: 403,
        ErrorCode.BEYOND_REACH: 403,
        ErrorCode.UNAVAILABLE: 503,
        ErrorCode.INTERNAL: 500,
    }
)


@dataclass
class ApiError(Exception):
    """What a handler raises to answer with an error. `detail` holds facts, never secrets; `field` the member of the body."""

    code: ErrorCode
    detail: str = ""
    field: str = ""
    retry_after_s: int | None = None
    status: int | None = None

    def __post_init__(self) -> None:
        super().__init__(self.code.value)


def not_found(field: str = "") -> ApiError:
    """The one answer for what is absent and for what is somebody else's; `field` when the body named it."""
    return ApiError(ErrorCode.NOT_FOUND, field=field)


_Mapped = Callable[[Exception], ApiError]


def _as(code: ErrorCode, detail: str = "", field: str = "", retry_after_s: int | None = None) -> _Mapped:
    return lambda _error: ApiError(code, detail, field, retry_after_s)


_FAULTS: Mapping[type[Exception], _Mapped] = MappingProxyType(
    {
        faults.WrongLogin: _as(ErrorCode.WRONG_LOGIN),
        faults.AccountLocked: _as(ErrorCode.LOCKED),
        faults.WrongToken: _as(ErrorCode.WRONG_TOKEN),
        faults.SetUpAlready: _as(ErrorCode.CONFLICT, "set_up_already"),
        faults.LoginTaken: _as(ErrorCode.CONFLICT, "login_taken", "login"),
        faults.BadLogin: _as(ErrorCode.BAD_REQUEST, "bad_login", "login"),
        faults.NoSuchAccount: _as(ErrorCode.NOT_FOUND),
        faults.NotAllowed: _as(ErrorCode.NOT_FOUND, field="grants"),
        faults.WrongCode: _as(ErrorCode.WRONG_CODE),
        faults.NoEnrolment: _as(ErrorCode.CONFLICT, "no_enrolment"),
        faults.SecondPersonNeeded: _as(ErrorCode.CONFLICT, "second_person"),
        faults.BadPeriod: _as(ErrorCode.BAD_REQUEST, "bad_period", "valid_to_ms"),
        faults.SubjectTaken: _as(ErrorCode.CONFLICT, "subject_taken", "subject"),
        faults.NoSuchSession: _as(ErrorCode.NOT_FOUND),
        faults.NoSuchGrant: _as(ErrorCode.NOT_FOUND),
        faults.NoSuchConsole: _as(ErrorCode.NOT_FOUND),
        faults.BadAddress: _as(ErrorCode.BAD_REQUEST, "bad_address", "address"),
        UnknownKeyError: _as(ErrorCode.UNAVAILABLE, "key"),
        KeyringError: _as(ErrorCode.UNAVAILABLE, "key"),
        HashingBusy: _as(ErrorCode.TOO_MANY, retry_after_s=5),
        DatabaseUnavailableError: _as(ErrorCode.UNAVAILABLE, "database", retry_after_s=5),
    }
)


def api_error(error: Exception) -> ApiError | None:
    """The answer to an expected fault, or None for a bug."""
    match error:
        case ApiError():
            return error
        case faults.WeakPassword(weakness=weakness):
            return ApiError(ErrorCode.WEAK_PASSWORD, weakness.value)
        case faults.DutiesClash(role=role, new=new):
            return ApiError(ErrorCode.CONFLICT, f"separation_of_duty:{role}:{new}", "role")
        case faults.TooManyAttempts(retry_after_s=retry_after_s):
            return ApiError(ErrorCode.TOO_MANY, retry_after_s=retry_after_s)
        case web.HTTPException():
            return _from_aiohttp(error)
    mapped = _FAULTS.get(type(error))
    return None if mapped is None else mapped(error)


def error_response(error: ApiError) -> web.Response:
    status = error.status or STATUS[error.code]
    body = Error(code=error.code, detail=error.detail, field=error.field).model_dump(mode="json")
    response = web.json_response(body, status=status, dumps=_dumps)
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


_GONE = 499
"""Never sent: how servers count a client that closed before its answer was there."""


@web.middleware
async def errors_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every request, whatever happens in its handler."""
    try:
        return await handler(request)
    except ConnectionError:
        if request.transport is not None and not request.transport.is_closing():
            raise
        # The browser went away in mid-answer: there is nobody to tell, and nothing to log as a fault of ours.
        return web.Response(status=_GONE)
    except Exception as error:  # noqa: BLE001 the boundary of one request: a bug in one must not take others along
        answer = api_error(error)
        if answer is None:
            _log.exception("request_failed", method=request.method, route=_route(request))
            answer = ApiError(ErrorCode.INTERNAL)
        return error_response(answer)


def _from_aiohttp(error: web.HTTPException) -> ApiError:
    match error.status:
        case 404:
            return not_found()
        case 405:
            return ApiError(ErrorCode.BAD_REQUEST, "method", status=405)
        case 413:
            return ApiError(ErrorCode.TOO_LARGE)
        case status if 400 <= status < 500:
            return ApiError(ErrorCode.BAD_REQUEST, status=status)
        case _:
            return ApiError(ErrorCode.INTERNAL)


def _route(request: web.Request) -> str:
    # The pattern, not the path: paths are written by strangers.
    resource = request.match_info.route.resource
    return "" if resource is None else resource.canonical


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
