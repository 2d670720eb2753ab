"""What vouches for a manifest: CAdES by the office's certificate, and the token of a time-stamp authority."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from asn1crypto import cms, keys, tsp, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import async_validate_detached_cms
from pyhanko_certvalidator import ValidationContext

from fakes.certificates import Issued, authority, issue
from vms.clock import system_clock
from vms.papers.press import Press, load_press
from vms.papers.signing import SigningFault
from vms.settings import Settings

MANIFEST = b'{"number": "7/2026"}\n'


@pytest.fixture(scope="module")
def ca() -> Issued:
    return authority()


@pytest.fixture
async def stamping(ca: Issued) -> AsyncIterator[str]:
    """An authority that stamps whatever it is asked to."""
    own = issue(ca, "Dịch vụ dấu thời gian", "Ban Cơ yếu")
    key = own.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    stamper = DummyTimeStamper(_x509(own), keys.PrivateKeyInfo.load(key))

    async def stamp(request: web.Request) -> web.Response:
        wanted = tsp.TimeStampReq.load(await request.read())
        answer = await stamper.async_request_tsa_response(wanted)
        return web.Response(body=answer.dump(), content_type="application/timestamp-reply")

    app = web.Application()
    app.router.add_post("/", stamp)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


def _x509(issued: Issued) -> x509.Certificate:
    return x509.Certificate.load(issued.certificate.public_bytes(Encoding.DER))


def _press(ca: Issued, tmp_path: Path, authority_url: str) -> Press:
    file = tmp_path / "signing.p12"
    file.write_bytes(issue(ca, "Lò Văn A", "Công an tỉnh Sơn La").pkcs12(ca, "bí mật"))
    file.chmod(0o600)
    settings = Settings(
        data_dir=tmp_path,
        signing={
            "source": "file",
            "certificate_file": file,
            "certificate_passphrase": "bí mật",
            "timestamp_url": authority_url,
        },  # type: ignore[arg-type]  # as a file gives it
    )
    return load_press(settings, system_clock, {})


async def test_a_manifest_is_signed_and_stamped_so_that_others_can_check_both(
    ca: Issued, tmp_path: Path, stamping: str
) -> None:
    found = await _press(ca, tmp_path, stamping).detached(MANIFEST)
    signed = cms.ContentInfo.load(found.cades)["content"]
    assert signed["encap_content_info"]["content"].native is None
    context = ValidationContext(trust_roots=[_x509(ca)], allow_fetching=False)
    good = await async_validate_detached_cms(MANIFEST, signed, signer_validation_context=context)
    assert (good.intact, good.valid, good.trusted) == (True, True, True)
    bad = await async_validate_detached_cms(MANIFEST + b" ", signed, signer_validation_context=context)
    assert not bad.intact
    names = {one["type"].native for one in signed["signer_infos"][0]["unsigned_attrs"]}
    assert "signature_time_stamp_token" in names
    token = cms.ContentInfo.load(found.time_stamp)["content"]
    info = tsp.TSTInfo.load(token["encap_content_info"]["content"].contents)
    assert info["message_imprint"]["hashed_message"].native == hashlib.sha256(MANIFEST).digest()


async def test_an_authority_that_does_not_answer_is_a_fault_and_never_a_signature_without_its_stamp(
    ca: Issued, tmp_path: Path
) -> None:
    with pytest.raises(SigningFault):
        await _press(ca, tmp_path, "http://127.0.0.1:9/").detached(MANIFEST)


async def test_without_certificate_and_authority_nothing_is_claimed(tmp_path: Path) -> None:
    found = await load_press(Settings(data_dir=tmp_path), system_clock, {}).detached(MANIFEST)
    assert (found.cades, found.time_stamp) == (b"", b"")
