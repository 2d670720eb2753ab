"""What zeep read, taken apart without trust: anything may be missing, and numbers may be words. Pure."""

import math
from typing import Any, Final

_LONGEST: Final = 4000
_MOST_ITEMS: Final = 512


def at(value: Any, *path: str) -> Any:
    """The value at the end of `path`, or None."""
    for name in path:
        value = None if value is None else getattr(value, name, None)
    return value


def text(value: Any, *path: str) -> str:
    found = at(value, *path)
    return found.strip()[:_LONGEST] if isinstance(found, str) else ""


def number(value: Any, *path: str) -> float:
    """A finite number that is not negative; 0 for anything else."""
    try:
        found = float(at(value, *path) or 0)
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return found if math.isfinite(found) and found >= 0 else 0.0


def items(value: Any) -> list[Any]:
    """zeep leaves a list away when it is empty, and unwraps an answer with a single element."""
    if value is None:
        return []
    return value[:_MOST_ITEMS] if isinstance(value, list) else [value]
