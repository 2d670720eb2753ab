"""What a device, or the network before it, can do to a call. Everything else that is raised is a bug of ours.

OnvifFault
└── SoapFault     the device answered with a SOAP fault; `kind` says what it means to us
"""

from enum import StrEnum


class FaultKind(StrEnum):
    UNREACHABLE = "unreachable"  # no connection, or it broke off, or no whole answer within the time-out
    AUTHENTICATION = "authentication"  # the login is missing or refused: never tried again
    LOCKED = "locked"  # the device says: too many wrong logins
    GARBAGE = "garbage"  # what came is not SOAP, or too large, too deep, or not what was asked for
    REFUSED = "refused"  # the device answered, and declines this one request
    UNSUPPORTED = "unsupported"  # the device has no such service or operation
    FULL = "full"  # no room for another subscription
    GONE = "gone"  # the subscription is not known any more


class OnvifFault(Exception):
    """`detail` may hold a device's own words, cut short; never a password."""

    def __init__(self, kind: FaultKind, detail: str = "") -> None:
        super().__init__(f"{kind.value}: {detail}")
        self.kind = kind
        self.detail = detail


class TimedOut(OnvifFault):
    def __init__(self) -> None:
        super().__init__(FaultKind.UNREACHABLE, "no answer in time")


class SoapFault(OnvifFault):
    """`subcodes` are local names from the outside to the inside, as `NotAuthorized`; `reason` is the device's text."""

    def __init__(self, kind: FaultKind, subcodes: tuple[str, ...], reason: str) -> None:
        super().__init__(kind, reason or "/".join(subcodes))
        self.subcodes = subcodes
        self.reason = reason
