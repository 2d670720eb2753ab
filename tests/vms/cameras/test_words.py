from hypothesis import given
from hypothesis import strategies as st

from vms.cameras.words import clean, folded


def test_hostile_names_become_one_showable_line() -> None:
    assert clean("  Cổng\r\n\x00<b>\u202egpj.exe\u200b ") == "Cổng <b>gpj.exe"
    assert len(clean("á" * 10_000_000)) == 200


def test_spellings_of_one_word_fold_to_the_same() -> None:
    assert folded("ĐIỂM  Mộc Châu") == folded("diem moc chau") == folded("Điểm Mộc Châu")


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean(text).isprintable() or "\u200c" in text or "\u200d" in text
