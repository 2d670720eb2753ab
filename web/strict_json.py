"""What JSON must be beyond its grammar before anybody reads it: one value for a name, no numbers that are none, not too deep."""

import json
from typing import Any

from web.errors import ApiError
from web.wire import ErrorCode

LONGEST_NUMBER = 40


def check_json(body: bytes) -> None:
    """Raise `ApiError(bad_request)` for a body that two readers could read in two ways, or that only costs time."""
    try:
        json.loads(body, object_pairs_hook=_once, parse_int=_number, parse_float=_number, parse_constant=_refuse)
    except _Ambiguous as error:
        raise ApiError(ErrorCode.BAD_REQUEST, str(error)) from None
    except (ValueError, RecursionError):
        raise ApiError(ErrorCode.BAD_REQUEST, "json_invalid") from None


class _Ambiguous(Exception):
    pass


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise _Ambiguous("repeated_name")


def _number(text: str) -> None:
    if len(text) > LONGEST_NUMBER:
        raise _Ambiguous("long_number")


def _refuse(_text: str) -> None:
    raise _Ambiguous("not_a_number")
