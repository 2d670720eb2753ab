"""The filter of lists and the decision on each camera say the same, whatever is restricted for whom."""

import random

import pytest

from fakes.province import AREA_A, AREA_B, COURT, POLICE, ROOT, SITE_A, SITE_B, SITE_COURT, add_camera, build_province
from vms.access import Action, Grant, Person, Role, may, reach
from vms.cameras.catalogue import Catalogue
from vms.cameras.sight import Sight
from vms.db.engine import Database
from vms.db.tables import RestrictedCamera, RestrictionRow, RestrictionRuleRow
from vms.organisation import Organisation

NOW = 1_000
UNITS = (ROOT, POLICE, AREA_A, AREA_B, COURT)
ACTIONS = (Action.CAMERA_LIST, Action.CAMERA_VIEW_RECORDED, Action.ALARM_LIST, Action.CAMERA_MANAGE)


async def _restrict(database: Database, dice: random.Random, cameras: list[str]) -> None:
    async with database.transaction() as session:
        for number in range(5):
            restriction = RestrictionRow(name=f"r{number}", unit_id=ROOT, sensitive=dice.random() < 0.6, created_ms=0)
            session.add(restriction)
            await session.flush()
            for camera in dice.sample(cameras, 3):
                session.add(RestrictedCamera(restriction_id=restriction.id, camera_id=camera))
            for _ in range(dice.randrange(5)):
                session.add(
                    RestrictionRuleRow(
                        restriction_id=restriction.id,
                        subject=dice.choice(["me", "you", *Role]),
                        allow=dice.random() < 0.6,
                        valid_from_ms=dice.choice([0, NOW - 1, NOW, NOW + 1]),
                        valid_to_ms=dice.choice([None, None, NOW - 1, NOW, NOW + 1]),
                    )
                )


def _someone(dice: random.Random, cameras: list[str]) -> Person:
    wall = frozenset(dice.sample(cameras, 4)) if dice.random() < 0.2 else None
    roles = [Role.WALL_CONSOLE] if wall is not None else dice.choices(list(Role), k=dice.randrange(1, 4))
    grants = tuple(Grant(role, dice.choice(UNITS), dice.choice([0, 0, 0, NOW + 1])) for role in roles)
    return Person("me", "me", "Me", grants, wall)


@pytest.mark.parametrize("seed", range(4))
async def test_lists_and_decisions_agree_about_restricted_cameras(any_database: Database, seed: int) -> None:
    dice = random.Random(seed)
    await build_province(any_database)
    sites = [SITE_A, SITE_B, SITE_COURT]
    cameras = [await add_camera(any_database, number, sites[number % 3]) for number in range(1, 10)]
    await _restrict(any_database, dice, cameras)
    organisation = Organisation(any_database, lambda: NOW)
    catalogue, tree = Catalogue(any_database, organisation), await organisation.tree()
    objects = await catalogue.objects(cameras)
    assert any(obj.restrictions for obj in objects.values())
    for _ in range(60):
        person, action = _someone(dice, cameras), dice.choice(ACTIONS)
        listed = await catalogue.ids(Sight.of(reach(person, action, NOW), tree))
        assert listed == {camera for camera, obj in objects.items() if may(person, action, obj, NOW)}
