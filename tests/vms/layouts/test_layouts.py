import pytest

from fakes.clock import FakeClock
from fakes.province import AREA_A, add_account, build_province
from vms.db.engine import Database
from vms.layouts.service import MOST_LAYOUTS, BadLayout, Layouts, TooManyLayouts, Wall

CAMERA = "camera-000000001"


@pytest.fixture
async def people(database: Database) -> list[str]:
    await build_province(database)
    return [await add_account(database, login, "duty_officer", AREA_A) for login in ("a", "b")]


@pytest.fixture
def layouts(database: Database) -> Layouts:
    return Layouts(database, FakeClock())


async def test_walls_belong_to_their_account(layouts: Layouts, people: list[str]) -> None:
    await layouts.save(people[0], Wall("", 4, [CAMERA, None]))
    await layouts.save(people[0], Wall("QL6", 1, [CAMERA]))
    assert await layouts.all_of(people[0]) == [Wall("", 4, [CAMERA, None, None, None]), Wall("QL6", 1, [CAMERA])]
    assert await layouts.all_of(people[1]) == []
    assert not await layouts.delete(people[1], "QL6")
    assert await layouts.delete(people[0], "QL6")


async def test_saving_under_the_same_name_replaces(layouts: Layouts, people: list[str]) -> None:
    await layouts.save(people[0], Wall("QL6", 4, [CAMERA]))
    await layouts.save(people[0], Wall("QL6", 1, [None]))
    assert await layouts.all_of(people[0]) == [Wall("QL6", 1, [None])]


@pytest.mark.parametrize(
    ("wall", "field"),
    [
        (Wall("x", 5, []), "size"),
        (Wall("x", 1, [CAMERA, None]), "tiles"),
        (Wall("x", 4, [CAMERA, CAMERA]), "tiles"),
        (Wall("\x00", 4, []), "name"),
        (Wall("a\u202eb", 4, []), "name"),
        (Wall("x" * 81, 4, []), "name"),
    ],
)
async def test_a_wall_that_cannot_be_is_refused(layouts: Layouts, people: list[str], wall: Wall, field: str) -> None:
    with pytest.raises(BadLayout) as caught:
        await layouts.save(people[0], wall)
    assert caught.value.field == field


@pytest.mark.parametrize("size", [1, 4, 6, 8, 9, 16, 25, 36, 64])
async def test_every_shape_of_wall_is_kept_with_all_of_its_tiles(
    layouts: Layouts, people: list[str], size: int
) -> None:
    tiles = [f"camera-{number:09}" for number in range(size)]
    assert (await layouts.save(people[0], Wall("", size, tiles))).tiles == tiles
    assert await layouts.all_of(people[0]) == [Wall("", size, tiles)]


async def test_walls_are_bounded(layouts: Layouts, people: list[str]) -> None:
    for number in range(MOST_LAYOUTS):
        await layouts.save(people[0], Wall(f"{number}", 1, []))
    with pytest.raises(TooManyLayouts):
        await layouts.save(people[0], Wall("one more", 1, []))
    await layouts.save(people[0], Wall("5", 4, []))
