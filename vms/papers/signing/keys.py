"""Where the signing key is: in a PKCS#12 file, or on a token that never lets go of it (PKCS#11)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from pkcs11 import PKCS11Error
from pkcs11.exceptions import PinExpired, PinIncorrect, PinInvalid, PinLenRange, PinLocked
from pyhanko.config.pkcs11 import PKCS11SignatureConfig, TokenCriteria
from pyhanko.sign.general import SigningError
from pyhanko.sign.pkcs11 import PKCS11SigningContext
from pyhanko.sign.signers import SimpleSigner

from vms.papers.signing.fault import SigningFault

_PIN_REFUSED = (PinIncorrect, PinInvalid, PinLenRange, PinExpired, PinLocked)


class Keyholder(Protocol):
    """Gives a pyHanko signer for the time of one signature. Blocks: not for the event loop."""

    @contextmanager
    def signer(self) -> Iterator[Any]:
        """Raises `SigningFault`."""
        ...


class FileKey:
    """A PKCS#12 file, read once."""

    def __init__(self, file: Path, passphrase: str) -> None:
        """Raises `SigningFault`."""
        try:
            if file.stat().st_mode & 0o077:
                raise SigningFault(f"The certificate file {file} can be read by others: run chmod 600 {file}.")
            content = file.read_bytes()
        except OSError as error:
            raise SigningFault(f"The certificate file {file} cannot be read: {error.strerror}.") from error
        try:
            self._signer = SimpleSigner.load_pkcs12_data(content, [], passphrase.encode() or None)
        except (ValueError, AttributeError, TypeError):
            # The cause is left out: it may quote what was tried.
            raise SigningFault(
                f"The certificate file {file} is no PKCS#12 file with a key, or its passphrase is another one."
            ) from None

    @contextmanager
    def signer(self) -> Iterator[Any]:
        yield self._signer


class TokenKey:
    """A PKCS#11 token, opened for each signature: it may have been pulled out in between.

    A PIN that the token refused is never sent again: three wrong ones lock most tokens for good.
    """

    def __init__(self, module: Path, *, token: str, slot: int | None, certificate: str, key: str, pin: str) -> None:
        self._config = PKCS11SignatureConfig(
            module_path=str(module),
            cert_label=certificate,
            key_label=key or certificate,
            token_criteria=TokenCriteria(label=token) if token else None,
            slot_no=slot,
            user_pin=pin or None,
            other_certs_to_pull=None,
        )
        self._module = module
        self._refused = False

    @contextmanager
    def signer(self) -> Iterator[Any]:
        if self._refused:
            raise SigningFault("The token refused its PIN; it is not sent again before a restart with another one.")
        if not self._module.is_file():
            raise SigningFault(f"The PKCS#11 module {self._module} does not exist.")
        context = PKCS11SigningContext(self._config)
        try:
            found = context.__enter__()  # type: ignore[no-untyped-call]  # pyHanko types most, not this
        except (SigningError, PKCS11Error, OSError, RuntimeError) as error:
            raise self._fault(error) from None
        try:
            yield found
        except (SigningError, PKCS11Error) as error:
            raise self._fault(error) from None
        finally:
            context.__exit__(None, None, None)  # type: ignore[no-untyped-call]  # as above

    def _fault(self, error: BaseException) -> SigningFault:
        cause = error.__cause__ if isinstance(error.__cause__, PKCS11Error) else error
        if isinstance(cause, _PIN_REFUSED):
            self._refused = True
            return SigningFault(f"The token refused its PIN ({type(cause).__name__}).")
        return SigningFault(f"The token cannot sign: {type(cause).__name__} {cause}".strip().removesuffix(".") + ".")
