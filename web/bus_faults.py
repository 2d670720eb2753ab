"""What a worker's refusal is to a browser."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

from streams.types.bus import RefusalCode
from vms.cameras.ports import BusRefused, BusUnavailable
from web.errors import ApiError
from web.wire import ErrorCode

AnswerT = TypeVar("AnswerT")

_CODES: Mapping[RefusalCode, ErrorCode] = MappingProxyType(
    {
        RefusalCode.BAD_OFFER: ErrorCode.BAD_OFFER,
        RefusalCode.NO_STREAM: ErrorCode.NO_PICTURE,
        RefusalCode.NO_PICTURE: ErrorCode.NO_PICTURE,
        RefusalCode.NOT_FOUND: ErrorCode.NO_PICTURE,  # the worker has not heard of the camera yet
        RefusalCode.CLOSED: ErrorCode.HEARING_CLOSED,
        RefusalCode.CODEC: ErrorCode.CODEC,
        RefusalCode.FULL: ErrorCode.TOO_MANY,
    }
)
_RETRY_AFTER_S = 2


async def asked(ask: Callable[[], Awaitable[AnswerT]]) -> AnswerT:
    """The answer of the camera's owner. A camera that just moved to another worker is asked for once more. Raises `ApiError`."""
    try:
        try:
            return await ask()
        except BusRefused as refused:
            if refused.code is not RefusalCode.NOT_OWNER:
                raise
            return await ask()
    except BusRefused as refused:
        code = _CODES.get(refused.code, ErrorCode.UNAVAILABLE)
        raise ApiError(code, refused.code.value, retry_after_s=_retry_after_s(code)) from refused
    except BusUnavailable as error:
        raise ApiError(ErrorCode.UNAVAILABLE, "bus", retry_after_s=_RETRY_AFTER_S) from error


def _retry_after_s(code: ErrorCode) -> int | None:
    return _RETRY_AFTER_S if code in (ErrorCode.NO_PICTURE, ErrorCode.TOO_MANY, ErrorCode.UNAVAILABLE) else None
