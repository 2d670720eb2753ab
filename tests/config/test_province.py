"""The province in `config/` fits together, is what the README says, and can be imported."""

import csv
import itertools
import re
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from vms.organisation.files import read_folder

PROVINCE = Path(__file__).parents[2] / "config" / "province"
FILES = ("units", "placements", "sites", "courtrooms", "angles", "cameras")
KINDS = {
    "province": 1,
    "province_police": 1,
    "legacy_district_police": 12,
    "area_centre": 6,
    "commune": 75,
    "court": 1,
    "regional_court": 6,
    "procuracy": 1,
    "regional_procuracy": 6,
    "peoples_council": 1,
    "internal_affairs": 1,
}


def rows(name: str) -> list[dict[str, str]]:
    with (PROVINCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def begin(row: dict[str, str]) -> date:
    return date.fromisoformat(row["valid_from"]) if row["valid_from"] else date.min


def end(row: dict[str, str]) -> date:
    return date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max


def test_the_importer_takes_the_folder_as_it_is() -> None:
    plan = read_folder(PROVINCE)
    assert len(plan.units) == sum(KINDS.values())


@pytest.mark.parametrize("name", FILES)
def test_every_cell_is_plain_nfc_text(name: str) -> None:
    raw = (PROVINCE / f"{name}.csv").read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    for row in rows(name):
        assert None not in row
        for value in row.values():
            assert value == unicodedata.normalize("NFC", value).strip()
            assert not any(unicodedata.category(character) == "Cc" for character in value)


@pytest.mark.parametrize("name", ["units", "sites", "courtrooms"])
def test_keys_are_unique_ascii_slugs(name: str) -> None:
    keys = [row["key"] for row in rows(name)]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key) for key in keys)


def test_there_are_as_many_units_of_each_kind_as_the_law_says() -> None:
    assert Counter(row["kind"] for row in rows("units")) == KINDS
    names = [row["name"] for row in rows("units")]
    assert len(set(names)) == len(names)
    wards = [name for name in names if name.startswith("Công an phường ")]
    assert len(wards) == 8


def test_the_districts_end_before_the_communes_begin() -> None:
    units = rows("units")
    assert {row["valid_to"] for row in units if row["kind"] == "legacy_district_police"} == {"2025-03-01"}
    assert {row["valid_from"] for row in units if row["kind"] == "commune"} == {"2025-07-01"}
    assert {row["valid_from"] for row in units if row["kind"].startswith("regional_")} == {"2025-07-01"}
    by_key = {row["key"]: row for row in units}
    for row in units:
        assert begin(row) < end(row)
        if row["successor"]:
            assert begin(by_key[row["successor"]]) == end(row)
        else:
            assert not row["valid_to"]


def test_placements_never_overlap_and_stay_within_the_life_of_both_units() -> None:
    units = {row["key"]: row for row in rows("units")}
    spans: dict[str, list[dict[str, str]]] = {}
    for row in rows("placements"):
        child, parent = units[row["child"]], units[row["parent"]]
        assert begin(child) <= begin(row) < end(row) <= end(child)
        assert begin(parent) <= begin(row) < end(row) <= end(parent)
        spans.setdefault(row["child"], []).append(row)
    for placed in spans.values():
        placed.sort(key=begin)
        for earlier, later in itertools.pairwise(placed):
            assert end(earlier) <= begin(later)
    assert set(units) - set(spans) == {"son-la"}, "only the province has nobody above it"


def test_sites_are_in_the_province_and_belong_to_living_units() -> None:
    units = {row["key"]: row for row in rows("units")}
    sites = rows("sites")
    assert 230 <= len(sites) <= 250
    names = [row["name"] for row in sites]
    assert len(set(names)) == len(names)
    for row in sites:
        assert not units[row["unit"]]["valid_to"]
        assert units[f"district-{row['legacy_district'].lower()}"]["kind"] == "legacy_district_police"
        assert 20.6 <= float(row["latitude"]) <= 22.1
        assert 103.1 <= float(row["longitude"]) <= 105.1
        assert row["owner"]
        assert row["funding"]
    assert len({row["legacy_district"] for row in sites}) == 12


def test_courtrooms_have_two_or_three_pictures_and_one_sound() -> None:
    sites = {row["key"] for row in rows("sites")}
    courts = {row["key"] for row in rows("units") if row["kind"] in {"court", "regional_court"}}
    rooms = {row["key"]: row for row in rows("courtrooms")}
    assert len(rooms) >= 13
    assert {row["court"] for row in rooms.values()} == courts
    assert {row["site"] for row in rooms.values()} <= sites
    angles = rows("angles")
    assert {row["courtroom"] for row in angles} == set(rooms)
    for key in rooms:
        own = [row for row in angles if row["courtroom"] == key]
        assert len(own) in {2, 3}
        assert len({row["angle"] for row in own}) == len(own)
        assert {row["angle"] for row in own} <= {"accused", "bench", "witness", "evidence"}
        assert [row["channel"] for row in own] == [str(n) for n in range(1, len(own) + 1)]
        assert [row["audio"] for row in own].count("true") == 1


def test_there_are_240_cameras_and_no_number_is_given_twice() -> None:
    cameras = rows("cameras")
    assert [int(row["number"]) for row in cameras] == list(range(1, 241))
    numbers = [int(row["number"]) for row in (*cameras, *rows("angles"))]
    assert len(set(numbers)) == len(numbers)
    assert max(numbers) < 1 << 12, "the strip in the picture has 12 bits for it"
    names = [row["name"] for row in cameras]
    assert len(set(names)) == len(names)
    sites = {row["key"] for row in rows("sites")}
    assert {row["site"] for row in cameras} <= sites
    assert Counter(row["main_codec"] for row in cameras) == {"h264": 144, "h265": 96}
    assert {row["factory_password"] for row in cameras} == {"true", "false"}
    assert all(row["manufacturer"] and row["model"] for row in cameras)


def test_every_quirk_of_the_list_occurs_twice_and_the_first_wall_is_calm() -> None:
    cameras = rows("cameras")
    quirks = Counter(quirk for row in cameras for quirk in row["quirks"].split(";") if quirk)
    assert min(quirks.values()) >= 2
    assert not any(row["quirks"] for row in cameras[:16])
    assert all(row["main_codec"] == "h265" for row in cameras if "h265_" in row["quirks"])
