"""The wall in a real browser, against a real system and simulated cameras: what it shows is true, and it heals by itself."""

import os
import signal
import time

import pytest
from playwright.async_api import Browser

from fakes.rehearsed import Province
from fakes.wall import Wall, wall_of
from vms.cli.rehearsal.people import DUTY_OFFICER

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.xdist_group("province"),
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(90),
]

ALL = list(range(1, 17))
NOTICED_S = 3.0
HEALED_S = 10.0
ANYTHING_ELSE = ("late", "frozen", "looped", "connecting", "down")


async def test_sixteen_tiles_show_sixteen_moving_pictures_each_of_its_own_camera(
    province: Province, wall: Wall
) -> None:
    await province.hang(16, ALL)
    await wall.open()
    await wall.all_live()
    numbers = {camera_id: number for number, camera_id in province.ids.items()}
    assert await wall.right_tiles(numbers) == set(numbers)
    # What a tile says of its picture's time is what the picture itself says.
    said = await wall.page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('[data-tile]')].map(t => [t.dataset.cameraId, +t.dataset.captureMs]))"
    )
    strips = await wall.strips()
    for camera_id in numbers:
        strip = strips[camera_id]
        assert strip is not None
        assert abs(strip["capture_ms"] - said[camera_id] % 2**36) < 1000


@pytest.mark.parametrize("query", ["", "?transport=fragments"])
async def test_a_fault_is_seen_within_three_seconds_and_healed_within_ten(
    province: Province, wall: Wall, query: str
) -> None:
    faults = {"frozen": 1, "stall": 2, "power_off": 3}
    await province.hang(4, [1, 2, 3, 4])
    await wall.open(query)
    await wall.all_live()
    began_ms = time.time() * 1000
    for fault, number in faults.items():
        await province.fault(fault, number)
    noticed_s = {
        fault: await wall.becomes(province.ids[number], ANYTHING_ELSE, began_ms, NOTICED_S)
        for fault, number in faults.items()
    }
    assert max(noticed_s.values()) <= NOTICED_S, noticed_s
    await wall.becomes(province.ids[1], ("frozen",), began_ms, NOTICED_S)
    await wall.becomes(province.ids[3], ("down",), began_ms, 15)
    assert (await wall.states())[province.ids[4]] == "live"
    healed_ms = time.time() * 1000
    await province.heal()
    healed_s = {
        fault: await wall.becomes(province.ids[number], ("live",), healed_ms, HEALED_S)
        for fault, number in faults.items()
    }
    assert max(healed_s.values()) <= HEALED_S, healed_s
    numbers = {province.ids[number]: number for number in (1, 2, 3, 4)}
    # Healed is a tile whose pixels are its own camera's, and fresh.
    while await wall.right_tiles(numbers) != set(numbers) or not await wall.all_fresh(numbers):
        assert time.time() * 1000 < healed_ms + HEALED_S * 1000, await wall.strips()


async def test_a_loop_of_old_pictures_is_not_called_live(province: Province, wall: Wall) -> None:
    await province.hang(1, [5])
    await wall.open()
    await wall.all_live()
    began_ms = time.time() * 1000
    # The first round of two seconds is the first time that something is shown again.
    await province.fault("looped", 5, value=2)
    assert await wall.becomes(province.ids[5], ("looped",), began_ms, 2 + NOTICED_S) <= 2 + NOTICED_S


async def test_cameras_of_a_dead_worker_come_back_by_themselves(province: Province, wall: Wall) -> None:
    await province.hang(16, ALL)
    await wall.open()
    await wall.all_live()
    killed_ms = time.time() * 1000
    os.kill(province.system.pids["w0"], signal.SIGKILL)
    noticed = "since => window.__vongStates.filter(r => r[0] >= since && r[2] !== 'live').map(r => r[1])"
    assert await wall.until(f"since => ({noticed})(since).length", NOTICED_S + 1, killed_ms)
    # Those of the dead worker are noticed together; then all come back.
    await wall.all_live(within_s=HEALED_S + NOTICED_S)
    assert (time.time() * 1000 - killed_ms) / 1000 <= HEALED_S + NOTICED_S


async def test_a_wall_is_arranged_by_keys_and_is_the_same_after_a_reload(province: Province, wall: Wall) -> None:
    await province.hang(4, [1, 2])
    await wall.open()
    keys = wall.page.keyboard
    await wall.page.focus('[data-tile="0"]')
    for key in ["ArrowDown", "1", "2", "Enter"]:
        await keys.press(key)
    for key in ["ArrowUp", "Delete", "ArrowRight", "/"]:
        await keys.press(key)
    await wall.page.wait_for_selector(".panel input:focus")
    async with wall.page.expect_response(lambda answer: "/api/layouts/last" in answer.url and answer.ok):
        await keys.type("16")
        await keys.press("Enter")
    arranged = ["", province.ids[16], province.ids[12], ""]
    assert await wall.cameras() == arranged
    await wall.page.reload()
    await wall.page.wait_for_selector("[data-tile]", state="attached")
    assert await wall.cameras() == arranged
    await wall.all_live()


async def test_a_revoked_session_ends_all_pictures_and_says_why(browser: Browser, province: Province) -> None:
    await province.hang(4, [1, 2, 3, 4])
    async with wall_of(browser, province.system) as wall, province.system.api(DUTY_OFFICER) as api:
        await wall.open()
        await wall.all_live()
        for session in await api.call("GET", "/api/sessions"):
            if not session["current"]:
                await api.call("DELETE", f"/api/sessions/{session['id']}")
        await wall.until("document.querySelectorAll('video').length === 0", 5)
        assert "Phiên làm việc đã hết hạn hoặc bị thu hồi" in await wall.page.inner_text("body")
