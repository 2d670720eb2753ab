"""A telephone with an authenticator, and the ceremony of enrolling it."""

from dataclasses import dataclass

import pyotp

from fakes.api_browser import Answer, Browser
from fakes.clock import FakeClock


@dataclass
class Authenticator:
    secret: str
    clock: FakeClock

    def code(self) -> str:
        """What it shows now."""
        return pyotp.TOTP(self.secret).at(self.clock.now_ms // 1000)

    def wrong_code(self) -> str:
        """Six digits that it shows neither now nor next to now."""
        near = {pyotp.TOTP(self.secret).at(self.clock.now_ms // 1000 + 30 * step) for step in range(-2, 3)}
        return next(code for code in (f"{number:06}" for number in range(1000)) if code not in near)


async def enrol(browser: Browser, clock: FakeClock, code: str = "") -> tuple[Authenticator, Answer]:
    """The telephone, and the answer to its first code."""
    begun = await browser.post("/api/session/totp/enrolment", {"code": code})
    assert begun.status == 200, begun.body
    telephone = Authenticator(begun.body["secret"], clock)
    return telephone, await browser.post("/api/session/totp/enrolment/confirm", {"code": telephone.code()})
