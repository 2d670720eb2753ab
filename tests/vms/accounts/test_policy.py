import pytest
from hypothesis import given
from hypothesis import strategies as st

from vms.accounts.faults import BadLogin, Weakness, WeakPassword
from vms.accounts.policy import check_password, first_password, login_key
from vms.settings.model import AccountSettings

SETTINGS = AccountSettings()


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("Ngắn 1", Weakness.TOO_SHORT),
        ("Ab1" * 100, Weakness.TOO_LONG),
        ("chỉ có chữ thường", Weakness.TOO_FEW_CLASSES),
        ("Xx-TrucBan-2026", Weakness.CONTAINS_LOGIN),
        ("Xx-naBcurT-2026", Weakness.CONTAINS_LOGIN),
        ("Aa1Aa1Aa1Aa1Aa1", Weakness.TOO_SIMPLE),
    ],
)
def test_a_weak_password_is_told_its_weakness(password: str, weakness: Weakness) -> None:
    with pytest.raises(WeakPassword) as caught:
        check_password(password, "trucban", SETTINGS)
    assert caught.value.weakness is weakness


def test_a_long_sentence_with_a_number_is_good() -> None:
    check_password("Mùa xuân đến bản 2026", "trucban", SETTINGS)


@given(st.integers(8, 128), st.integers(1, 4))
def test_a_generated_password_satisfies_every_policy_that_can_be_set(length: int, classes: int) -> None:
    settings = AccountSettings(password_min_length=length, password_min_classes=classes)
    password = first_password(settings)
    assert len(password) >= max(length, 20)
    check_password(password, "trựcban", settings)


@pytest.mark.parametrize("login", ["", " ", "a b", "a\nb", "x" * 65, "<b>", "../x", "a'--"])
def test_a_login_holds_nothing_that_surprises(login: str) -> None:
    with pytest.raises(BadLogin):
        login_key(login)


def test_logins_are_the_same_without_case_and_in_every_form_of_unicode() -> None:
    assert login_key("TrucBan") == login_key("trucban") == login_key("ｔｒｕｃｂａｎ")
    assert login_key("Lò.Thị") == login_key("lò.thị")
