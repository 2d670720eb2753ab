import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.rtsp.auth import Authenticator, parse_challenge, strongest
from streams.types.camera import Credentials, FaultKind, SourceFault

MUFASA = Credentials(username="Mufasa", password="Circle of Life")
NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
OPAQUE = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"


def challenge(algorithm: str, *, nonce: str = NONCE, stale: bool = False) -> str:
    return (
        f'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, nonce="{nonce}", '
        f'opaque="{OPAQUE}"{", stale=TRUE" if stale else ""}'
    )


def response_of(header: str) -> str:
    match = re.search(r'response="([0-9a-f]+)"', header)
    assert match is not None
    return match[1]


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_digest_gives_the_responses_of_rfc_7616(algorithm, response):
    auth = Authenticator(MUFASA, lambda: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
    auth.challenged([challenge(algorithm)], answered=False)
    ((name, value),) = auth.header("GET", "/dir/index.html")
    assert name == "Authorization"
    assert response_of(value) == response
    assert "nc=00000001" in value
    assert "nc=00000002" in auth.header("GET", "/dir/index.html")[0][1]


def test_digest_without_qop_gives_the_response_of_rfc_2069():
    auth = Authenticator(MUFASA)
    auth.challenged(['Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'], answered=False)
    value = auth.header("GET", "/dir/index.html")[0][1]
    assert len(response_of(value)) == 32
    assert "qop" not in value


def test_the_strongest_way_is_taken():
    ways = ['Basic realm="x"', challenge("MD5"), challenge("SHA-256")]
    assert [strongest(ways[: count + 1]).algorithm for count in range(3)] == ["", "MD5", "SHA-256"]


def test_a_refused_password_is_never_sent_twice():
    auth = Authenticator(MUFASA)
    auth.challenged([challenge("MD5")], answered=False)
    for again in (challenge("MD5"), challenge("MD5", nonce="other"), 'Basic realm="x"', challenge("SHA-256")):
        with pytest.raises(SourceFault) as caught:
            auth.challenged([again], answered=True)
        assert caught.value.kind is FaultKind.AUTHENTICATION
        assert "Circle" not in str(caught.value)


def test_only_a_new_nonce_that_the_camera_calls_stale_is_tried_again():
    auth = Authenticator(MUFASA)
    auth.challenged([challenge("MD5")], answered=False)
    auth.challenged([challenge("MD5", nonce="fresh", stale=True)], answered=True)
    assert 'nonce="fresh"' in auth.header("PLAY", "rtsp://h/")[0][1]
    with pytest.raises(SourceFault):
        auth.challenged([challenge("MD5", nonce="fresh", stale=True)], answered=True)


def test_without_a_user_name_nothing_is_sent():
    with pytest.raises(SourceFault):
        Authenticator(Credentials()).challenged([challenge("MD5")], answered=False)


def test_a_name_cannot_break_out_of_its_quotes():
    auth = Authenticator(Credentials(username='a", nonce="b\\', password="c"))
    auth.challenged([challenge("MD5")], answered=False)
    assert 'username="a\\", nonce=\\"b\\\\"' in auth.header("PLAY", "rtsp://h/")[0][1]


@given(st.text(max_size=300))
def test_any_challenge_is_parsed_or_refused(text):
    for header in (text, "Digest " + text, "Basic " + text):
        parse_challenge(header)
