"""Secrets at rest: sealed with a key that is not in the database. Knows nothing about what it seals."""

from vms.secrets.box import SealedForAnotherError, SecretBox, UnknownKeyError
from vms.secrets.keys import Key, Keyring, KeyringError, key_file, load_keyring
from vms.secrets.watched import WatchedKeyring

__all__ = [
    "Key",
    "Keyring",
    "KeyringError",
    "SealedForAnotherError",
    "SecretBox",
    "UnknownKeyError",
    "WatchedKeyring",
    "key_file",
    "load_keyring",
]
