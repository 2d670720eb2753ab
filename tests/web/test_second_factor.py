import asyncio
import base64
from pathlib import Path

import pytest
from sqlmodel import select

from fakes.api_browser import Browser
from fakes.authenticator import enrol
from fakes.clock import FakeClock
from fakes.control import CHEAP, PASSWORD, KeptJournal, services
from fakes.control_ports import FakePorts
from vms.db.engine import Database
from vms.db.tables import RecoveryCode, TotpRow
from vms.settings import Settings
from web.services import Services


@pytest.fixture
def database(any_database: Database) -> Database:
    """SQLite and PostgreSQL: what is decided by a condition in SQL must be decided by both."""
    return any_database


@pytest.fixture
def journal() -> KeptJournal:
    return KeptJournal()


@pytest.fixture
def control(database: Database, clock: FakeClock, tmp_path: Path, ports: FakePorts, journal: KeptJournal) -> Services:
    accounts = CHEAP.model_copy(update={"totp_roles": ["security_administrator"]})
    return services(database, clock, Settings(data_dir=tmp_path, accounts=accounts), ports, journal)


async def test_whoever_administers_enrols_a_second_factor_before_anything_else(
    administrator: Browser, clock: FakeClock
) -> None:
    me = (await administrator.get("/api/session")).body
    assert (me["stage"], me["totp"], me["totp_required"]) == ("enrolment", False, True)
    refused = await administrator.get("/api/accounts")
    assert (refused.status, refused.code) == (403, "enrolment_needed")
    _, enrolled = await enrol(administrator, clock)
    assert len(enrolled.body["recovery_codes"]) == 10
    assert (enrolled.body["me"]["stage"], enrolled.body["me"]["totp"]) == ("open", True)
    assert (await administrator.get("/api/accounts")).status == 200


async def test_a_session_waits_for_the_code_and_a_code_is_good_once(
    administrator: Browser, browser: Browser, clock: FakeClock
) -> None:
    telephone, _ = await enrol(administrator, clock)
    assert (await browser.sign_in("quantri", PASSWORD)).body["stage"] == "code"
    for method, path in (("GET", "/api/accounts"), ("GET", "/api/sessions"), ("POST", "/api/session/totp/enrolment")):
        refused = await browser.send(method, path, {} if method == "POST" else None)
        assert (refused.status, refused.code) == (403, "code_needed"), path
    changed = await browser.post("/api/session/password", {"old": PASSWORD, "new": "Another password 7"})
    assert changed.code == "code_needed"
    replayed = await browser.post("/api/session/totp", {"code": telephone.code()})
    assert (replayed.status, replayed.code) == (403, "wrong_code")  # used to enrol
    clock.advance(s=30)
    assert (await browser.post("/api/session/totp", {"code": telephone.code()})).body["stage"] == "open"
    assert (await browser.get("/api/accounts")).status == 200


async def test_of_two_requests_with_the_same_code_one_is_refused(
    administrator: Browser, open_browser: object, clock: FakeClock
) -> None:
    assert callable(open_browser)
    telephone, _ = await enrol(administrator, clock)
    clock.advance(s=30)
    others = [await open_browser() for _ in range(3)]
    for other in others:
        await other.sign_in("quantri", PASSWORD)
    answers = await asyncio.gather(*(other.post("/api/session/totp", {"code": telephone.code()}) for other in others))
    assert sorted(answer.status for answer in answers) == [200, 403, 403]


async def test_a_code_is_not_taken_again_when_the_clock_is_set_back(
    administrator: Browser, browser: Browser, clock: FakeClock
) -> None:
    telephone, enrolled = await enrol(administrator, clock)
    clock.advance(minutes=-10)
    await browser.sign_in("quantri", PASSWORD)
    assert (await browser.post("/api/session/totp", {"code": telephone.code()})).code == "wrong_code"
    recovery = enrolled.body["recovery_codes"][0]
    assert (await browser.post("/api/session/totp", {"code": recovery})).body["stage"] == "open"


async def test_a_recovery_code_is_good_once(administrator: Browser, browser: Browser, clock: FakeClock) -> None:
    _, enrolled = await enrol(administrator, clock)
    recovery = enrolled.body["recovery_codes"][3]
    await browser.sign_in("quantri", PASSWORD)
    assert (await browser.post("/api/session/totp", {"code": recovery.upper()})).status == 200
    await browser.sign_in("quantri", PASSWORD)
    assert (await browser.post("/api/session/totp", {"code": recovery})).code == "wrong_code"


async def test_guessing_codes_pauses_and_is_told_a_bounded_number_of_times(
    administrator: Browser, browser: Browser, clock: FakeClock, journal: KeptJournal
) -> None:
    telephone, _ = await enrol(administrator, clock)
    clock.advance(s=30)
    await browser.sign_in("quantri", PASSWORD)
    statuses = [(await browser.post("/api/session/totp", {"code": telephone.wrong_code()})).status for _ in range(30)]
    assert statuses == [403] * 5 + [429] * 25
    assert (await browser.post("/api/session/totp", {"code": telephone.code()})).status == 429
    assert journal.actions().count("second_factor.refused") == 5
    # The pause is the session's that guessed as well as everyone's who has the password: nobody without it gets as far.
    clock.advance(minutes=15)
    assert (await browser.sign_in("quantri", PASSWORD)).status == 200
    assert (await browser.post("/api/session/totp", {"code": telephone.code()})).status == 200


async def test_changing_the_telephone_needs_the_old_one_and_ends_other_sessions(
    administrator: Browser, browser: Browser, clock: FakeClock
) -> None:
    telephone, _ = await enrol(administrator, clock)
    clock.advance(s=30)
    await browser.sign_in("quantri", PASSWORD)
    await browser.post("/api/session/totp", {"code": telephone.code()})
    assert (await administrator.post("/api/session/totp/enrolment", {})).code == "wrong_code"
    clock.advance(s=30)
    _, enrolled = await enrol(administrator, clock, telephone.code())
    assert enrolled.status == 200
    assert (await browser.get("/api/session")).status == 401
    assert (await administrator.get("/api/session")).status == 200


async def test_changing_the_password_keeps_the_second_factor_given(administrator: Browser, clock: FakeClock) -> None:
    await enrol(administrator, clock)
    answer = await administrator.post("/api/session/password", {"old": PASSWORD, "new": "Một mật khẩu khác 8"})
    assert answer.body["stage"] == "open"


async def test_secrets_lie_sealed_and_recovery_codes_hashed(
    administrator: Browser, clock: FakeClock, control: Services
) -> None:
    telephone, enrolled = await enrol(administrator, clock)
    async with control.db.session() as session:
        row = (await session.exec(select(TotpRow))).one()
        hashes = set((await session.exec(select(RecoveryCode.code_hash))).all())

    assert base64.b32decode(telephone.secret) not in row.sealed
    assert row.pending is None
    assert len(hashes) == 10
    assert not hashes & set(enrolled.body["recovery_codes"])


async def test_an_administrator_resets_anothers_second_factor_and_never_the_own(
    administrator: Browser, browser: Browser, clock: FakeClock, control: Services
) -> None:
    await enrol(administrator, clock)
    root = await control.organisation.ensure_root()
    body = {"login": "lan", "name": "Lan", "grants": [{"role": "security_administrator", "unit_id": root}]}
    created = (await administrator.post("/api/accounts", body)).body
    await browser.sign_in("lan", created["first_password"])
    changed = await browser.post("/api/session/password", {"old": created["first_password"], "new": PASSWORD})
    browser.csrf = changed.body["csrf"]
    assert changed.body["stage"] == "enrolment"
    await enrol(browser, clock)
    lan = created["account"]["id"]
    detail = (await administrator.get(f"/api/accounts/{lan}")).body
    assert (detail["totp"], detail["totp_required"]) == (True, True)
    assert (await administrator.post(f"/api/accounts/{lan}/reset-totp")).body["totp"] is False
    assert (await browser.get("/api/session")).status == 401
    assert (await browser.sign_in("lan", PASSWORD)).body["stage"] == "enrolment"
    own = (await administrator.get("/api/session")).body["account_id"]
    assert (await administrator.post(f"/api/accounts/{own}/reset-totp")).status == 404


async def test_without_an_enrolment_there_is_nothing_to_confirm_or_to_ask_for(administrator: Browser) -> None:
    for path in ("/api/session/totp", "/api/session/totp/enrolment/confirm"):
        answer = await administrator.post(path, {"code": "123456"})
        assert (answer.status, answer.body["detail"]) == (409, "no_enrolment")
