"""Signing with a PKCS#11 token: SoftHSM, which is a real one in all but its case."""

import os
from pathlib import Path

import pytest

from fakes.certificates import Issued, authority, issue
from fakes.papers import quota
from fakes.signatures import verdict
from fakes.tokens import Token, make_token
from vms.clock import system_clock
from vms.papers.fonts import Typeface
from vms.papers.press import load_press
from vms.papers.render import render
from vms.papers.signing import SigningFault
from vms.papers.signing.keys import TokenKey
from vms.papers.signing.signer import PaperSigner
from vms.settings import Settings

CA = authority()


@pytest.fixture(scope="module")
def holder() -> Issued:
    return issue(CA, "Nguyễn Thị Hường", "Tòa án nhân dân tỉnh Sơn La")


@pytest.fixture(scope="module")
def token(holder: Issued, tmp_path_factory: pytest.TempPathFactory) -> Token:
    # The library reads its settings once, when it is loaded: the variable stays for what else this process tests with it.
    return make_token(tmp_path_factory.mktemp("token"), holder, os.environ.__setitem__)


def _key(where: Token, **other: str) -> TokenKey:
    words = {"token": where.label, "certificate": where.certificate, "key": "", "pin": where.pin, **other}
    return TokenKey(where.module, slot=None, **words)


async def test_a_token_signs_a_valid_paper_again_and_again(token: Token, typeface: Typeface) -> None:
    signer = PaperSigner(_key(token))
    for _ in range(2):
        pdf = await signer.sign(render(quota(), typeface), typeface, system_clock())
        assert (await verdict(pdf, CA)).bottom_line


async def test_settings_lead_to_the_token_and_its_pin_to_systemd(token: Token, tmp_path: Path) -> None:
    (tmp_path / "vong-signing-pin").write_text(token.pin + "\n")
    signing = {
        "source": "token",
        "token_module": token.module,
        "token_label": token.label,
        "token_certificate": token.certificate,
    }
    press = load_press(
        Settings.model_validate({"signing": signing}), system_clock, {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    )
    assert (await verdict(await press.pdf(quota()), CA)).bottom_line


async def test_a_wrong_pin_is_sent_once_and_never_again(token: Token, typeface: Typeface) -> None:
    signer = PaperSigner(_key(token, pin="000000"))
    with pytest.raises(SigningFault, match=r"^The token refused its PIN \(PinIncorrect\)\.$"):
        await signer.sign(render(quota(), typeface), typeface, system_clock())
    with pytest.raises(SigningFault, match="it is not sent again"):
        await signer.sign(render(quota(), typeface), typeface, system_clock())


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"token": "another"}, "The token cannot sign: .*another.*found"),
        ({"certificate": "another"}, "The token cannot sign: .*another"),
        ({"key": "another"}, "The token cannot sign: .*another"),
    ],
)
async def test_what_is_not_on_the_token_is_named(
    other: dict[str, str], sentence: str, token: Token, typeface: Typeface
) -> None:
    with pytest.raises(SigningFault, match=sentence) as caught:
        await PaperSigner(_key(token, **other)).sign(render(quota(), typeface), typeface, system_clock())
    assert token.pin not in str(caught.value)


async def test_a_library_that_is_not_there_is_named(tmp_path: Path, typeface: Typeface) -> None:
    key = TokenKey(tmp_path / "nothing.so", token="", slot=None, certificate="x", key="", pin="1")
    with pytest.raises(SigningFault, match=r"The PKCS#11 module .*nothing\.so does not exist"):
        await PaperSigner(key).sign(render(quota(), typeface), typeface, system_clock())


async def test_a_library_that_is_none_is_named(tmp_path: Path, typeface: Typeface) -> None:
    module = tmp_path / "module.so"
    module.write_bytes(b"no library")
    key = TokenKey(module, token="", slot=None, certificate="x", key="", pin="1")
    with pytest.raises(SigningFault, match="The token cannot sign"):
        await PaperSigner(key).sign(render(quota(), typeface), typeface, system_clock())
