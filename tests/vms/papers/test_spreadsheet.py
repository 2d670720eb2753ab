import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.papers import ALL
from vms.papers.document import Verdict
from vms.papers.spreadsheet import document_spreadsheet, harmless, spreadsheet


def _read(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8")
    assert text.startswith("\ufeff")
    assert text.count("\ufeff") == 1
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def test_numbers_stay_numbers_and_formulas_become_text() -> None:
    content = spreadsheet(["Họ tên", "Điểm"], [["=HYPERLINK(1)", -5], ["Nguyễn; Ẩn", Verdict(True, "+Đạt")]])
    assert _read(content) == [["Họ tên", "Điểm"], ["'=HYPERLINK(1)", "-5"], ["Nguyễn; Ẩn", "'+Đạt"]]


@given(
    st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\ufeff")), min_size=1, max_size=5)
)
def test_no_cell_begins_as_a_formula(cells: list[str]) -> None:
    (row,) = _read(spreadsheet(["x"] * len(cells), [cells]))[1:] or [[]]
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠")) for cell in row)


@pytest.mark.parametrize("bad", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", "＝1"])
def test_everything_that_calculates_is_neutralised(bad: str) -> None:
    assert harmless(bad) == f"'{bad}"


@pytest.mark.parametrize("name", ALL)
def test_every_paper_has_its_rows_as_csv(name: str) -> None:
    document = ALL[name]()
    rows = _read(document_spreadsheet(document))
    assert rows[0] == [column.title for column in document.tables[0].columns]
    wanted = sum(len(table.rows) + 1 for table in document.tables) + len(document.tables) - 1
    assert len(rows) == wanted
