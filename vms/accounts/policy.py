"""What a good password and a login are. Pure."""

import secrets
import string
import unicodedata
from collections import Counter
from collections.abc import Callable

from vms.accounts.faults import BadLogin, Weakness, WeakPassword
from vms.settings.model import AccountSettings

LONGEST_PASSWORD = 256
"""Long sentences fit; a megabyte that would keep argon2 busy does not."""
_LOGIN_EXTRA = frozenset("._-@")
# Without 0 O o 1 l I: a first password is read out or copied from paper.
_READABLE = "".join(sorted(set(string.ascii_letters + string.digits) - set("0Oo1lI")))
_GROUPS, _GROUP_LENGTH = 4, 5


def login_key(login: str) -> str:
    """The login as it is compared: NFKC, without case. Raises `BadLogin`."""
    key = unicodedata.normalize("NFKC", login).casefold().strip()
    if not 1 <= len(key) <= 64 or not all(character.isalnum() or character in _LOGIN_EXTRA for character in key):
        raise BadLogin
    return key


def check_password(password: str, login: str, settings: AccountSettings) -> None:
    """Raise `WeakPassword` for the first rule that `password` breaks."""
    if (weakness := _weakness(password, login, settings)) is not None:
        raise WeakPassword(weakness)


def _weakness(password: str, login: str, settings: AccountSettings) -> Weakness | None:
    folded, short_login = password.casefold(), login.casefold()
    if len(password) < settings.password_min_length:
        return Weakness.TOO_SHORT
    if len(password) > LONGEST_PASSWORD:
        return Weakness.TOO_LONG
    if len(short_login) >= 3 and (short_login in folded or short_login[::-1] in folded):
        return Weakness.CONTAINS_LOGIN
    if len(Counter(folded)) < 5:
        return Weakness.TOO_SIMPLE
    if _classes(password) < settings.password_min_classes:
        return Weakness.TOO_FEW_CLASSES
    return None


def _classes(password: str) -> int:
    tests: tuple[Callable[[str], bool], ...] = (str.islower, str.isupper, str.isdigit, _is_other)
    return sum(any(map(test, password)) for test in tests)


def _is_other(character: str) -> bool:
    return not (character.islower() or character.isupper() or character.isdigit())


def first_password(settings: AccountSettings) -> str:
    """A random password of 20 or more readable characters (≥ 116 bits) that satisfies every policy that can be set."""
    groups = max(_GROUPS, -(-settings.password_min_length // (_GROUP_LENGTH + 1)) + 1)
    while True:
        words = ("".join(secrets.choice(_READABLE) for _ in range(_GROUP_LENGTH)) for _ in range(groups))
        password = "-".join(words)
        if _classes(password) == 4:
            return password
