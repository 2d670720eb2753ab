import pytest

from vms.cli.simulator.areas import NoSuchArea, chain, numbers_in
from vms.cli.simulator.simulation import Simulation

PROVINCE = Simulation()


def test_an_area_centre_has_the_cameras_of_its_communes_and_the_province_has_all() -> None:
    area, commune = set(numbers_in(PROVINCE, "area-1")), set(numbers_in(PROVINCE, "commune-to-hieu"))
    assert commune < area
    assert len(numbers_in(PROVINCE, "son-la")) == 240 + 36


def test_a_former_district_is_an_area_too() -> None:
    assert numbers_in(PROVINCE, "SL")


def test_a_courtroom_is_its_angles() -> None:
    assert numbers_in(PROVINCE, "room-son-la-1") == [301, 302, 303]
    assert set(numbers_in(PROVINCE, "room-son-la-1")) < set(numbers_in(PROVINCE, "court-son-la"))


def test_what_is_not_simulated_is_in_no_area() -> None:
    assert numbers_in(Simulation(cameras=0, courtrooms=0), "son-la") == []


def test_an_area_that_does_not_exist_is_told() -> None:
    with pytest.raises(NoSuchArea, match="atlantis"):
        numbers_in(PROVINCE, "atlantis")


def test_a_circle_of_units_ends_the_walk() -> None:
    assert chain("a", {"a": "b", "b": "a"}) == ["a", "b"]
