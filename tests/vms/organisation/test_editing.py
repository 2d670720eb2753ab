from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vms.organisation.changes import Change, changes
from vms.organisation.editing import AnglePut, Close, Create, Edit, Move, PutCourtroom, PutSite, Rename, edited
from vms.organisation.files import ImportRefused, read_texts
from vms.organisation.plan import Plan, ProblemCode

TEXTS = {
    "units.csv": """key,kind,name,name_en,valid_from,valid_to,successor
tinh,province,Tỉnh,,,,
catinh,police,Công an tỉnh,,,,
huyen,police,Công an huyện Mộc Châu,,,,
huyen2,police,Công an huyện Vân Hồ,,2020-01-01,,
xa,police,Công an xã Chiềng Sơn,,,,
""",
    "placements.csv": """child,parent,valid_from,valid_to
catinh,tinh,,
huyen,catinh,,
huyen2,catinh,2020-01-01,
xa,huyen,,
""",
    "sites.csv": """key,name,name_en,unit,legacy_district,latitude,longitude,owner,funding
s1,"Ngã tư, QL6",,huyen,MC,20.848,104.635,Công an tỉnh,ngân sách
""",
    "courtrooms.csv": "key,court,name,site\n",
    "angles.csv": "courtroom,angle,name,number,channel,audio\n",
}
DAY = "2025-07-01"
DAY_MS = 1_751_302_800_000
NEW = Create("phuong", "police", "Công an phường Mộc Châu", "", "catinh", DAY)


def after(*edits: Edit) -> Plan:
    return read_texts(edited(TEXTS, edits))


def parent(plan: Plan, key: str, at_ms: int) -> str | None:
    held = [placed.parent for placed in plan.placements if placed.child == key and placed.holds(at_ms)]
    return held[0] if held else None


def codes(*edits: Edit) -> list[tuple[int, ProblemCode]]:
    with pytest.raises(ImportRefused) as refused:
        edited(TEXTS, edits)
    assert {problem.file for problem in refused.value.problems} == {"edits"}
    return [(problem.line, problem.code) for problem in refused.value.problems]


def test_without_edits_the_files_say_the_same() -> None:
    assert changes(read_texts(TEXTS), after()) == []


def test_a_unit_moves_on_a_day_and_was_elsewhere_before() -> None:
    plan = after(Move("xa", "huyen2", DAY))
    assert [parent(plan, "xa", DAY_MS + step) for step in (-1, 0)] == ["huyen", "huyen2"]
    assert changes(read_texts(TEXTS), plan) == [
        Change("unit_moved", "Công an xã Chiềng Sơn", "Công an huyện Mộc Châu", "Công an huyện Vân Hồ", DAY_MS)
    ]


def test_a_unit_that_closes_leaves_what_it_has_to_its_successor() -> None:
    plan = after(NEW, Close("huyen", "phuong", DAY))
    (closed,) = [unit for unit in plan.units if unit.key == "huyen"]
    assert (closed.valid_to_ms, closed.successor) == (DAY_MS, "phuong")
    assert [parent(plan, "xa", DAY_MS + step) for step in (-1, 0)] == ["huyen", "phuong"]
    assert parent(plan, "huyen", DAY_MS) is None
    assert {change.what for change in changes(read_texts(TEXTS), plan)} == {"unit_added", "unit_closed", "unit_moved"}


def test_a_unit_that_takes_over_from_the_one_above_it_takes_its_place() -> None:
    plan = after(Close("huyen", "xa", DAY))
    assert [parent(plan, "xa", DAY_MS + step) for step in (-1, 0)] == ["huyen", "catinh"]


def test_a_new_name_is_the_same_unit() -> None:
    plan = after(Rename("xa", "Công an xã Mới", "New"))
    assert changes(read_texts(TEXTS), plan) == [
        Change("unit_renamed", "Công an xã Mới", "Công an xã Chiềng Sơn", "Công an xã Mới (New)")
    ]


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (Rename("absent", "x", ""), ProblemCode.UNKNOWN_UNIT),
        (Create("xa", "police", "x", "", "tinh", DAY), ProblemCode.TWICE),
        (Create("y", "police", "x", "", "absent", DAY), ProblemCode.UNKNOWN_UNIT),
        (Move("xa", "huyen2", "2019-12-31"), ProblemCode.NOT_THEN),
        (Move("tinh", "catinh", DAY), ProblemCode.ROOT),
        (Move("xa", "catinh", "2025-13-01"), ProblemCode.BAD_DATE),
        (Close("tinh", "catinh", DAY), ProblemCode.ROOT),
        (Close("huyen", "", DAY), ProblemCode.NEEDS_SUCCESSOR),
        (Close("huyen", "huyen", DAY), ProblemCode.NEEDS_SUCCESSOR),
        (Close("huyen2", "", "2020-01-01"), ProblemCode.ENDS_FIRST),
        (Close("huyen2", "absent", DAY), ProblemCode.UNKNOWN_UNIT),
    ],
)
def test_an_edit_that_cannot_be_is_named_by_its_number(edit: Edit, code: ProblemCode) -> None:
    assert codes(NEW, edit) == [(2, code)]


def test_a_unit_under_itself_is_refused_as_in_every_file() -> None:
    with pytest.raises(ImportRefused) as refused:
        after(Move("huyen", "xa", DAY))
    assert refused.value.problems[0].code is ProblemCode.CIRCLE


keys = st.sampled_from(["tinh", "catinh", "huyen", "huyen2", "xa", "new1", "new2"])
days = st.dates().map(lambda day: day.isoformat())
name = st.just("Tên")
edits: st.SearchStrategy[Edit] = st.one_of(
    st.builds(Rename, keys, name, name),
    st.builds(Create, keys, name.map(lambda _: "police"), name, name, keys, days),
    st.builds(Close, keys, st.one_of(st.just(""), keys), days),
    st.builds(Move, keys, keys, days),
)


@given(st.lists(edits, max_size=6), st.dates().map(lambda day: round(86_400_000 * (day.toordinal() - 719_163))))
def test_whatever_is_edited_no_unit_that_exists_is_left_outside_the_tree(made: list[Edit], at_ms: int) -> None:
    """Unless the files are refused: every unit has a place from the first to the last day, as far as its parents reach."""
    try:
        plan = after(*made)
    except ImportRefused:
        return
    there = {
        unit.key
        for unit in plan.units
        if unit.valid_from_ms <= at_ms and (unit.valid_to_ms is None or at_ms < unit.valid_to_ms)
    }
    placed = {row.child for row in plan.placements if row.holds(at_ms)}
    assert there - placed <= {"tinh"}
    changes(read_texts(TEXTS), plan)


SITE = PutSite(False, "s1", "Ngã tư", "Crossroads", "huyen2", "MC", "20.9", "104.6", "UBND", "xã")
NEW_SITE = PutSite(True, "s2", "Trụ sở Tòa án", "", "tinh", "", "", "", "", "")
ROOM = PutCourtroom(True, "r1", "Phòng 1", "tinh", "s2", (AnglePut("accused", "Bị cáo", "501", 1, True),))


def test_a_site_is_added_or_changed_and_may_go_to_another_unit() -> None:
    plan = after(NEW_SITE, SITE)
    assert changes(read_texts(TEXTS), plan) == [
        Change("site_moved", "Ngã tư", "Công an huyện Mộc Châu", "Công an huyện Vân Hồ"),
        Change("site_added", "Trụ sở Tòa án", "", "Tỉnh"),
    ]
    changed = next(site for site in plan.sites if site.key == "s1")
    assert (changed.name_en, changed.latitude, changed.longitude, changed.owner) == ("Crossroads", 20.9, 104.6, "UBND")


def test_a_courtroom_is_added_with_its_angles_and_those_not_named_stay() -> None:
    first = after(NEW_SITE, ROOM)
    assert [(angle.courtroom, angle.angle, angle.number, angle.audio) for angle in first.angles] == [
        ("r1", "accused", 501, True)
    ]
    renamed = PutCourtroom(False, "r1", "Phòng lớn", "tinh", "s2", (AnglePut("bench", "Hội đồng", "", 2, False),))
    second = after(NEW_SITE, ROOM, renamed)
    assert [room.name for room in second.courtrooms] == ["Phòng lớn"]
    assert [(angle.angle, angle.number) for angle in second.angles] == [("accused", 501), ("bench", None)]


def test_what_does_not_fit_is_named_by_the_number_of_the_edit() -> None:
    gone = replace(SITE, key="gone")
    half = replace(SITE, longitude="")
    nowhere = replace(ROOM, site="nowhere")
    assert codes(replace(SITE, new=True), gone, half, replace(SITE, unit="x"), nowhere, replace(ROOM, new=False)) == [
        (1, ProblemCode.TWICE),
        (2, ProblemCode.UNKNOWN_SITE),
        (3, ProblemCode.BAD_COORDINATE),
        (4, ProblemCode.UNKNOWN_UNIT),
        (5, ProblemCode.UNKNOWN_SITE),
        (6, ProblemCode.UNKNOWN_SITE),
    ]
    assert codes(NEW_SITE, replace(ROOM, new=False)) == [(2, ProblemCode.UNKNOWN_COURTROOM)]
