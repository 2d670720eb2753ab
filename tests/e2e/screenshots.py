"""Pictures of every screen for docs/images/screens: `make screens`, then look at them (docs/design-language.md, "Looking").

Every screen dark at both sizes that we look at, and light at the smaller one; the wall with its states mixed (live, late, frozen, no link,
empty), a console, and the screens before signing in. WebP, some tens of kB each. The screens are those of `fakes.screens`:

    python tests/e2e/screenshots.py [name …]        # all, or those whose name begins so
"""

import asyncio
import base64
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "onvif"), str(ROOT / "tests")]

from playwright.async_api import Browser, Page, Route  # noqa: E402 the paths above come first

from fakes.browser import chromium  # noqa: E402
from fakes.rehearsed import Province  # noqa: E402
from fakes.screens import BEFORE, PAGES, Screen, forgotten  # noqa: E402
from fakes.wall import Wall, wall_of  # noqa: E402
from vms.cli.bench.system import RunningSystem, Wanted, system  # noqa: E402
from vms.cli.rehearsal.demo import furnish  # noqa: E402
from vms.cli.rehearsal.people import ADMINISTRATOR, CLERK, DUTY_COMMANDER, DUTY_OFFICER, TECHNICIAN, session_of  # noqa: E402
from vms.cli.simulator.simulation import DISCOVERY_PORT, PASSWORD, USERNAME  # noqa: E402

IMAGES = ROOT / "docs" / "images" / "screens"
SMALL, LARGE = (1366, 768), (1920, 1080)
LOOKS = ((SMALL, "dark"), (LARGE, "dark"), (SMALL, "light"))
RECORDED_S = 25
QUALITY = 45
CAMERAS, COURTROOMS = 12, 4
FROZEN, STALLED, DARK = 2, 6, 11
SEEN_S = 20.0
KNOWN_S = 35.0
SETTLED_MS = 500
WITHIN_MS = 20_000
SHOWN = (
    "wanted => Object.entries(wanted).every(([id, state]) => "
    'document.querySelector(`[data-camera-id="${id}"]`)?.dataset.state === state)'
)


async def main(names: list[str]) -> None:
    if pages := forgotten():
        sys.exit(f"These pages have no screen in tests/fakes/screens.py: {', '.join(sorted(pages))}")
    IMAGES.mkdir(parents=True, exist_ok=True)

    def wanted(name: str) -> bool:
        return not names or any(name.startswith(one) for one in names)

    async with system(_wanted()) as running:
        await furnish(running, 16)
        province = Province(running, await _numbers(running))
        # A picture that never moved since it was first seen is taken for a slide: let the cameras be known to move.
        await asyncio.sleep(KNOWN_S)
        made = await _objects(running, province)
        async with chromium("--autoplay-policy=no-user-gesture-required") as browser:
            for screen in [one for one in (*BEFORE, *PAGES) if wanted(one.name)]:
                await _pictures(browser, running, screen, made)
            if wanted("console"):
                await _console(browser, province)
            if wanted("wall"):
                await _walls(browser, province)
    print(f"{sum(file.stat().st_size for file in IMAGES.iterdir()) / 1e6:.1f} MB in {IMAGES}")


def _wanted() -> Wanted:
    short = {"recording": "segment_s = 5"}
    return Wanted(cameras=CAMERAS, courtrooms=COURTROOMS, discovery_port=DISCOVERY_PORT, settings=short)


async def _pictures(browser: Browser, running: RunningSystem, screen: Screen, made: dict[str, str]) -> None:
    path = (screen.path + screen.query).replace(":id", made.get(screen.of, ""))
    for size, theme in LOOKS:
        async with _opened(browser, running, screen.login, size, theme) as page:
            await _answering(page, screen)
            try:
                await page.goto(f"{running.base_url}{path}")
                await page.locator(screen.sees).first.wait_for(timeout=WITHIN_MS)
                if screen.act is not None:
                    await screen.act(page)
            except Exception as error:  # noqa: BLE001 the picture shows what is wrong; the others are still taken
                print(f"{screen.name}: {str(error).splitlines()[0]}")
            await _take(page, f"{screen.name}-{size[0]}-{theme}")


async def _answering(page: Page, screen: Screen) -> None:
    async def answer(route: Route) -> None:
        status, body = screen.answers[urlsplit(route.request.url).path]
        await route.fulfill(status=status, content_type="application/json", body=json.dumps(body))

    for path in screen.answers:
        await page.route(f"**{path}", answer)


@asynccontextmanager
async def _opened(
    browser: Browser, running: RunningSystem, login: str, size: tuple[int, int], theme: str
) -> AsyncIterator[Page]:
    """A page of this person, or of nobody when `login` is empty."""
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]})
    try:
        if login:
            session = await session_of(running.settings, login)
            assert session is not None, f"there is no account {login}"
            await context.add_cookies([{"name": "vong", "value": session.token, "url": running.base_url}])
        await context.add_init_script(f"localStorage.setItem('vong.theme', '{theme}')")
        yield await context.new_page()
    finally:
        await context.close()


async def _take(page: Page, name: str) -> None:
    await page.evaluate("document.fonts.ready.then(() => true)")
    await page.wait_for_timeout(SETTLED_MS)
    session = await page.context.new_cdp_session(page)
    shot: dict[str, Any] = await session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    (IMAGES / f"{name}.webp").write_bytes(base64.b64decode(shot["data"]))
    print(name)


async def _numbers(running: RunningSystem) -> dict[int, str]:
    async with running.api(TECHNICIAN) as api:
        cameras = (await api.call("GET", "/api/tree"))["cameras"]
    return {camera["number"]: camera["id"] for camera in cameras if camera["number"] <= CAMERAS}


async def _objects(running: RunningSystem, province: Province) -> dict[str, str]:
    """The objects whose pages are looked at, by the name that `fakes.screens` gives them."""
    made = {"camera": province.ids[1]}
    async with running.api(ADMINISTRATOR) as api:
        accounts = await api.call("GET", "/api/accounts")
        made["account"] = next(one["id"] for one in accounts if one["login"] == "trucban")
        units = await api.call("GET", "/api/units")
        police = next(one["id"] for one in units if one["name"] == "Công an tỉnh Sơn La")
        rule = {"role": "duty_officer", "allow": False, "reason": "Chỉ người được phân công"}
        body = {"name": "Nhà tạm giữ", "unit_id": police, "sensitive": True, "rules": [rule]}
        await api.call("POST", "/api/restrictions", {**body, "camera_ids": [province.ids[12]]})
        edits = [
            {
                "do": "create",
                "key": "area-7",
                "kind": "area",
                "name": "Khu vực 7",
                "parent": "police",
                "day": "2027-01-01",
            },
            {"do": "close", "key": "area-5", "successor": "area-7", "day": "2027-01-01"},
        ]
        drafted = await api.call("POST", "/api/reorganisations", {"note": "Nghị quyết số 12/NQ-HĐND", "edits": edits})
        made["reorganisation"] = drafted["proposal"]["id"]
    async with running.api(DUTY_COMMANDER) as api:
        wall = {"size": 9, "tiles": [province.ids[number] for number in range(1, 10)]}
        for name, address in (("Tường trung tâm chỉ huy", "10.20.1.31"), ("Tường trực ban khu vực 1", "10.20.1.32")):
            await api.call("POST", "/api/consoles", {"name": name, "unit_id": police, "address": address, "wall": wall})
    async with running.api(CLERK) as api:
        hearings = await api.call("GET", "/api/hearings")
        made["hearing"] = next(one["id"] for one in hearings if one["state"] not in ("scheduled", "ended"))
        made["waiting_hearing"] = next(one["id"] for one in hearings if one["state"] == "scheduled")
    made["extraction"] = "extraction-0001"
    made["registration"] = await _registration(running)
    made |= await _evidence(running, [province.ids[1], province.ids[2]])
    return made


async def _evidence(running: RunningSystem, cameras: list[str]) -> dict[str, str]:
    """An incident at two cameras, of which the procuracy asks for the recordings."""
    now_ms = round(time.time() * 1000)
    span = {"from_ms": now_ms - RECORDED_S * 1000, "to_ms": now_ms - 5000}
    parts = [{"camera_id": camera, **span} for camera in cameras]
    async with running.api(DUTY_OFFICER) as api:
        picture = {"camera_id": cameras[0], "at_ms": now_ms - 10_000}
        body = {
            "title": "Va chạm giao thông tại ngã tư Cầu Trắng",
            "note": "Xe máy và xe tải, một người bị thương nhẹ. Đã báo Công an phường.",
            "parts": parts,
            "pictures": [picture],
        }
        opened = await api.call("POST", "/api/incidents", body)
        moment = f"{cameras[0]}&at={now_ms - 15_000}"
        return {"incident": opened["incident"]["id"], "moment": moment}


async def _registration(running: RunningSystem) -> str:
    """Of one device that is there, and one that answers but has no such picture."""
    port = running.simulation.rtsp_port
    address = running.simulation.camera_rows()[2].address
    login = {"username": USERNAME, "password": PASSWORD}
    async with running.api(TECHNICIAN) as api:
        site = (await api.call("GET", "/api/sites"))[0]["id"]
        items = [
            {**login, "rtsp_main": f"rtsp://{address}:{port}/{path}", "name": name, "site_id": site}
            for path, name in (("sub", "Cổng sau nhà văn hóa"), ("nothing", "Ngã ba Chiềng Sinh"))
        ]
        job = await api.call("POST", "/api/registrations", {"items": items})
        await api.finished(f"/api/registrations/{job['id']}")
        return str(job["id"])


async def _console(browser: Browser, province: Province) -> None:
    """Enrolled, hung, and revoked."""
    running = province.system
    async with running.api(DUTY_COMMANDER) as api:
        unit = (await api.call("GET", "/api/consoles"))[0]["unit_id"]
        wall = {"size": 9, "tiles": [province.ids[number] for number in range(1, 10)]}
        for size, theme in LOOKS:
            body = {"name": "Tường trung tâm chỉ huy", "unit_id": unit, "address": "127.0.0.1", "wall": wall}
            created = await api.call("POST", "/api/consoles", body)
            async with _opened(browser, running, "", size, theme) as page:
                await page.goto(f"{running.base_url}/console")
                await page.locator("form input").fill(created["token"])
                await page.keyboard.press("Enter")
                await page.locator("[data-state=live]").nth(8).wait_for(timeout=WITHIN_MS)
                await _take(page, f"console-{size[0]}-{theme}")
                await api.call("POST", f"/api/consoles/{created['console']['id']}/revoke")
                await page.locator("main section h1").wait_for(timeout=WITHIN_MS)
                await _take(page, f"console-ended-{size[0]}-{theme}")


async def _walls(browser: Browser, province: Province) -> None:
    """The wall of 16 with three faults and four empty tiles. A stalled camera is late, until the server gives it up."""
    await province.hang(16, list(range(1, CAMERAS + 1)))
    await province.fault("power_off", DARK)
    await province.fault("frozen", FROZEN)
    for (width, height), theme in (*LOOKS, (LARGE, "light")):
        async with wall_of(browser, province.system, {"width": width, "height": height}) as wall:
            await wall.page.add_init_script(f"localStorage.setItem('vong.theme', '{theme}')")
            await _mixed(wall, province)
            await _take(wall.page, f"wall-{width}-{theme}")
        await province.heal_one("stall", STALLED)
    await province.heal()


async def _mixed(wall: Wall, province: Province) -> None:
    await wall.open()
    ids = province.ids
    await wall.until(SHOWN, SEEN_S, {ids[FROZEN]: "frozen", ids[STALLED]: "live", ids[DARK]: "down"})
    await province.fault("stall", STALLED)
    await wall.until(SHOWN, SEEN_S, {ids[FROZEN]: "frozen", ids[STALLED]: "late", ids[DARK]: "down"})


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
