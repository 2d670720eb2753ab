"""ONVIF scopes (Core, 7.3.2.2): `onvif://www.onvif.org/name/C%E1%BB%95ng`. Pure."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote

ROOT: Final = "onvif://www.onvif.org/"
_LONGEST: Final = 600


def scope_value(scopes: Iterable[str], kind: str) -> str:
    """The first value of `kind` (name, hardware, location, ...), decoded and cut to 600 characters; hostile text."""
    prefix = f"{ROOT}{kind}/".lower()
    for scope in scopes:
        if scope[: len(prefix)].lower() == prefix:
            return unquote(scope[len(prefix) :][: 9 * _LONGEST], errors="replace")[:_LONGEST].strip()
    return ""
