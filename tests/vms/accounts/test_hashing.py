import asyncio

import pytest

from fakes.control import CHEAP
from vms.accounts.hashing import Hasher, HashingBusy


async def test_only_the_right_password_verifies() -> None:
    hasher = Hasher(CHEAP)
    password_hash = await hasher.hash("đúng")
    assert password_hash.startswith("$argon2id$")
    assert await hasher.verify(password_hash, "đúng")
    assert not await hasher.verify(password_hash, "sai")
    assert not await hasher.verify(None, "")
    assert not await hasher.verify("damaged", "đúng")


async def test_a_flood_of_sign_ins_is_turned_away_instead_of_piling_up() -> None:
    hasher = Hasher(CHEAP)
    password_hash = await hasher.hash("đúng")
    results = await asyncio.gather(*(hasher.verify(password_hash, "đúng") for _ in range(200)), return_exceptions=True)
    assert sum(result is True for result in results) == 32
    assert sum(isinstance(result, HashingBusy) for result in results) == 168
    assert await hasher.verify(password_hash, "đúng")


def test_other_costs_make_a_hash_outdated() -> None:
    cheap, dearer = Hasher(CHEAP), Hasher(CHEAP.model_copy(update={"hash_rounds": 2}))
    assert dearer.is_outdated(cheap._hasher.hash("x"))
    assert not cheap.is_outdated(cheap._hasher.hash("x"))


async def test_nobody_waits_for_a_hash_for_ever() -> None:
    hasher = Hasher(CHEAP)
    waiting = asyncio.ensure_future(hasher.hash("x"))
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await hasher.hash("x")
