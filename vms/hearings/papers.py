"""Numbers and names on papers: soft checks, initials, titles. Pure."""

import re
import unicodedata
from collections.abc import Collection

from vms.hearings.gate import Flag, sealed

CLOSED_TITLE = "Phiên kín"
_TYPE = "(HS|DS|HNGĐ|KDTM|LĐ|HC)"
_ACCEPTANCE = re.compile(rf"^\d{{1,4}}/20\d{{2}}/(TLST|TLPT|QĐXXST|QĐXXPT)-{_TYPE}$")
_JUDGMENT = re.compile(rf"^\d{{1,4}}/20\d{{2}}/{_TYPE}-(ST|PT)$")


def case_number(text: str) -> str:
    """As it is kept: NFC, without spaces around."""
    return unicodedata.normalize("NFC", text).strip()


def looks_like_a_case_number(text: str) -> bool:
    """Whether it has one of the usual forms. Another one is kept all the same, with a warning."""
    number = case_number(text)
    return bool(_ACCEPTANCE.match(number) or _JUDGMENT.match(number))


def initials(name: str) -> str:
    """ "Lò Văn Nam" → "L.V.N." """
    words = unicodedata.normalize("NFC", name).split()
    return "".join(f"{word[0].upper()}." for word in words)


def shown_name(name: str, flags: Collection[str]) -> str:
    """A party's name as it may stand anywhere: initials where a minor is concerned."""
    return initials(name) if Flag.MINOR in flags else unicodedata.normalize("NFC", name)


def shown_title(title: str, flags: Collection[str], *, court: bool, closed_now: bool = False) -> str:
    """What a list says: of a closed hearing, to others than the court, that it is closed and nothing else."""
    return title if court or not (sealed(flags) or closed_now) else CLOSED_TITLE
