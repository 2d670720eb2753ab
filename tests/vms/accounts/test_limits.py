import pytest
from hypothesis import given
from hypothesis import strategies as st

from vms.accounts.faults import TooManyAttempts
from vms.accounts.limits import Counter, SignInLimits
from vms.settings.model import AccountSettings

SETTINGS = AccountSettings(failures_before_pause=5, pause_min=15, address_failures_before_pause=20)
PAUSE_MS = 15 * 60_000


def _fail(limits: SignInLimits, login: str, address: str, times: int) -> None:
    for _ in range(times):
        limits.begin(login, address, 0)


def test_five_wrong_passwords_pause_this_login_from_this_address() -> None:
    limits = SignInLimits(SETTINGS)
    _fail(limits, "lan", "10.0.0.1", 5)
    with pytest.raises(TooManyAttempts) as caught:
        limits.begin("lan", "10.0.0.1", 1000)
    assert caught.value.retry_after_s == 15 * 60 - 1


def test_a_stranger_elsewhere_does_not_lock_the_owner_out() -> None:
    limits = SignInLimits(SETTINGS)
    _fail(limits, "lan", "10.9.9.9", 5)
    limits.begin("lan", "10.0.0.1", 0)


def test_many_strangers_slow_a_login_down_but_not_where_its_owner_was_before() -> None:
    limits = SignInLimits(SETTINGS)
    limits.begin("lan", "10.0.0.1", 0)
    limits.succeeded("lan", "10.0.0.1")
    for number in range(50):
        limits.begin("lan", f"10.9.9.{number}", 0)
    limits.begin("lan", "10.0.0.1", 0)
    with pytest.raises(TooManyAttempts):
        limits.begin("lan", "10.9.9.200", 0)


def test_one_address_cannot_go_through_all_logins() -> None:
    limits = SignInLimits(SETTINGS)
    for number in range(20):
        limits.begin(f"login{number}", "10.9.9.9", 0)
    with pytest.raises(TooManyAttempts):
        limits.begin("another", "10.9.9.9", 0)


def test_one_good_login_does_not_pay_for_guessing_others() -> None:
    limits = SignInLimits(SETTINGS)
    for number in range(19):
        limits.begin(f"login{number}", "10.9.9.9", 0)
        limits.begin("mine", "10.9.9.9", 0)
        limits.succeeded("mine", "10.9.9.9")
    limits.begin("login19", "10.9.9.9", 0)
    with pytest.raises(TooManyAttempts):
        limits.begin("mine", "10.9.9.9", 0)


def test_the_pause_ends_and_doubles_for_who_goes_on() -> None:
    counter = Counter(5, PAUSE_MS)
    for _ in range(5):
        counter.fail("key", 0)
    assert counter.paused_for_ms("key", 0) == PAUSE_MS
    assert counter.paused_for_ms("key", PAUSE_MS) == 0
    for _ in range(5):
        counter.fail("key", PAUSE_MS)
    assert counter.paused_for_ms("key", PAUSE_MS) == 2 * PAUSE_MS


def test_failures_long_ago_are_forgotten() -> None:
    counter = Counter(5, PAUSE_MS)
    for hour in range(50):
        counter.fail("key", hour * 3_600_000)
        assert counter.paused_for_ms("key", hour * 3_600_000) == 0


@given(st.integers(5, 100_000))
def test_no_pause_is_longer_than_a_day(failures: int) -> None:
    counter = Counter(5, PAUSE_MS)
    for _ in range(min(failures, 2000)):
        counter.fail("key", 0)
    assert 0 < counter.paused_for_ms("key", 0) <= 24 * 3_600_000


def test_memory_stays_bounded_whoever_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vms.accounts.limits._MOST_KEYS", 100)
    counter = Counter(5, PAUSE_MS)
    for number in range(1000):
        counter.fail(str(number), 0)
    assert len(counter._counts) == 100


def test_an_office_behind_one_address_may_sign_in_all_morning() -> None:
    limits = SignInLimits(SETTINGS)
    for number in range(500):
        limits.begin(f"login{number % 40}", "10.0.0.1", 0)
        limits.succeeded(f"login{number % 40}", "10.0.0.1")
    limits.begin("lan", "10.0.0.1", 0)


def test_an_attempt_that_was_never_decided_does_not_count() -> None:
    limits = SignInLimits(SETTINGS)
    for _ in range(100):
        limits.begin("lan", "10.0.0.1", 0)
        limits.withdraw("lan", "10.0.0.1")
