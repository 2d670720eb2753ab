import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.papers import CONFIG, COURT, HEARING, PROCURACY, ms
from vms.papers.attendance import Attendance, Presence, attendance_document
from vms.papers.document import Column, Paragraph, Table, Verdict
from vms.papers.evaluation import Evaluation, Score, evaluation_document
from vms.papers.evaluation_template import TemplateFault, parse_template
from vms.papers.monthly import BodyFigures, Monthly, monthly_document
from vms.papers.quota import Quota, QuotaRow, quota_document
from vms.papers.room_check import Checked, RoomCheck, room_check_document
from vms.papers.timeline import Interruption, Timeline, timeline_document


def test_a_register_counts_people_and_units_once() -> None:
    present = (
        Presence("Ngữ", "VKS", "1", "a", 0, 60_000, ((10_000, 20_000),)),
        Presence("Ngữ", "VKS", "2", "a", 0, 60_000),
        Presence("Ẩn", "TA", "3", "a", 0, None),
    )
    document = attendance_document(Attendance(COURT, HEARING, present))
    assert document.tables[0].rows[0][-1] == "07:00:10 – 07:00:20 (10 giây)"
    assert any(isinstance(one, Paragraph) and "2 người của 2 đơn vị" in one.text for one in document.blocks)


def test_a_room_passes_only_when_everything_was_checked_and_is_well() -> None:
    def verdict(*checked: Checked) -> bool:
        document = room_check_document(RoomCheck(COURT, HEARING, 0, "Ẩn", checked))
        cell = document.tables[-1].rows[0][1]
        assert isinstance(cell, Verdict)
        return cell.good

    assert verdict(Checked("Hình ảnh", "a"), Checked("Âm thanh", "a"))
    assert not verdict(Checked("Hình ảnh", "a"), Checked("Âm thanh", "a", problem="Không có tiếng"))
    assert not verdict()


def test_interruptions_that_last_are_counted_but_not_measured() -> None:
    faults = (Interruption(ms(9), ms(9, 1), "Mất điện"), Interruption(ms(10), None, "Mất đường truyền"))
    table = timeline_document(Timeline(COURT, HEARING, (), faults)).tables[1]
    assert table.totals[2:4] == ("1 phút 00 giây", "2 lần")
    assert table.rows[1][2] == "chưa khắc phục"


TEMPLATE = parse_template((CONFIG / "evaluation.toml").read_text(encoding="utf-8"))


def test_the_template_of_the_province_has_a_hundred_points() -> None:
    assert TEMPLATE.most == 100
    assert [TEMPLATE.level(points) for points in (100, 89, 0)] == ["Xuất sắc", "Tốt", "Chưa đạt yêu cầu"]


def test_a_level_is_given_only_to_a_whole_sheet() -> None:
    whole = {criterion.key: Score(criterion.most) for criterion in TEMPLATE.criteria}
    part = dict(list(whole.items())[1:])
    levels = [
        any(isinstance(block, Paragraph) and "Xếp loại: Xuất sắc (100/100" in block.text for block in document.blocks)
        for document in (evaluation_document(Evaluation(PROCURACY, HEARING, TEMPLATE, scores=s)) for s in (whole, part))
    ]
    assert levels == [True, False]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("title=", "not TOML"),
        ('title="A"', "'groups'"),
        ('title="A"\ngroups=[]', "1 to 100 criteria"),
        ('title="A"\n[[groups]]\ntitle="x"\ncriteria=[{key="A b",text="t",most=1}]', "small letters"),
        ('title="A"\n[[groups]]\ntitle="x"\ncriteria=[{key="a",text="t",most=0}]', "from 1 to 1000"),
        ('title="A"\n[[groups]]\ntitle="x"\ncriteria=[{key="a",text="t",most=true}]', "from 1 to 1000"),
        (
            'title="A"\n[[groups]]\ntitle="x"\ncriteria=[{key="a",text="t",most=1},{key="a",text="u",most=1}]',
            "of its own",
        ),
        (
            'title="A"\nlevels=[{from=1,name="x"},{from=2,name="y"}]\n[[groups]]\ntitle="x"\ncriteria=[{key="a",text="t",most=1}]',
            "begin with the highest",
        ),
    ],
)
def test_a_mistake_in_a_template_is_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(TemplateFault, match=sentence):
        parse_template(text)


@given(st.text(max_size=200))
def test_no_text_breaks_the_template_reader(text: str) -> None:
    with contextlib.suppress(TemplateFault):
        parse_template(text)


def test_figures_add_up() -> None:
    bodies = (BodyFigures("A", held=2, watched_ms=3_600_000), BodyFigures("B", held=3, watched_ms=1_800_000))
    (table,) = monthly_document(Monthly(COURT, 1, 2026, bodies)).tables
    assert table.totals[2] == 5
    assert table.totals[7] == "1,5"


def test_a_quota_says_what_is_missing() -> None:
    rows = (QuotaRow("A", "Thẩm phán", "TA", 1, 1), QuotaRow("B", "Kiểm sát viên", "VKS", 0, 2))
    (table,) = quota_document(Quota(COURT, 2026, rows)).tables
    assert [row[6:] for row in table.rows] == [(0, Verdict(True, "Đạt")), (2, Verdict(False, "Chưa đạt"))]


def test_a_row_has_as_many_cells_as_its_table_has_columns() -> None:
    with pytest.raises(ValueError, match="2 cells"):
        Table((Column("A"),), (("a", "b"),))
