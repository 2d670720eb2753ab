from pathlib import Path

import pytest

from vms.secrets import Key, Keyring, KeyringError, SecretBox, WatchedKeyring
from vms.secrets.keys import write_keyring

OLD = Keyring((Key("old", b"o" * 32),))
NEW = Keyring((Key("new", b"n" * 32), *OLD.keys))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_keyring(tmp_path / "device.key", OLD)
    return tmp_path / "device.key"


def test_whatever_is_sealed_after_the_file_changed_is_sealed_with_its_first_key(file: Path) -> None:
    box = SecretBox(WatchedKeyring(file))
    assert box.seal(b"x", "a").startswith(b"v1.old.")
    write_keyring(file, NEW)
    assert box.seal(b"x", "a").startswith(b"v1.new.")


def test_a_key_that_another_process_added_is_found_when_it_is_met(file: Path) -> None:
    box = SecretBox(WatchedKeyring(file))
    sealed = SecretBox(NEW).seal(b"x", "a")
    write_keyring(file, NEW)
    assert box.open(sealed, "a") == b"x"


def test_a_row_that_was_read_before_its_key_went_still_opens(file: Path) -> None:
    box = SecretBox(WatchedKeyring(file))
    sealed = box.seal(b"x", "a")
    write_keyring(file, Keyring((Key("new", b"n" * 32),)))
    assert box.seal(b"y", "a").startswith(b"v1.new.")
    assert box.open(sealed, "a") == b"x"


def test_nothing_is_sealed_while_the_file_cannot_be_read(file: Path) -> None:
    box = SecretBox(WatchedKeyring(file))
    sealed = box.seal(b"x", "a")
    file.chmod(0o644)
    file.write_text("damaged")
    with pytest.raises(KeyringError):
        box.seal(b"x", "a")
    assert box.open(sealed, "a") == b"x"
    file.chmod(0o600)
    write_keyring(file, OLD)
    assert box.open(box.seal(b"x", "a"), "a") == b"x"
