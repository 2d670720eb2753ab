import pytest

from fakes.province import AREA_A
from fakes.signed_in import SignInAs
from vms.access import Role

CAMERA = "camera-000000001"


async def test_a_wall_is_saved_found_again_and_nobody_elses(people: SignInAs) -> None:
    mine, other = await people(Role.DUTY_OFFICER, AREA_A), await people(Role.DUTY_COMMANDER, AREA_A)
    last = {"name": "", "size": 4, "tiles": [CAMERA, None, None, None]}
    named = {"name": "Quốc lộ 6", "size": 1, "tiles": [CAMERA]}
    assert (await mine.send("PUT", "/api/layouts/last", last)).body == last
    assert (await mine.send("PUT", "/api/layouts/Qu%E1%BB%91c%20l%E1%BB%99%206", named)).body == named
    assert (await mine.get("/api/layouts")).body == [last, named]
    assert (await other.get("/api/layouts")).body == []
    assert (await other.send("DELETE", "/api/layouts/last")).status == 404
    assert (await mine.send("DELETE", "/api/layouts/last")).status == 204


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("x", {"name": "y", "size": 1, "tiles": []}),
        ("x", {"name": "x", "size": 5, "tiles": []}),
        ("x", {"name": "x", "size": 1, "tiles": [CAMERA, None]}),
        ("x", {"name": "x", "size": 1, "tiles": ["../../etc"]}),
        ("%00", {"name": "\0", "size": 1, "tiles": []}),
    ],
)
async def test_a_wall_that_cannot_be_is_refused(people: SignInAs, path: str, body: dict[str, object]) -> None:
    mine = await people(Role.DUTY_OFFICER, AREA_A)
    assert (await mine.send("PUT", f"/api/layouts/{path}", body)).status == 400
    assert (await mine.get("/api/layouts")).body == []
