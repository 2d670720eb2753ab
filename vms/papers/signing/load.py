"""Which signing key is configured (`[signing]`), with its secret from the settings or a systemd credential.

What signs is imported where a key is configured: it takes half a second, which every command and every start would wait.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from vms.papers.signing.fault import SigningFault
from vms.settings import Settings

if TYPE_CHECKING:
    from vms.papers.signing.keys import Keyholder
    from vms.papers.signing.signer import PaperSigner

PASSPHRASE_CREDENTIAL = "vong-signing-passphrase"  # noqa: S105 the name of a file
PIN_CREDENTIAL = "vong-signing-pin"


def load_paper_signer(settings: Settings, environment: Mapping[str, str] | None = None) -> PaperSigner | None:
    """None when no certificate is configured. Raises `SigningFault` for a file that cannot be used; a token is asked when it signs."""
    if settings.signing.source == "none":
        return None
    from vms.papers.signing.signer import PaperSigner  # noqa: PLC0415 see the module

    key = _key(settings, os.environ if environment is None else environment)
    return None if key is None else PaperSigner(key)


def _key(settings: Settings, environment: Mapping[str, str]) -> Keyholder | None:
    from vms.papers.signing.keys import FileKey, TokenKey  # noqa: PLC0415 see the module

    signing = settings.signing
    if signing.source == "file" and signing.certificate_file is not None:
        passphrase = signing.certificate_passphrase.get_secret_value() or _credential(
            PASSPHRASE_CREDENTIAL, environment
        )
        return FileKey(signing.certificate_file, passphrase)
    if signing.source == "token" and signing.token_module is not None:
        return TokenKey(
            signing.token_module,
            token=signing.token_label,
            slot=signing.token_slot,
            certificate=signing.token_certificate,
            key=signing.token_key,
            pin=signing.token_pin.get_secret_value() or _credential(PIN_CREDENTIAL, environment),
        )
    return None


def _credential(name: str, environment: Mapping[str, str]) -> str:
    """What systemd laid out for this service (systemd.exec, LoadCredential=); nothing when it did not."""
    folder = environment.get("CREDENTIALS_DIRECTORY", "")
    file = Path(folder) / name
    if not folder or not file.exists():
        return ""
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise SigningFault(f"The systemd credential {name} cannot be read.") from None
