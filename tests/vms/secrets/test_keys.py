import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from vms.secrets import Key, Keyring, KeyringError, load_keyring
from vms.secrets.keys import CREDENTIAL, parse_keyring, write_keyring
from vms.settings import Settings
from vms.settings.model import SecretSettings


def _settings(folder: Path, key: str = "") -> Settings:
    return Settings(data_dir=folder, secrets=SecretSettings(key=SecretStr(key)))


def test_the_first_start_makes_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    keyring = load_keyring(_settings(tmp_path / "data"), {})
    file = tmp_path / "data" / "device.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_keyring(_settings(tmp_path / "data"), {}) == keyring


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    load_keyring(_settings(tmp_path), {})
    (tmp_path / "device.key").chmod(0o640)
    with pytest.raises(KeyringError, match="chmod 600"):
        load_keyring(_settings(tmp_path), {})


def test_the_environment_wins_over_a_credential_and_a_credential_over_the_file(tmp_path: Path) -> None:
    from_file = load_keyring(_settings(tmp_path), {})
    credential = Keyring((Key.create(),))
    (tmp_path / CREDENTIAL).write_text(credential.text())
    environment = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert load_keyring(_settings(tmp_path), environment) == credential != from_file
    setting = Keyring((Key.create(),))
    assert load_keyring(_settings(tmp_path, setting.text()), environment) == setting


@pytest.mark.parametrize("text", ["", "\n", "id", "id !!!", "id aGFsbG8=", "ID! " + "A" * 44, "a\tb"])
def test_damaged_keys_are_refused_without_showing_them(text: str) -> None:
    with pytest.raises(KeyringError) as caught:
        parse_keyring(text, "The key file x")
    assert "aGFsbG8" not in str(caught.value)


def test_two_keys_with_one_id_are_refused() -> None:
    line = Key("same", b"x" * 32).line()
    with pytest.raises(KeyringError, match="same id"):
        parse_keyring(f"{line}\n{line}\n", "The key file x")


def test_a_rotated_keyring_survives_being_written(tmp_path: Path) -> None:
    keyring = Keyring((Key.create(),)).rotated()
    write_keyring(tmp_path / "device.key", keyring)
    assert parse_keyring((tmp_path / "device.key").read_text(), "x") == keyring


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyringError, match="cannot be written"):
        load_keyring(_settings(tmp_path / "file" / "data"), {})
