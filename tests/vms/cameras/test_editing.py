from typing import Any

import pytest

from fakes.control_ports import FakePorts
from fakes.province import ABSENT, ROOT, SITE_COURT, add_camera
from streams.types.camera import Zone
from vms.access import Reach
from vms.cameras.domain import Cameras
from vms.cameras.editing import BadEdit, Edit, NumberTaken
from vms.cameras.sight import Sight
from vms.db.engine import Database
from vms.db.tables import Camera, Device
from vms.organisation import OrgTree, UnitNode

TRIANGLE = ((0.1, 0.1), (0.9, 0.1), (0.5, 0.9))


async def test_a_change_raises_the_revision_and_reaches_the_workers(
    cameras: Cameras, province: Database, ports: FakePorts
) -> None:
    camera_id = await add_camera(province, 1)
    edit = Edit(name="Cổng", number=9, sensitivity=80, zones=[Zone(name="Sân", points=TRIANGLE)])
    assert await cameras.editing.change(camera_id, edit)
    spec = ports.desired.specs[camera_id]
    assert (spec.revision, spec.number, spec.motion.sensitivity, spec.motion.zones[0].points) == (2, 9, 80, TRIANGLE)
    assert await cameras.editing.change(camera_id, edit)
    assert ports.desired.specs[camera_id].revision == 2
    assert not await cameras.editing.change(ABSENT, edit)


@pytest.mark.parametrize(
    ("zones", "code"),
    [
        ([Zone(name="a", points=TRIANGLE[:2])], "bad_points"),
        ([Zone(name="a", points=((0, 0), (1, 0), (1, 1.5)))], "outside"),
        ([Zone(name="a", points=((0, 0), (1, 0), (1, float("nan"))))], "outside"),
        ([Zone(name="a", points=((0, 0), (0.5, 0.5), (1, 1)))], "no_area"),
        ([Zone(name="a", points=TRIANGLE), Zone(name="a", points=TRIANGLE)], "repeated_name"),
        ([Zone(name="", points=TRIANGLE)], "bad_name"),
        ([Zone(name=str(number), points=TRIANGLE) for number in range(17)], "too_many"),
    ],
)
async def test_a_zone_that_cannot_be_drawn_changes_nothing(
    cameras: Cameras, province: Database, ports: FakePorts, zones: list[Zone], code: str
) -> None:
    camera_id = await add_camera(province, 1)
    with pytest.raises(BadEdit) as caught:
        await cameras.editing.change(camera_id, Edit(name="Khác", zones=zones))
    assert caught.value.code == code
    assert ports.desired.specs == {}


async def test_a_number_belongs_to_one_camera(cameras: Cameras, province: Database) -> None:
    await add_camera(province, 1)
    second = await add_camera(province, 2)
    with pytest.raises(NumberTaken):
        await cameras.editing.change(second, Edit(number=1))
    assert await cameras.editing.change(second, Edit(number=2))


async def test_a_removed_camera_leaves_its_row_and_frees_everything_else(
    cameras: Cameras, province: Database, ports: FakePorts
) -> None:
    camera_id = await add_camera(province, 1, SITE_COURT, angle="accused")
    await cameras.desired.tell([camera_id])
    assert camera_id in ports.desired.specs
    assert await cameras.editing.remove(camera_id)
    assert ports.desired.specs == {}
    assert await cameras.catalogue.camera(camera_id) is None
    assert await cameras.catalogue.object(camera_id) is None
    assert await cameras.logins.of_camera(camera_id) is None
    async with province.session() as session:
        camera = await session.get_one(Camera, camera_id)
        device = await session.get_one(Device, camera.device_id)
    assert (camera.number, camera.removed_ms is not None, device.credentials) == (None, True, b"")
    assert device.key == f"removed:{device.id}"
    assert not await cameras.editing.remove(camera_id)
    everything = Sight.of(Reach(frozenset({ROOT}), frozenset({ROOT})), OrgTree([UnitNode(ROOT, ROOT, "", "")], {}))
    assert await cameras.catalogue.cameras(everything) == []


async def test_reconciling_tells_everything_again_and_removes_strays(
    cameras: Cameras, province: Database, ports: FakePorts
) -> None:
    camera_id = await add_camera(province, 1)
    stray: Any = object()
    ports.desired.specs["stray-camera-id"] = stray
    await cameras.desired.reconcile()
    assert set(ports.desired.specs) == {camera_id}
