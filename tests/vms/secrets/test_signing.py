import stat
from pathlib import Path

import pytest

from vms.secrets import KeyringError
from vms.secrets.signing import fingerprint, load_signer, signed_by


def test_what_was_signed_is_checked_by_the_certificate_alone(tmp_path: Path) -> None:
    signer = load_signer(tmp_path)
    signature = signer.sign(b"minutes")
    assert signed_by(signer.certificate, signature, b"minutes")
    assert not signed_by(signer.certificate, signature, b"minutes!")
    assert not signed_by(load_signer(tmp_path / "other").certificate, signature, b"minutes")
    assert not signed_by(b"no certificate", signature, b"minutes")
    assert len(fingerprint(signer.certificate)) == 64


def test_the_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    first, second = load_signer(tmp_path), load_signer(tmp_path)
    assert first.certificate == second.certificate
    assert stat.S_IMODE((tmp_path / "signing.key").stat().st_mode) == 0o600
    assert "PRIVATE" not in repr(first)


def test_a_key_that_others_can_read_or_that_is_damaged_is_refused_in_one_sentence(tmp_path: Path) -> None:
    load_signer(tmp_path)
    key = tmp_path / "signing.key"
    key.chmod(0o644)
    with pytest.raises(KeyringError, match="chmod 600"):
        load_signer(tmp_path)
    key.chmod(0o600)
    key.write_text("junk")
    with pytest.raises(KeyringError, match="damaged"):
        load_signer(tmp_path)
