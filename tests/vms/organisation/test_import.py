from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlmodel import select

from fakes.clock import FakeClock
from vms.db.engine import Database
from vms.db.tables import Angle, Courtroom, Site, Unit
from vms.organisation import Organisation
from vms.organisation.files import ImportRefused, read_folder

UNITS = """key,kind,name,name_en,valid_from,valid_to,successor
tinh,province,Tỉnh Sơn La,Sơn La province,,,
catinh,police,Công an tỉnh,Provincial police,,,
mocchau,police,Công an huyện Mộc Châu,District police,,2025-03-01,phuong
phuong,police,Công an phường Mộc Châu,Ward police,2025-03-01,,
tand,court,Tòa án nhân dân khu vực 6,Regional court 6,2025-07-01,,
"""
PLACEMENTS = """child,parent,valid_from,valid_to
catinh,tinh,,
mocchau,catinh,,2025-03-01
phuong,catinh,2025-03-01,
tand,tinh,2025-07-01,
"""
SITES = """key,name,name_en,unit,legacy_district,latitude,longitude,owner,funding
s1,"Ngã tư, QL6",Crossroads,mocchau,MC,20.848,104.635,Công an tỉnh,ngân sách
s2,Trụ sở Tòa án,Courthouse,tand,MC,,,,
"""
COURTROOMS = "key,court,name,site\nr1,tand,Phòng xử án số 1,s2\n"
ANGLES = (
    "courtroom,angle,name,number,channel,audio\nr1,accused,Bị cáo,301,1,true\nr1,bench,Hội đồng xét xử,302,1,false\n"
)
FILES = {"units": UNITS, "placements": PLACEMENTS, "sites": SITES, "courtrooms": COURTROOMS, "angles": ANGLES}


def _write(folder: Path, **changed: str) -> Path:
    for name, text in {**FILES, **changed}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8-sig")
    return folder


def _ms(day: str) -> int:
    return round(datetime.fromisoformat(day).replace(tzinfo=timezone(timedelta(hours=7))).timestamp() * 1000)


async def _names(database: Database, kind: type[Unit] | type[Site] | type[Courtroom]) -> dict[str, str]:
    async with database.session() as session:
        return {row.key: row.id for row in (await session.exec(select(kind))).all()}


async def test_a_folder_is_taken_over_once_however_often_it_is_imported(any_database: Database, tmp_path: Path) -> None:
    organisation = Organisation(any_database, FakeClock())
    first = await organisation.import_folder(_write(tmp_path))
    assert first.added == 4 + 4 + 2 + 1 + 2  # the root of the first start became the province
    units = await _names(any_database, Unit)
    assert not await organisation.import_folder(tmp_path)
    assert await _names(any_database, Unit) == units


async def test_the_first_root_becomes_the_province_and_keeps_its_id(database: Database, tmp_path: Path) -> None:
    organisation = Organisation(database, FakeClock())
    root_id = await organisation.ensure_root()
    await organisation.import_folder(_write(tmp_path))
    assert (await _names(database, Unit))["tinh"] == root_id == await organisation.ensure_root()
    assert (await organisation.tree()).units[root_id].name == "Tỉnh Sơn La"


async def test_several_units_at_the_top_come_below_the_root(database: Database, tmp_path: Path) -> None:
    organisation = Organisation(database, FakeClock())
    await organisation.import_folder(_write(tmp_path, placements="child,parent,valid_from,valid_to\nphuong,catinh,,\n"))
    tree, ids = await organisation.tree(), await _names(database, Unit)
    root_id = await organisation.ensure_root()
    assert tree.chain(ids["phuong"]) == (ids["phuong"], ids["catinh"], root_id)
    assert tree.chain(ids["tand"]) == (ids["tand"], root_id)
    assert not await organisation.import_folder(tmp_path)


async def test_the_organisation_of_another_day_is_that_of_then(database: Database, tmp_path: Path) -> None:
    organisation = Organisation(database, FakeClock())
    await organisation.import_folder(_write(tmp_path))
    ids = await _names(database, Unit)
    before, after = await organisation.tree(_ms("2025-02-28")), await organisation.tree(_ms("2025-03-01"))
    assert ids["mocchau"] in before.units
    assert ids["phuong"] not in before.units
    assert ids["mocchau"] not in after.units
    assert before.chain(ids["mocchau"]) == (ids["mocchau"], ids["catinh"], ids["tinh"])


async def test_what_an_abolished_unit_kept_is_in_the_care_of_its_successor(database: Database, tmp_path: Path) -> None:
    organisation = Organisation(database, FakeClock())
    await organisation.import_folder(_write(tmp_path))
    ids, tree = await _names(database, Unit), await organisation.tree()
    assert tree.chain(ids["mocchau"]) == (ids["phuong"], ids["catinh"], ids["tinh"])
    assert ids["mocchau"] in tree.subtree([ids["phuong"]])


async def test_a_changed_name_changes_the_row_and_not_its_id(database: Database, tmp_path: Path) -> None:
    organisation = Organisation(database, FakeClock())
    await organisation.import_folder(_write(tmp_path))
    before = await _names(database, Site)
    summary = await organisation.import_folder(_write(tmp_path, sites=SITES.replace("Ngã tư, QL6", "Ngã tư Quốc lộ 6")))
    assert (summary.added, summary.changed, summary.removed) == (0, 1, 0)
    assert await _names(database, Site) == before


async def test_a_camera_stays_attached_to_its_angle(database: Database, tmp_path: Path) -> None:
    organisation = Organisation(database, FakeClock())
    await organisation.import_folder(_write(tmp_path))
    async with database.transaction() as session:
        (await session.exec(select(Angle).where(Angle.kind == "accused"))).one().camera_id = "camera-1"
    await organisation.import_folder(_write(tmp_path, angles=ANGLES.replace("Bị cáo", "Bị cáo và người tham dự")))
    async with database.session() as session:
        angle = (await session.exec(select(Angle).where(Angle.kind == "accused"))).one()
    assert (angle.name, angle.camera_id) == ("Bị cáo và người tham dự", "camera-1")


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("units", "key,kind\nx,y\n", "the column name is missing"),
        ("units", UNITS + "tinh,province,Lại Sơn La,,,,\n", "tinh is there twice"),
        ("units", UNITS + "x y,province,Tên,,,,\n", "is no key"),
        ("units", UNITS + "x,province,,,,,\n", "the name is missing"),
        ("units", UNITS + "x,province,Tên,,01/07/2025,,\n", "is no date"),
        ("units", UNITS + "x,province,Tên,,2025-07-01,2025-06-01,\n", "ends before it begins"),
        ("units", UNITS + "x,province,Tên\n", "as many columns"),
        ("units", UNITS + "x,province,Tên\x07,,,,\n", "control characters"),
        ("placements", PLACEMENTS + "nobody,tinh,,\n", "there is no unit nobody"),
        ("placements", PLACEMENTS + "tinh,phuong,,\n", "is above itself"),
        ("placements", PLACEMENTS + "phuong,tinh,2026-01-01,\n", "two parents"),
        ("sites", SITES + "s3,Tên,,catinh,,91,0,,\n", "is no coordinate"),
        ("sites", SITES + "s3,Tên,,catinh,,nan,0,,\n", "is no coordinate"),
        ("courtrooms", COURTROOMS + "r2,tand,Phòng 2,s9\n", "there is no site s9"),
        ("angles", ANGLES + "r1,ceiling,Trần,1,1,0\n", "the angle must be one of"),
        ("angles", ANGLES + "r1,witness,Nhân chứng,-1,1,0\n", "is no number"),
    ],
)
async def test_one_wrong_line_refuses_the_folder_and_changes_nothing(
    database: Database, tmp_path: Path, name: str, text: str, problem: str
) -> None:
    organisation = Organisation(database, FakeClock())
    with pytest.raises(ImportRefused, match=problem) as caught:
        await organisation.import_folder(_write(tmp_path, **{name: text}))
    assert caught.value.problems[0].file == f"{name}.csv"
    assert await _names(database, Unit) == {}


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    _write(tmp_path)
    (tmp_path / "sites.csv").write_bytes(b"\xff\xfe\x00key")
    with pytest.raises(ImportRefused, match=r"sites\.csv line 0: it cannot be read"):
        read_folder(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="there are no units"):
        read_folder(tmp_path)


async def test_the_province_that_we_ship_can_be_imported_and_hangs_together(database: Database) -> None:
    organisation = Organisation(database, FakeClock())
    folder = Path(__file__).parents[3] / "config" / "province"
    assert (await organisation.import_folder(folder)).added > 300
    assert not await organisation.import_folder(folder)
    root_id, tree = await organisation.ensure_root(), await organisation.tree()
    assert [unit_id for unit_id in tree.units if tree.parent(unit_id) is None] == [root_id]
    async with database.session() as session:
        sites = (await session.exec(select(Site))).all()
    assert [site.key for site in sites if root_id not in tree.path(site.unit_id)] == []
