import pytest
from hypothesis import given
from hypothesis import strategies as st

from vms.secrets import Key, Keyring, SealedForAnotherError, SecretBox, UnknownKeyError

OLD = Keyring((Key("old", b"o" * 32),))
BOX = SecretBox(OLD)
owners = st.text(max_size=30)


@given(st.binary(), owners)
def test_what_is_sealed_opens_for_its_owner(secret: bytes, owner: str) -> None:
    assert BOX.open(BOX.seal(secret, owner), owner) == secret


@given(st.binary(), owners, owners)
def test_what_is_sealed_opens_for_nobody_else(secret: bytes, owner: str, other: str) -> None:
    if owner != other:
        with pytest.raises(SealedForAnotherError):
            BOX.open(BOX.seal(secret, owner), other)


@given(st.binary() | st.binary().map(b"v1.old.".__add__))
def test_garbage_opens_nothing(garbage: bytes) -> None:
    with pytest.raises((SealedForAnotherError, UnknownKeyError)):
        BOX.open(garbage, "camera")


@given(st.integers(0, 1000), st.integers(1, 255))
def test_a_changed_byte_opens_nothing(position: int, flip: int) -> None:
    sealed = BOX.seal(b"hunter2", "camera")
    at = position % len(sealed)
    changed = sealed[:at] + bytes([sealed[at] ^ flip]) + sealed[at + 1 :]
    try:
        opened = BOX.open(changed, "camera")
    except (SealedForAnotherError, UnknownKeyError):
        return
    assert opened == b"hunter2"  # base64 has spare bits at its end


def test_the_same_secret_looks_different_every_time() -> None:
    assert BOX.seal(b"x", "camera") != BOX.seal(b"x", "camera")


def test_after_a_rotation_the_old_opens_and_the_new_seals() -> None:
    sealed = BOX.seal(b"x", "camera")
    rotated = SecretBox(OLD.rotated())
    assert rotated.open(sealed, "camera") == b"x"
    assert rotated.is_outdated(sealed)
    fresh = rotated.seal(b"x", "camera")
    assert not rotated.is_outdated(fresh)
    with pytest.raises(UnknownKeyError):
        BOX.open(fresh, "camera")


def test_no_key_shows_in_a_repr() -> None:
    assert "ooo" not in repr(OLD)
