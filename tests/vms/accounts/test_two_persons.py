"""No administrator gets into somebody's account alone, in whatever order and however long it takes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pyotp
import pytest

from fakes.clock import FakeClock
from fakes.control import CHEAP, PASSWORD
from fakes.control_ports import FakeVault
from vms.access import Grant, Person, Role
from vms.accounts.directory import HeldRole
from vms.accounts.faults import SecondPersonNeeded
from vms.accounts.service import Accounts
from vms.accounts.sessions import SignedIn, Visitor
from vms.accounts.two_persons import refuse_alone
from vms.db.engine import Database
from vms.organisation import Organisation

HERE = Visitor("10.0.0.1")
ISSUER = "https://sso.example"
OWN = "Đêm nay trực ban 25"


@dataclass
class Case:
    """An officer with a password and a second factor of their own, and two administrators."""

    accounts: Accounts
    clock: FakeClock
    one: Person
    two: Person
    officer_id: str
    telephone: pyotp.TOTP

    async def give_password(self, by: Person) -> str:
        return (await self.accounts.directory.reset_password(by, self.officer_id)).first_password

    async def take_factor(self, by: Person) -> None:
        await self.accounts.directory.reset_totp(by, self.officer_id)

    async def bind(self, by: Person) -> None:
        await self.accounts.directory.set_sso(by, self.officer_id, ISSUER, "sub")

    async def signed_in(self, password: str) -> SignedIn:
        return (await self.accounts.door.sign_in("truc", password, HERE)).signed_in

    async def change(self, signed_in: SignedIn, password: str) -> SignedIn:
        return (await self.accounts.door.change_password(signed_in, password, OWN, HERE)).signed_in


async def _enrol(accounts: Accounts, signed_in: SignedIn, clock: FakeClock) -> pyotp.TOTP:
    telephone = pyotp.TOTP((await accounts.factors.begin(signed_in, "", "10.0.0.1")).secret)
    await accounts.factors.confirm(signed_in, telephone.at(clock() // 1000), "10.0.0.1")
    return telephone


@pytest.fixture
async def case(any_database: Database) -> Case:
    clock = FakeClock()
    organisation = Organisation(any_database, clock)
    accounts = Accounts.create(any_database, CHEAP, clock, organisation, FakeVault())
    operator, root = await accounts.operator(), await organisation.ensure_root()
    people = []
    for login in ("one", "two"):
        made = await accounts.directory.create(operator, login, login, [HeldRole("security_administrator", root)])
        people.append(Person(made.account.id, login, login, (Grant(Role.SECURITY_ADMINISTRATOR, root, 0),)))
    created = await accounts.directory.create(operator, "truc", "Trực", [HeldRole("duty_officer", root)])
    first = await accounts.door.sign_in("truc", created.first_password, HERE)
    opened = await accounts.door.change_password(first.signed_in, created.first_password, PASSWORD, HERE)
    telephone = await _enrol(accounts, opened.signed_in, clock)
    return Case(accounts, clock, people[0], people[1], created.account.id, telephone)


Step = Callable[[Case, Person], Awaitable[object]]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (Case.give_password, Case.take_factor),
        (Case.bind, Case.take_factor),
        (Case.take_factor, Case.give_password),
        (Case.take_factor, Case.bind),
    ],
)
async def test_one_half_each_by_two_administrators_never_both_by_one(case: Case, first: Step, then: Step) -> None:
    await first(case, case.one)
    case.clock.advance(hours=24 * 365)
    with pytest.raises(SecondPersonNeeded):
        await then(case, case.one)
    await then(case, case.two)


async def test_it_ends_when_the_person_has_a_password_that_only_they_know(case: Case) -> None:
    password = await case.give_password(case.one)
    signed_in = await case.signed_in(password)
    case.clock.advance(s=31)
    await case.accounts.factors.give_code(signed_in, case.telephone.at(case.clock() // 1000), "10.0.0.1")
    await case.change(signed_in, password)
    await case.take_factor(case.one)


async def test_it_ends_when_the_person_has_set_up_another_second_factor(case: Case) -> None:
    await case.take_factor(case.one)
    await _enrol(case.accounts, await case.signed_in(PASSWORD), case.clock)
    await case.give_password(case.one)


async def test_whoever_created_an_account_knows_its_password_until_it_is_changed(case: Case) -> None:
    root = case.one.grants[0].unit_id
    created = await case.accounts.directory.create(case.one, "moi", "Mới", [HeldRole("duty_officer", root)])
    signed_in = (await case.accounts.door.sign_in("moi", created.first_password, HERE)).signed_in
    await _enrol(case.accounts, signed_in, case.clock)
    with pytest.raises(SecondPersonNeeded):
        await case.accounts.directory.reset_totp(case.one, created.account.id)


async def test_a_second_factor_that_is_not_there_is_not_taken_away(case: Case) -> None:
    await case.take_factor(case.two)
    await _enrol(case.accounts, await case.signed_in(PASSWORD), case.clock)
    await case.take_factor(case.two)
    await case.take_factor(case.one)
    await case.give_password(case.one)


async def test_the_operator_at_the_machine_may_do_both(case: Case) -> None:
    operator = await case.accounts.operator()
    await case.give_password(operator)
    await case.take_factor(operator)
    await case.bind(operator)
    await case.give_password(operator)


def test_nobody_is_refused_for_what_the_operator_did() -> None:
    refuse_alone("one", None, "two")
    refuse_alone(None, None)
