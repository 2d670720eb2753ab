from fakes.clock import FakeClock
from fakes.control_ports import FakePorts
from fakes.province import SITE_B, Seen, add_camera, camera_state
from streams.types.camera import FaultKind, Liveness
from vms.cameras.cause import Cause
from vms.cameras.domain import Cameras
from vms.cameras.editing import Edit
from vms.db.engine import Database

DOWN = Seen(Liveness.DOWN, FaultKind.UNREACHABLE)


async def test_the_truth_of_every_camera_comes_with_its_cause(
    cameras: Cameras, province: Database, ports: FakePorts
) -> None:
    dark, bright = await add_camera(province, 1), await add_camera(province, 2)
    elsewhere = await add_camera(province, 3, SITE_B)
    ports.live.states = {dark: camera_state(dark, DOWN), bright: camera_state(bright)}
    truths = await cameras.truths.read()
    assert (truths[dark].liveness, truths[dark].cause) == (Liveness.DOWN, Cause.POWER)
    assert (truths[bright].liveness, truths[bright].cause) == (Liveness.LIVE, None)
    assert (truths[elsewhere].liveness, truths[elsewhere].fault) == (Liveness.CONNECTING, None)


async def test_what_flows_all_the_time_is_no_news(
    cameras: Cameras, province: Database, ports: FakePorts, clock: FakeClock
) -> None:
    camera_id = await add_camera(province, 1)
    ports.live.states = {camera_id: camera_state(camera_id, Seen(newest_capture_ms=1))}
    first = (await cameras.truths.read())[camera_id]
    ports.live.states = {camera_id: camera_state(camera_id, Seen(newest_capture_ms=2))}
    assert (await cameras.truths.read())[camera_id] is first
    clock.advance(s=1)
    second = (await cameras.truths.read())[camera_id]
    assert second.newest_capture_ms == 2
    assert second.gist == first.gist


async def test_a_new_or_moved_camera_is_on_the_board_at_once(cameras: Cameras, province: Database) -> None:
    assert await cameras.truths.read() == {}
    camera_id = await add_camera(province, 1)
    await cameras.editing.change(camera_id, Edit(name="Khác"))
    assert set(await cameras.truths.read()) == {camera_id}
