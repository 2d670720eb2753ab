import unicodedata
from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fakes.papers import ms
from vms.papers.wording import VIETNAM, hours, length, moment, printable, span, written_date

KNOWN = frozenset(range(0x20, 0x250)) | frozenset(range(0x1E00, 0x1F00))


@pytest.mark.parametrize(
    ("day", "month", "text"),
    [
        (5, 2, "ngày 05 tháng 02 năm 2026"),
        (31, 1, "ngày 31 tháng 01 năm 2026"),
        (9, 3, "ngày 09 tháng 3 năm 2026"),
        (25, 11, "ngày 25 tháng 11 năm 2026"),
    ],
)
def test_dates_have_zeros_where_the_decree_wants_them(day: int, month: int, text: str) -> None:
    assert written_date(ms(12, day=day, month=month)) == text


def test_times_are_those_of_vietnam() -> None:
    midnight_utc = 1_767_225_600_000
    assert moment(midnight_utc) == "01/01/2026 07:00:00"
    assert moment(None) == ""


def test_a_hearing_past_midnight_says_both_days() -> None:
    assert span(ms(23, 50), ms(0, 20, day=6)) == "05/02/2026 23:50:00 – 06/02/2026 00:20:00"
    assert span(ms(8), ms(9, 1, 2)) == "05/02/2026 08:00:00 – 09:01:02"
    assert span(ms(8), None) == "từ 05/02/2026 08:00:00"


@given(st.integers(0, 10**9))
def test_a_length_of_time_adds_up(duration_ms: int) -> None:
    numbers = [int(word) for word in length(duration_ms).split() if word.isdigit()]
    seconds = sum(number * 60**power for power, number in enumerate(reversed(numbers)))
    assert seconds == duration_ms // 1000
    assert all(number < 60 for number in numbers[1:])


def test_hours_have_a_decimal_comma() -> None:
    assert hours(5_400_000) == "1,5"


@given(st.text())
def test_only_known_characters_are_printed(text: str) -> None:
    assert {ord(char) for char in printable(text, KNOWN)} <= KNOWN | {10}


@given(st.text(alphabet=st.characters(codec="utf-8")))
@example("\uf900")
def test_no_character_is_lost_silently(text: str) -> None:
    shown = printable(text, KNOWN)
    # Some ideographs are other ones with an older code: composing them is no loss.
    for char in unicodedata.normalize("NFC", text):
        if ord(char) > 0x1F00 and not char.isspace() and char.isprintable():
            assert f"[U+{ord(char):04X}]" in shown or ord(char) in KNOWN


def test_the_zone_is_that_of_vietnam() -> None:
    assert datetime(2026, 1, 1, tzinfo=VIETNAM).utcoffset().total_seconds() == 7 * 3600  # type: ignore[union-attr]
