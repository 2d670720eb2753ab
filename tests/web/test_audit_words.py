"""The front end has a word for every code that the log may hold."""

import re
from pathlib import Path

from vms.access import Action
from web.routes import all_routes

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "web" / "ui" / "src" / "pages" / "audit" / "actions.ts"
TOLD = re.compile(r"""(?:_?tell|Deed)\((?:[^()"]|\([^()]*\))*?"([a-z_]+(?:\.[a-z_]+)*)"(?!:)""")

KINDS = {"account", "console"}
"""What a deed is about; stands in the same calls."""


def _words(name: str) -> list[str]:
    table = re.search(rf"export const {name} = {{(.*?)\n}} as const", TABLE.read_text(encoding="utf-8"), re.DOTALL)
    assert table is not None
    return re.findall(r"'([^']+)'", table[1])


def _told_by_accounts() -> set[str]:
    sources = [file.read_text(encoding="utf-8") for file in (ROOT / "vms" / "accounts").glob("*.py")]
    return {code for source in sources for code in TOLD.findall(source)} - KINDS


def test_every_code_of_the_log_has_a_word() -> None:
    told = _told_by_accounts()
    assert {"sign_in", "sign_in.sso", "password.changed", "first_start", "console.misused"} <= told
    own = {route.name for route in all_routes() if route.action is Action.OWN and route.changes}
    codes = told | own | set(Action) | {"view.began", "view.ended", "second_factor.given"}
    codes |= {f"sign_in.{how}" for how in ("refused", "paused", "locked")}
    words = _words("CODES")
    prefixes = tuple(word for word in words if word.endswith("."))
    assert sorted(code for code in codes if code not in words and not code.startswith(prefixes)) == []


def test_every_deed_with_a_word_of_its_own_is_a_route() -> None:
    routes = {f"{route.method} {route.path}" for route in all_routes()}
    deeds = [word for word in _words("DEEDS") if " " in word]
    assert deeds
    assert set(deeds) <= routes
