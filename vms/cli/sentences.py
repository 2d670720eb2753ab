"""What can be wrong at the start, each in one sentence and without a traceback."""

from vms.db.engine import BadDatabaseUrlError, DatabaseUnavailableError
from vms.db.migrate import NewerDatabaseError
from vms.organisation.files import ImportRefused
from vms.processes.nats_server import NoNatsServer
from vms.processes.system import AlreadyRunning
from vms.secrets import KeyringError
from vms.settings import SettingsError

EXPECTED = (
    SettingsError,
    KeyringError,
    NewerDatabaseError,
    BadDatabaseUrlError,
    DatabaseUnavailableError,
    ImportRefused,
    NoNatsServer,
    AlreadyRunning,
    OSError,
)


def sentence(error: BaseException) -> str:
    """One line for a person at a terminal."""
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return f"vms: {error.strerror}{where}."
    return f"vms: {error}"


def first_expected(group: BaseExceptionGroup[BaseException]) -> BaseException | None:
    """The first expected fault inside a group that holds nothing else; None when a bug is among them."""
    matched, rest = group.split(EXPECTED)
    if matched is None or rest is not None:
        return None
    error: BaseException = matched
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
