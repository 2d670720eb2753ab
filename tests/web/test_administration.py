from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from fakes.api_browser import Browser
from fakes.clock import FakeClock
from fakes.control import CHEAP, services
from fakes.control_ports import FakePorts
from vms.db.engine import Database
from vms.settings import Settings
from vms.settings.model import AdministrationSettings
from web.app import create_app
from web.security.administration import open_at
from web.services import Services

VIETNAM = timezone(timedelta(hours=7))
DAY_MS = 86_400_000


def _ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=VIETNAM).timestamp() * 1000)


@pytest.mark.parametrize(
    ("hours", "weekdays", "moment", "expected"),
    [
        ("", [1, 2, 3, 4, 5, 6, 7], "2026-11-25T03:00", True),
        ("07:00-18:00", [1, 2, 3, 4, 5], "2026-11-25T07:00", True),  # a Wednesday
        ("07:00-18:00", [1, 2, 3, 4, 5], "2026-11-25T06:59", False),
        ("07:00-18:00", [1, 2, 3, 4, 5], "2026-11-25T18:00", False),
        ("07:00-18:00", [1, 2, 3, 4, 5], "2026-11-28T12:00", False),  # a Saturday
        ("22:00-06:00", [5], "2026-11-27T23:00", True),
        ("22:00-06:00", [5], "2026-11-28T05:59", True),
        ("22:00-06:00", [5], "2026-11-27T05:59", False),
        ("00:00-24:00", [7], "2026-11-29T23:59", True),
    ],
)
def test_hours_are_those_of_vietnam(hours: str, weekdays: list[int], moment: str, expected: bool) -> None:
    assert open_at(AdministrationSettings(hours=hours, weekdays=weekdays), _ms(moment)) is expected


@given(st.integers(0, 4_000_000_000_000), st.integers(0, 1439), st.integers(1, 1439))
def test_within_a_week_it_is_open_as_long_as_the_hours_say(at_ms: int, begin: int, length: int) -> None:
    end = (begin + length) % 1440
    if begin == end:
        return
    hours = f"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}"
    rules = AdministrationSettings(hours=hours)
    # Every half hour of a day, from any moment on.
    opened = sum(open_at(rules, at_ms + step * 1_800_000) for step in range(48))
    assert abs(opened - length / 30) <= 1


class TestAtTheDoor:
    @pytest.fixture
    def control(self, database: Database, clock: FakeClock, tmp_path: Path, ports: FakePorts) -> Services:
        clock.now_ms = _ms("2026-11-25T10:00")
        rules = AdministrationSettings.model_validate(
            {"networks": ["10.1.0.0/16", "127.0.0.0/8"], "hours": "07:00-18:00"}
        )
        return services(database, clock, Settings(data_dir=tmp_path, accounts=CHEAP, administration=rules), ports)

    async def test_at_night_nothing_is_administered_but_everything_is_read(
        self, administrator: Browser, clock: FakeClock, control: Services
    ) -> None:
        root = await control.organisation.ensure_root()
        body = {"login": "lan", "name": "Lan", "grants": [{"role": "auditor", "unit_id": root}]}
        assert (await administrator.post("/api/accounts", body)).status == 201
        clock.now_ms = _ms("2026-11-25T18:00")
        await administrator.sign_in("quantri", "Đêm nay trực ban 24")
        refused = await administrator.post("/api/accounts", {**body, "login": "mai"})
        assert (refused.status, refused.code, refused.body["detail"]) == (403, "administration_closed", "hours")
        assert (await administrator.get("/api/accounts")).status == 200
        assert (await administrator.get("/api/session")).status == 200


async def test_from_other_networks_nothing_is_administered(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    rules = AdministrationSettings.model_validate({"networks": ["10.1.0.0/16"]})
    control = services(database, clock, Settings(data_dir=tmp_path, accounts=CHEAP, administration=rules))
    async with TestClient(TestServer(create_app(control)), cookie_jar=CookieJar(unsafe=True)) as client:
        browser = Browser(client)
        token = await control.accounts.first_start.new_token()
        body = {"token": token, "login": "quantri", "name": "Q", "password": "Đêm nay trực ban 24"}
        browser.csrf = (await browser.post("/api/setup", body)).body["csrf"]
        for headers in ({}, {"X-Forwarded-For": "10.1.2.3"}):
            answer = await browser.send("POST", "/api/accounts", {}, headers=headers)
            assert (answer.code, answer.body["detail"]) == ("administration_closed", "network")
