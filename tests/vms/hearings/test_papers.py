import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vms.hearings.gate import Flag
from vms.hearings.papers import case_number, initials, looks_like_a_case_number, shown_name


@pytest.mark.parametrize(
    "number",
    [
        "12/2026/TLST-HS",
        "1/2026/TLPT-HNGĐ",
        "15/2026/QĐXXST-HS",
        "9999/2026/QĐXXPT-KDTM",
        "34/2025/DS-ST",
        "01/2023/HS-PT",
        " 12/2026/TLST-LĐ ",
    ],
)
def test_usual_numbers_are_known_composed_or_not(number: str) -> None:
    assert looks_like_a_case_number(number)
    assert looks_like_a_case_number(unicodedata.normalize("NFD", number))


@pytest.mark.parametrize("number", ["12/2016/HSST", "12345/2026/TLST-HS", "12/1999/TLST-HS", "Số 5", ""])
def test_other_numbers_are_kept_with_a_warning(number: str) -> None:
    assert not looks_like_a_case_number(number)
    assert case_number(number) == number.strip()


def test_a_minors_name_is_shown_by_initials() -> None:
    assert initials("Lò Văn Đức") == "L.V.Đ."
    assert shown_name("Lò Văn Đức", {Flag.MINOR}) == "L.V.Đ."
    assert shown_name("Lò Văn Đức", {Flag.CLOSED}) == "Lò Văn Đức"


@given(st.text(min_size=1, max_size=80))
def test_initials_hold_one_letter_of_each_word(name: str) -> None:
    shown = initials(name)
    assert len(shown.split(".")) - 1 >= len(unicodedata.normalize("NFC", name).split())
    assert not any(len(word) > 3 and word in shown for word in name.split() if "." not in word)
