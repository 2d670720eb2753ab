"""Every screen there is, who opens it and how: what `tests/e2e/screenshots.py` takes pictures of. It refuses while a page has no screen
here.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Page

from vms.cli.rehearsal.people import (
    ADMINISTRATOR,
    CLERK,
    DUTY_COMMANDER,
    DUTY_OFFICER,
    JUDGE,
    TECHNICIAN,
)

OBSERVER = "kiemsat"
AUDITOR = "giamsat"
Act = Callable[[Page], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Screen:
    """`path` as in `routes.ts`; `:id` is filled in with the object called `of`. `sees`: what must be there before the picture is taken.

    `answers` replaces what the server says under a path: for screens that a whole system shows once in its life.
    """

    name: str
    path: str
    login: str = ""
    of: str = ""
    query: str = ""
    sees: str = "main h1"
    act: Act | None = None
    answers: Mapping[str, tuple[int, object]] = field(default_factory=dict)


async def _discover(page: Page) -> None:
    await page.locator("main form button[type=submit]").click()
    await page.locator("td input[type=checkbox]").first.wait_for()


async def _check_file(page: Page) -> None:
    rows = (
        "Điểm lắp đặt;Địa chỉ;Tên;Số camera\nChợ không có;10.20.3.7;Cổng chợ;301\nChợ không có;10.20.3.x;Ngã ba;302\n"
    )
    file = {"name": "camera.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    await page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]  # the declared form of one file
    await page.locator("main form button[type=submit]").click()
    await page.locator("main table").wait_for()


async def _accept(page: Page) -> None:
    """The warning where it is not accepted yet, then the pictures."""
    accept = page.get_by_role("button", name="Tôi đã đọc và đồng ý")
    pictures = page.locator("figure[data-state=live]")
    await accept.or_(pictures).first.wait_for()
    if await accept.count():
        await accept.click()
    await pictures.nth(2).wait_for()


async def _keys(page: Page) -> None:
    await page.locator(".bar button").nth(-2).click()
    await page.locator("dialog[open]").wait_for()


_ME = {
    "account_id": "account-0001",
    "login": "trucban",
    "name": "Lò Văn Trực",
    "roles": ["duty_officer"],
    "may": ["own"],
    "must_change_password": False,
    "csrf": "csrf",
    "language": "vi",
    "totp": True,
    "totp_required": True,
    "password_expires_ms": None,
    "console": False,
}
_NOBODY = (401, {"code": "not_signed_in", "detail": "", "field": ""})
_GATE = "main section h1"


def _waits_for(stage: str) -> dict[str, tuple[int, object]]:
    return {"/api/session": (200, {**_ME, "stage": stage, "totp": stage != "enrolment"})}


_EXTRACTION = {
    "id": "extraction-0001",
    "number": "7/2026",
    "state": "handed_over",
    "unit": "Công an tỉnh Sơn La",
    "asking_body": "Cơ quan CSĐT Công an tỉnh Sơn La",
    "document": "125/CV-CSĐT",
    "requester": "Lò Văn Anh",
    "purpose": "Xác minh vụ tai nạn giao thông tại Quảng trường Tây Bắc",
    "requested_by": "Trực ban",
    "requested_ms": 1_795_582_800_000,
    "decided_by": "Trực chỉ huy",
    "decided_ms": 1_795_583_000_000,
    "decision": "Đồng ý",
    "fault": "",
    "done_bytes": 812_000_000,
    "total_bytes": 812_000_000,
    "mine": False,
    "incident_id": None,
    "ready_ms": 1_795_583_100_000,
    "manifest_sha256": "dc5df474524febab493470bd72aa01daf88f6888426ac762ceb4a3a1f8657a7a",
    "package_bytes": 811_300_000,
    "seal_number": "NP-0042",
    "recipient": "Lò Văn Anh",
    "recipient_office": "Cơ quan CSĐT Công an tỉnh Sơn La",
    "medium": "USB Kingston 64 GB",
    "handed_by": "Trực chỉ huy",
    "handed_ms": 1_795_584_000_000,
    "received_by": "",
    "received_ms": None,
    "receipt_note": "",
    "parts": [
        {
            "id": "part-00001",
            "camera": {"id": "camera-00001", "number": 1, "name": "Toàn cảnh", "site": "Quảng trường Tây Bắc"},
            "from_ms": 1_795_580_000_000,
            "to_ms": 1_795_581_800_000,
            "regions": [{"x": 0.1, "y": 0.1, "width": 0.2, "height": 0.2}],
        }
    ],
    "hidden": 0,
}
"""A system that recorded nothing has none to show."""
_LISTED = {name: value for name, value in _EXTRACTION.items() if name not in ("parts", "hidden")}

BEFORE = (
    Screen("setup", "/", sees=_GATE, answers={"/api/session": _NOBODY, "/api/setup": (200, {"needed": True})}),
    Screen("sign-in", "/", sees=_GATE),
    Screen("console-enrolment", "/console", sees=_GATE),
    Screen("second-factor", "/", sees=_GATE, answers=_waits_for("code")),
    Screen("new-password", "/", sees=_GATE, answers=_waits_for("password")),
    Screen("second-factor-enrolment", "/", sees=_GATE, answers=_waits_for("enrolment")),
    Screen(
        "unreachable",
        "/",
        sees=_GATE,
        answers={"/api/session": (503, {"code": "unavailable", "detail": "database", "field": ""})},
    ),
)
PAGES = (
    Screen("home", "/", DUTY_OFFICER),
    Screen("home-administrator", "/", ADMINISTRATOR),
    Screen("wall-keys", "/wall", DUTY_OFFICER, sees="[data-state=live]", act=_keys),
    Screen("alarms", "/alarms", DUTY_OFFICER, sees="article img"),
    Screen("playback", "/playback", DUTY_OFFICER, of="moment", query="?camera=:id", sees="[data-state=ready]"),
    Screen("incidents", "/incidents", DUTY_OFFICER, sees="main td"),
    Screen("incident", "/incidents/:id", DUTY_OFFICER, of="incident", sees="main h2"),
    Screen("storage", "/storage", ADMINISTRATOR, sees="main td"),
    Screen("extractions", "/extractions", DUTY_OFFICER, sees="main td", answers={"/api/extractions": (200, [_LISTED])}),
    Screen("extraction-form", "/extractions/new", DUTY_OFFICER, sees="main form"),
    Screen(
        "extraction",
        "/extractions/:id",
        DUTY_COMMANDER,
        of="extraction",
        sees="main td",
        answers={"/api/extractions/extraction-0001": (200, _EXTRACTION)},
    ),
    Screen("cameras", "/cameras", TECHNICIAN, sees="main td"),
    Screen("camera", "/cameras/:id", TECHNICIAN, of="camera", sees="[data-state=live]"),
    Screen("camera-live", "/cameras/:id", DUTY_OFFICER, of="camera", sees="[data-state=live]"),
    Screen("camera-watchers", "/cameras/:id/watchers", AUDITOR, of="camera"),
    Screen("discovery", "/discovery", TECHNICIAN, act=_discover),
    Screen("import", "/import", TECHNICIAN, act=_check_file),
    Screen("registration", "/registrations/:id", TECHNICIAN, of="registration", sees="main li img"),
    Screen("accounts", "/accounts", ADMINISTRATOR, sees="main td"),
    Screen("account-of-another", "/accounts/:id", ADMINISTRATOR, of="account", sees="main h2"),
    Screen("organisation", "/organisation", ADMINISTRATOR, sees="main [role=tree]"),
    Screen("reorganisations", "/organisation/reorganisations", ADMINISTRATOR),
    Screen("reorganisation", "/organisation/reorganisations/:id", ADMINISTRATOR, of="reorganisation", sees="main h2"),
    Screen("consoles", "/consoles", DUTY_COMMANDER, sees="main td"),
    Screen("restrictions", "/restrictions", ADMINISTRATOR),
    Screen("audit", "/audit", AUDITOR, sees="main td"),
    Screen("account", "/account", DUTY_OFFICER, sees="main h2"),
    Screen("components", "/components", DUTY_OFFICER, sees="main h2"),
    Screen("hearings", "/hearings", CLERK),
    Screen("hearing-form", "/hearings/new", CLERK, sees="main form"),
    Screen("hearing-desk", "/hearings/:id", CLERK, of="hearing", sees="main h1"),
    Screen("hearing-edit", "/hearings/:id/edit", CLERK, of="waiting_hearing", sees="main form"),
    Screen("hearing-bench", "/hearings/:id/bench", JUDGE, of="hearing"),
    Screen("hearing-warning", "/watch", OBSERVER, of="hearing", query="?h=:id", sees="main button"),
    Screen("hearing-watch", "/watch", OBSERVER, of="hearing", query="?h=:id", sees="main", act=_accept),
    Screen("reviews", "/reviews", OBSERVER, sees="main td"),
    Screen("hearing-review", "/hearings/:id/review", OBSERVER, of="hearing", sees="main form"),
)
"""After signing in. The wall itself, with its faults, and the console are set up by `tests/e2e/screenshots.py`."""
SET_UP_APART = ("/wall",)
ROUTES = Path(__file__).resolve().parents[2] / "web" / "ui" / "src" / "pages" / "routes.ts"


def forgotten() -> set[str]:
    """Paths of pages that have no screen here."""
    paths = set(re.findall(r"\{\s*path: '([^']+)'", ROUTES.read_text(encoding="utf-8")))
    assert len(paths) > 10, "the table of pages was not understood"
    return paths - {screen.path for screen in PAGES} - set(SET_UP_APART)
