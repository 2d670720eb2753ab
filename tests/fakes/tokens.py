"""A PKCS#11 token that we did not write: SoftHSM, with a store of its own. A process can load the library once, so there is one of them."""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pkcs11
from cryptography.hazmat.primitives import serialization
from pkcs11.util.x509 import decode_x509_certificate

from fakes.certificates import Issued
from fakes.peers import missing
from vms.cli.browser import softhsm_module

_ID = "a1"


@dataclass(frozen=True, slots=True)
class Token:
    """What one has to know of it to sign: `certificate` is the label of key and certificate."""

    module: Path
    label: str
    certificate: str
    pin: str


def make_token(folder: Path, holder: Issued, environment: Callable[[str, str], None]) -> Token:
    """A token with the holder's key and certificate. `environment` sets a variable for as long as the token is used."""
    module, tool = softhsm_module(), shutil.which("softhsm2-util")
    if module is None or tool is None:
        missing("SoftHSM")
    token = Token(module, "vong", "signing", "246810")
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    environment("SOFTHSM2_CONF", str(settings))
    key = folder / "key.pem"
    key.write_bytes(
        holder.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    pin = ["--pin", token.pin]
    for words in (
        ["--init-token", "--free", "--label", token.label, "--so-pin", "13579111", *pin],
        ["--import", str(key), "--token", token.label, "--label", token.certificate, "--id", _ID, *pin],
    ):
        subprocess.run([tool, *words], check=True, capture_output=True, env=dict(os.environ))
    key.unlink()
    _store_certificate(token, holder)
    return token


def _store_certificate(token: Token, holder: Issued) -> None:
    found = pkcs11.lib(str(token.module)).get_token(token_label=token.label)
    attributes = decode_x509_certificate(holder.certificate.public_bytes(serialization.Encoding.DER))
    more = {
        pkcs11.Attribute.LABEL: token.certificate,
        pkcs11.Attribute.ID: bytes.fromhex(_ID),
        pkcs11.Attribute.TOKEN: True,
    }
    with found.open(rw=True, user_pin=token.pin) as session:
        session.create_object({**attributes, **more})
