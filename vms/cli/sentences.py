"""What can be wrong at the start, each in one sentence and without a traceback."""

import errno

from vms.accounts.faults import BadLogin
from vms.cli.faults import CannotRun
from vms.db.engine import BadDatabaseUrlError, DatabaseUnavailableError
from vms.db.migrate import NewerDatabaseError
from vms.organisation.files import ImportRefused
from vms.papers.evaluation_template import TemplateFault
from vms.papers.fonts import FontFault
from vms.papers.signing import SigningFault
from vms.processes.child import ChildRefused
from vms.processes.nats_server import NoNatsServer
from vms.processes.system import AlreadyRunning, BusNotReady
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
    BusNotReady,
    ChildRefused,
    BadLogin,
    CannotRun,
    FontFault,
    SigningFault,
    TemplateFault,
    OSError,
)


def sentence(error: BaseException) -> str:
    """One line for a person at a terminal."""
    if isinstance(error, BadLogin):
        return "vms: A login has letters, digits and . _ - @ only, 64 at most."
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return f"vms: {error.strerror}: end the program that uses it, or choose another port."
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return f"vms: {error.strerror}{where}."
    return f"vms: {error}"


def expected(error: BaseException) -> BaseException | None:
    """`error` if it is an expected fault, or the first one in a group of nothing else; None when a bug is among them."""
    if not isinstance(error, BaseExceptionGroup):
        return error if isinstance(error, EXPECTED) else None
    matched, rest = error.split(EXPECTED)
    if matched is None or rest is not None:
        return None
    first: BaseException = matched
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first
