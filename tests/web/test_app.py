import asyncio
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from fakes.api_browser import Browser
from fakes.clock import FakeClock
from fakes.control import PASSWORD, cheap_settings, services
from vms.db.engine import Database
from vms.settings.model import WebSettings
from web.app import create_app
from web.services import Services


async def test_the_page_comes_for_every_path_of_the_front_end(browser: Browser) -> None:
    for path in ("/", "/wall", "/cameras/x/y", "/index.html"):
        answer = await browser.get(path)
        assert answer.status == 200
        assert b"<title>" in answer.body
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.headers["Content-Type"].startswith("text/html")


async def test_hashed_files_are_kept_for_ever(browser: Browser) -> None:
    answer = await browser.get("/assets/app-3f2a.js")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "javascript" in answer.headers["Content-Type"]


async def test_a_missing_asset_or_api_path_is_not_answered_with_the_page(browser: Browser) -> None:
    for path in ("/assets/app-old.js", "/api/nothing", "/api", "/metrics/x"):
        answer = await browser.get(path)
        assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "//secret.txt",
        "/%2fetc/passwd",
        "/.hidden",
        "/link.txt",
        "/assets/..%00/secret.txt",
    ],
)
async def test_no_path_leads_out_of_the_folder(control: Services, static_folder: Path, path: str) -> None:
    (static_folder.parent / "secret.txt").write_text("secret")
    (static_folder / ".hidden").write_text("secret")
    (static_folder / "link.txt").symlink_to(static_folder.parent / "secret.txt")
    app = create_app(control, static_folder=static_folder)
    async with TestServer(app) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        # Written by hand: clients tidy such paths up before they send them.
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
    assert b"secret" not in answer.partition(b"\r\n\r\n")[2]
    assert b"root:" not in answer


async def test_without_a_built_front_end_there_is_one_clear_sentence(control: Services, tmp_path: Path) -> None:
    async with TestClient(TestServer(create_app(control, static_folder=tmp_path / "none"))) as client:
        async with client.get("/") as response:
            assert (response.status, "make ui" in await response.text()) == (503, True)
        async with client.get("/api/setup") as response:
            assert response.status == 200


async def test_other_methods_are_refused_in_the_same_form(browser: Browser) -> None:
    answer = await browser.send("PUT", "/api/session", {})
    assert (answer.status, answer.code, answer.body["detail"]) == (405, "bad_request", "method")


async def test_alive_means_that_the_database_answers(browser: Browser, control: Services) -> None:
    assert (await browser.get("/healthz")).body == {"status": "ok"}


async def test_a_database_that_is_away_is_unavailable_and_not_a_bug(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/no/such/folder/x.sqlite")
    app = create_app(services(database, FakeClock(), cheap_settings(tmp_path)))
    async with TestClient(TestServer(app)) as client, client.get("/healthz") as response:
        assert response.status == 503
        assert await response.json() == {"code": "unavailable", "detail": "database", "field": ""}
    await database.close()


async def test_numbers_are_for_this_machine_only(browser: Browser) -> None:
    assert (await browser.get("/metrics")).status == 200
    behind_a_proxy = await browser.send("GET", "/metrics", headers={"X-Forwarded-For": "203.0.113.7"})
    assert (behind_a_proxy.status, behind_a_proxy.code) == (404, "not_found")


async def test_behind_tls_the_cookie_is_bound_to_it(
    database: Database, clock: FakeClock, tmp_path: Path, static_folder: Path
) -> None:
    settings = WebSettings.model_validate({"trusted_proxies": ["127.0.0.0/8"]})
    control = services(database, clock, cheap_settings(tmp_path, settings))
    app = create_app(control, static_folder=static_folder)
    token = await control.accounts.first_start.new_token()
    body = {"token": token, "login": "quantri", "name": "Quản trị", "password": PASSWORD}
    async with TestClient(TestServer(app)) as client:
        async with client.post("/api/setup", json=body, headers={"X-Forwarded-Proto": "https"}) as response:
            cookie = SimpleCookie(response.headers["Set-Cookie"])["__Host-vong"]
        assert cookie["secure"]
        assert cookie["path"] == "/"
        assert not cookie["domain"]
        # The test client speaks plain HTTP and would not send a secure cookie by itself.
        header = {"Cookie": f"__Host-vong={cookie.value}; vong=planted", "X-Forwarded-Proto": "https"}
        async with client.get("/api/session", headers=header) as response:
            assert response.status == 200


async def test_the_limit_counts_the_browser_and_not_the_proxy(
    database: Database, clock: FakeClock, tmp_path: Path, static_folder: Path
) -> None:
    settings = WebSettings.model_validate({"trusted_proxies": ["127.0.0.0/8"]})
    control = services(database, clock, cheap_settings(tmp_path, settings))
    statuses = []
    async with TestClient(TestServer(create_app(control, static_folder=static_folder))) as client:
        for number in range(25):
            body = {"login": f"login{number}", "password": "guess"}
            header = {"X-Forwarded-For": f"203.0.113.{number}"}
            async with client.post("/api/session", json=body, headers=header) as response:
                statuses.append(response.status)
    assert set(statuses) == {401}
