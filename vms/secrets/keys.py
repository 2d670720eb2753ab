"""The keys: where they come from and how they are kept.

One line for each key, newest first: an id, a space, 32 bytes in base64. The first one seals, all of them open, so that a rotation
adds a line, seals everything anew, and removes the old line when nothing refers to it any more.

From the first of: `secrets.key` (environment), a systemd credential named `vong-device-key`, `secrets.key_file`, which is created with
mode 0600 on the first start.
"""

import base64
import binascii
import os
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vms.settings import Settings

KEY_BYTES = 32
CREDENTIAL = "vong-device-key"
_KEY_ID = re.compile(r"^[0-9a-z]{1,16}$")


class KeyringError(Exception):
    """There are no usable keys. One sentence; never any part of a key."""


@dataclass(frozen=True, slots=True)
class Key:
    id: str
    value: bytes = field(repr=False)

    @classmethod
    def create(cls) -> "Key":
        return cls(secrets.token_hex(4), secrets.token_bytes(KEY_BYTES))

    def line(self) -> str:
        return f"{self.id} {base64.b64encode(self.value).decode()}"


@dataclass(frozen=True, slots=True)
class Keyring:
    """At least one key; the first is the current one."""

    keys: tuple[Key, ...]

    @property
    def current(self) -> Key:
        return self.keys[0]

    def find(self, key_id: str) -> Key | None:
        return next((key for key in self.keys if key.id == key_id), None)

    def rotated(self) -> "Keyring":
        """With a new current key before the old ones."""
        return Keyring((Key.create(), *self.keys))

    def text(self) -> str:
        return "".join(f"{key.line()}\n" for key in self.keys)


def parse_keyring(text: str, where: str) -> Keyring:
    """Read the lines. Raises `KeyringError`."""
    keys = tuple(_parse(line, number, where) for number, line in enumerate(text.splitlines(), 1) if line.strip())
    if not keys:
        raise KeyringError(f"{where} holds no key.")
    if len({key.id for key in keys}) != len(keys):
        raise KeyringError(f"{where} holds two keys with the same id.")
    return Keyring(keys)


def load_keyring(settings: Settings, environment: Mapping[str, str] | None = None) -> Keyring:
    """The keys of this installation; creates the key file when there is no other source and no file yet.

    Raises `KeyringError`.
    """
    if text := settings.secrets.key.get_secret_value():
        return parse_keyring(text, "The setting secrets.key")
    folder = (os.environ if environment is None else environment).get("CREDENTIALS_DIRECTORY", "")
    if folder and (credential := Path(folder) / CREDENTIAL).exists():
        return parse_keyring(_read(credential), f"The systemd credential {CREDENTIAL}")
    file = _file(settings)
    if not file.exists():
        write_keyring(file, Keyring((Key.create(),)))
    return read_key_file(file)


def key_file(settings: Settings, environment: Mapping[str, str] | None = None) -> Path | None:
    """The file that a rotation may rewrite; None when the keys come from the environment or from a credential."""
    folder = (os.environ if environment is None else environment).get("CREDENTIALS_DIRECTORY", "")
    if settings.secrets.key.get_secret_value() or (folder and (Path(folder) / CREDENTIAL).exists()):
        return None
    return _file(settings)


def read_key_file(file: Path) -> Keyring:
    """Raises `KeyringError`, also for a file that others can read."""
    try:
        mode = file.stat().st_mode
    except OSError as error:
        raise KeyringError(f"The key file {file} cannot be read: {error.strerror}.") from error
    if stat.S_IMODE(mode) & 0o077:
        raise KeyringError(f"The key file {file} can be read by others: run chmod 600 {file}.")
    return parse_keyring(_read(file), f"The key file {file}")


def write_keyring(file: Path, keyring: Keyring) -> None:
    """Replace the file in one step, readable by its owner only: after a power cut there is the old one or the new one."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(file.name + ".new")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            if file.exists() and os.geteuid() == 0:
                # An administrator rotates as root what the service's user must go on reading.
                os.fchown(descriptor, file.stat().st_uid, file.stat().st_gid)
            handle.write(keyring.text())
            handle.flush()
            os.fsync(handle.fileno())
        draft.replace(file)
    except OSError as error:
        raise KeyringError(f"The key file {file} cannot be written: {error.strerror}.") from error


def _file(settings: Settings) -> Path:
    return settings.secrets.key_file or settings.data_dir / "device.key"


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except OSError as error:
        raise KeyringError(f"The key file {file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise KeyringError(f"The key file {file} is damaged.") from None


def _parse(line: str, number: int, where: str) -> Key:
    key_id, _, encoded = line.strip().partition(" ")
    try:
        value = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        value = b""
    if not _KEY_ID.match(key_id) or len(value) != KEY_BYTES:
        raise KeyringError(
            f"{where} is damaged in line {number}: it wants an id, a space and {KEY_BYTES} bytes in base64."
        )
    return Key(key_id, value)
