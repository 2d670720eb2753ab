import pyotp
from hypothesis import given
from hypothesis import strategies as st

from vms.accounts import totp

RFC_SECRET = b"12345678901234567890"
secrets = st.binary(min_size=20, max_size=20)
moments = st.integers(60_000, 4_000_000_000_000)


def test_the_codes_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B, SHA-1, the last six of eight digits.
    for at_s, code in ((59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")):
        assert totp.matching_step(RFC_SECRET, code, at_s * 1000, -1) == at_s // 30


@given(secrets, moments)
def test_what_an_authenticator_shows_is_taken_and_not_taken_again(secret: bytes, at_ms: int) -> None:
    code = pyotp.TOTP(totp.base32(secret)).at(at_ms // 1000)
    step = totp.matching_step(secret, code, at_ms, 0)
    assert step is not None
    assert abs(step - at_ms // 30_000) <= 1
    again = totp.matching_step(secret, code, at_ms, step)
    assert again is None or again > step


@given(secrets, moments, st.integers(2, 1000))
def test_a_code_of_another_time_is_refused(secret: bytes, at_ms: int, steps: int) -> None:
    code = pyotp.TOTP(totp.base32(secret)).at(at_ms // 1000)
    later = totp.matching_step(secret, code, at_ms + steps * 30_000, 0)
    # Two steps may have the same six digits by chance; then it is that other step that matched.
    assert later is None or later != at_ms // 30_000


@given(st.text(max_size=40), moments)
def test_whatever_is_typed_never_fails_but_is_no_code(text: str, at_ms: int) -> None:
    if not text.strip().isdigit():
        assert totp.matching_step(RFC_SECRET, text, at_ms, 0) is None
    totp.recovery_hash(text)


def test_recovery_codes_are_read_however_they_are_typed() -> None:
    code = totp.new_recovery_code()
    assert totp.looks_like_recovery(code)
    typed = code.upper().replace("-", " ")
    assert totp.recovery_hash(typed) == totp.recovery_hash(code)
    assert totp.new_recovery_code() != code


def test_the_picture_is_made_here_and_needs_nothing_from_elsewhere() -> None:
    svg = totp.qr_svg(totp.enrolment_uri(RFC_SECRET, "lò.văn"))
    assert svg.startswith("<svg")
    assert "script" not in svg
    assert svg.count("http") == svg.count("http://www.w3.org/2000/svg")
