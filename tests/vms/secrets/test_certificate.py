import asyncio
import ssl
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509

from fakes.clock import FakeClock
from fakes.control import cheap_settings, services
from vms.clock import system_clock
from vms.db.engine import Database
from vms.secrets.certificate import LASTS_DAYS, self_made
from vms.settings.model import WebSettings
from web.serve import listening

NOW_MS = system_clock()
DAY_MS = 86_400_000


def test_nobody_else_reads_the_key(tmp_path: Path) -> None:
    for file in self_made(tmp_path / "tls", ["vong.sonla.example"], NOW_MS):
        assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "tls").stat().st_mode & 0o777 == 0o700


def test_it_is_for_the_names_given_and_for_this_machine(tmp_path: Path) -> None:
    certificate, _ = self_made(tmp_path, ["vong.sonla.example", "10.1.2.3", "vọng.vn"], NOW_MS)
    names = x509.load_pem_x509_certificate(certificate.read_bytes()).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    hosts = {"vong.sonla.example", "localhost", "vọng.vn".encode("idna").decode()}
    assert set(names.value.get_values_for_type(x509.DNSName)) == hosts
    assert {str(one) for one in names.value.get_values_for_type(x509.IPAddress)} == {"10.1.2.3", "127.0.0.1", "::1"}


def test_it_stays_as_it_is_until_it_is_over_or_lacks_a_name(tmp_path: Path) -> None:
    first = self_made(tmp_path, ["a.example"], NOW_MS)[0].read_bytes()
    assert self_made(tmp_path, ["a.example"], NOW_MS + 300 * DAY_MS)[0].read_bytes() == first
    second = self_made(tmp_path, ["b.example"], NOW_MS)[0].read_bytes()
    assert second != first
    assert self_made(tmp_path, ["b.example"], NOW_MS + LASTS_DAYS * DAY_MS)[0].read_bytes() != second


def test_what_is_damaged_is_made_anew(tmp_path: Path) -> None:
    certificate, key = self_made(tmp_path, [], NOW_MS)
    key.write_bytes(b"garbage")
    self_made(tmp_path, [], NOW_MS)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_browsers_reach_us_over_tls_with_secure_cookies_and_nothing_older_than_tls_1_2(
    database: Database, tmp_path: Path, version: ssl.TLSVersion
) -> None:
    certificate, key = self_made(tmp_path / "tls", [], NOW_MS)
    web = WebSettings.model_validate({"port": 0, "tls_certificate": certificate, "tls_key": key})
    settings = cheap_settings(tmp_path, web)
    control = services(database, FakeClock(), settings)
    trusting = ssl.create_default_context(cafile=str(certificate))
    trusting.minimum_version = trusting.maximum_version = ssl.TLSVersion.TLSv1_3
    async with listening(settings, control) as address, aiohttp.ClientSession() as http:
        assert address.startswith("https://127.0.0.1:")
        if version is ssl.TLSVersion.TLSv1_1:
            host, port = address.removeprefix("https://").split(":")
            old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
            with pytest.warns(DeprecationWarning, match="TLSv1_1"):
                old.minimum_version = old.maximum_version = version
            with pytest.raises((ssl.SSLError, ConnectionError)):
                await asyncio.open_connection(host, int(port), ssl=old)
            return
        trusting.minimum_version = trusting.maximum_version = version
        token = await control.accounts.first_start.new_token()
        body = {"token": token, "login": "quantri", "name": "Q", "password": "Đêm nay trực ban 24"}
        async with http.post(f"{address}/api/setup", json=body, ssl=trusting) as response:
            assert response.status == 200
            cookie = response.headers["Set-Cookie"]
            assert cookie.startswith("__Host-vong=")
            assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= set(cookie.split("; "))
            assert response.headers["Strict-Transport-Security"].startswith("max-age=")
