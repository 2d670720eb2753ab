"""What can go wrong for a person at the door. No message holds a password, and none tells strangers which logins exist."""

from enum import StrEnum


class AccountFault(Exception):
    """Base of what is expected to happen."""


class WrongLogin(AccountFault):
    """Unknown login, wrong password, or a locked account with a wrong password: on purpose one and the same."""


class AccountLocked(AccountFault):
    """The password was right, but an administrator locked the account."""


class TooManyAttempts(AccountFault):
    """Too many wrong passwords; nothing was checked."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class Weakness(StrEnum):
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_FEW_CLASSES = "too_few_classes"
    CONTAINS_LOGIN = "contains_login"
    TOO_SIMPLE = "too_simple"
    SAME_AS_BEFORE = "same_as_before"
    USED_BEFORE = "used_before"


class WeakPassword(AccountFault):
    def __init__(self, weakness: Weakness) -> None:
        super().__init__(weakness.value)
        self.weakness = weakness


class WrongCode(AccountFault):
    """The code of the second factor is wrong, too old, or was used already."""


class NoEnrolment(AccountFault):
    """There is no second factor that could be confirmed or asked for."""


class WrongToken(AccountFault):
    """The one-time token of the first start is not this one, or was used."""


class SetUpAlready(AccountFault):
    """There is an account: the first start is over."""


class LoginTaken(AccountFault):
    pass


class BadLogin(AccountFault):
    """A login holds letters, digits and . _ - @ only."""


class NoSuchAccount(AccountFault):
    pass


class NotAllowed(AccountFault):
    """A grant that this person may not give."""


class DutiesClash(AccountFault):
    """The account holds a role that excludes the new one (`vms.access.duty`)."""

    def __init__(self, role: str, new: str) -> None:
        super().__init__(role, new)
        self.role = role
        self.new = new


class SecondPersonNeeded(AccountFault):
    """Whoever did one half of what opens an account does not do the other (`vms.accounts.two_persons`)."""


class BadPeriod(AccountFault):
    """A grant or rule that ends before it begins, or is over already."""


class SubjectTaken(AccountFault):
    """The identity provider's subject is bound to another account."""


class NoSuchSession(AccountFault):
    pass


class NoSuchGrant(AccountFault):
    pass


class NoSuchConsole(AccountFault):
    pass


class SsoOff(AccountFault):
    """No identity provider is set."""


class AttemptLost(AccountFault):
    """Whoever comes back from the identity provider did not leave from this browser, or left too long ago."""


class NotProvisioned(AccountFault):
    """No account is bound to this subject of the identity provider."""


class BadAddress(AccountFault):
    """Not an IP address."""
