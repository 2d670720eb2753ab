"""xs:duration and xs:dateTime as ONVIF requests use them. Pure."""

import re
from datetime import UTC, datetime
from typing import Final

_DURATION: Final = re.compile(
    r"P(?:(?P<d>\d{1,5})D)?(?:T(?:(?P<h>\d{1,5})H)?(?:(?P<m>\d{1,6})M)?(?:(?P<s>\d{1,8}(?:\.\d{1,9})?)S)?)?"
)
_WORTH_S: Final = {"d": 86_400, "h": 3600, "m": 60, "s": 1}


def seconds(text: str) -> float | None:
    """The length of a duration of days and less, in seconds; None for anything else."""
    matched = _DURATION.fullmatch(text)
    if matched is None or text[-1:] in {"P", "T"}:
        return None
    return sum(float(value) * _WORTH_S[unit] for unit, value in matched.groupdict().items() if value is not None)


def utc_s(text: str) -> float | None:
    """A point in time as seconds since 1970 (without a zone it is UTC); None for anything else."""
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
