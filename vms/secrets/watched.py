"""The keys of a file that a rotation rewrites while we run."""

from pathlib import Path

import structlog

from vms.secrets.keys import Key, Keyring, KeyringError, read_key_file

_log = structlog.get_logger(__name__)
_Stamp = tuple[int, int, int]


class WatchedKeyring:
    """Looks at the file before every seal, and when it meets a key that it does not know: one `stat`, and reading only what changed.

    So whatever is sealed after a rotation wrote its new key is sealed with that key. Keys that the file no longer has go on opening in this
    process: somebody may hold a row that was read a moment before it was sealed anew.
    """

    def __init__(self, file: Path) -> None:
        """Raises `KeyringError`."""
        self._file = file
        self._stamp: _Stamp | None = None
        self._known: dict[str, Key] = {}
        self._keyring = self._read()

    @property
    def current(self) -> Key:
        """Raises `KeyringError` when the file is gone or damaged: sealing with a key that may have been given up loses the secret."""
        self._keyring = self._read()
        return self._keyring.current

    def find(self, key_id: str) -> Key | None:
        if key_id not in self._known:
            try:
                self._keyring = self._read()
            except KeyringError as error:
                _log.warning("key_file_unusable", detail=str(error))
        return self._known.get(key_id)

    def _read(self) -> Keyring:
        stamp = _stamp(self._file)
        if stamp is not None and stamp == self._stamp:
            return self._keyring
        # The stamp is older than what is read then, never newer: at worst it is read once more.
        keyring = read_key_file(self._file)
        self._stamp = stamp
        self._known |= {key.id: key for key in keyring.keys}
        return keyring


def _stamp(file: Path) -> _Stamp | None:
    """A file that was replaced has another inode, even within one tick of the clock."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
