"""A real system beside a simulated province, as benchmarks and browser tests start it."""

import asyncio
import os
import signal

import pytest

from vms.cli.bench.system import RunningSystem, Wanted, system
from vms.cli.client import Api, ApiError
from vms.cli.rehearsal.demo import furnish
from vms.cli.rehearsal.people import ADMINISTRATOR, DUTY_OFFICER, TECHNICIAN, prepare
from vms.cli.simulator.orders import SetFault, Whom

pytestmark = [pytest.mark.xdist_group("system"), pytest.mark.timeout(180)]

AGAIN_WITHIN_S = 10.0
"""A dead worker's cameras are read by another."""


async def until_newer(api: Api, camera_ids: list[str], than_ms: int) -> None:
    """Until each of these cameras has shown a picture taken after `than_ms`.

    A socket tells of every camera at first, afterwards of changes (and of a camera without news only every ten seconds): so each look
    is a socket of its own, a tick apart.
    """
    waiting = set(camera_ids)
    while waiting:
        async with api.websocket("/api/events") as socket:
            ticks = 0
            while ticks < 2:
                message = await socket.receive_json()
                ticks += message["type"] == "tick"
                for camera in message.get("cameras", []):
                    if camera["newest_capture_ms"] > than_ms:
                        waiting.discard(camera["camera_id"])


async def now_ms(api: Api) -> int:
    async with api.websocket("/api/events") as socket:
        while (message := await socket.receive_json())["type"] != "tick":
            pass
        return int(message["now_ms"])


async def test_a_worker_that_is_killed_leaves_no_camera_behind(capfd: pytest.CaptureFixture[str]) -> None:
    async with system(Wanted(cameras=2, courtrooms=1)) as running:
        ids = await running.register()
        assert sorted(ids) == [1, 2, 301, 302, 303]
        async with running.api(DUTY_OFFICER) as api:
            async with asyncio.timeout(20):
                await until_newer(api, [ids[1], ids[2]], 0)
            for worker in ("w0", "w1"):
                os.kill(running.pids[worker], signal.SIGKILL)
                killed_ms = await now_ms(api)
                async with asyncio.timeout(AGAIN_WITHIN_S):
                    await until_newer(api, [ids[1], ids[2]], killed_ms)
        await _faults_reach_the_cameras(running, ids)
        await _the_demo_hangs_a_wall_once(running, ids)
        await _nothing_is_made_twice(running)
        pids = list(running.pids.values())
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    shown = capfd.readouterr().err
    assert "permissions violation" not in shown.lower()
    assert "Traceback" not in shown


async def _faults_reach_the_cameras(running: RunningSystem, ids: dict[int, str]) -> None:
    await running.tell(SetFault(fault="power_off", whom=Whom(cameras=(2,))))
    async with running.api(DUTY_OFFICER) as api, api.websocket("/api/events") as socket, asyncio.timeout(20):
        down = False
        while not down:
            message = await socket.receive_json()
            down = any(
                camera["camera_id"] == ids[2] and camera["liveness"] != "live" for camera in message.get("cameras", [])
            )


async def _the_demo_hangs_a_wall_once(running: RunningSystem, ids: dict[int, str]) -> None:
    await furnish(running, 4)
    async with running.api(DUTY_OFFICER) as api:
        (layout,) = await api.call("GET", "/api/layouts")
        assert layout == {"name": "", "size": 4, "tiles": [ids[1], ids[2], None, None]}
        mine = {"name": "", "size": 1, "tiles": [ids[2]]}
        await api.call("PUT", "/api/layouts/last", mine)
        await furnish(running, 4)
        assert await api.call("GET", "/api/layouts") == [mine]


async def _nothing_is_made_twice(running: RunningSystem) -> None:
    assert await prepare(running.settings, running.simulation.province) == []
    async with Api(running.base_url) as api:
        await api.sign_in(TECHNICIAN, running.passwords[TECHNICIAN])
        with pytest.raises(ApiError):
            await api.call("GET", "/api/accounts")
    async with running.api(ADMINISTRATOR) as api:
        logins = {account["login"] for account in await api.call("GET", "/api/accounts")}
        assert {ADMINISTRATOR, TECHNICIAN, DUTY_OFFICER} <= logins
