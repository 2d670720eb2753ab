import hashlib
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from vms_onvif.envelopes import envelope
from vms_onvif.login import Digest, Login, add_token, strongest
from vms_onvif.simulate.device import User
from vms_onvif.simulate.login import Gate, Verdict
from vms_onvif.simulate.soap import parse


def gate(user: str, password: str, device_s: float = 1000.0) -> Gate:
    numbers = count()
    return Gate([User(user, password)], lambda: device_s, lambda: 0.0, lambda: f"nonce{next(numbers)}")


names = st.text(st.characters(categories=["L", "N", "P", "S"], max_codepoint=0x1FFF), min_size=1, max_size=20)


@given(names, st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_user_and_password_signs_in_by_digest(user: str, password: str) -> None:
    door = gate(user, password)
    challenge = strongest([value for _, value in door.challenges()])
    assert challenge is not None
    assert challenge.algorithm == "SHA-256"
    digest = Digest(challenge, Login(user, password))
    for _ in range(2):
        # As HTTP carries it: bytes that the other side reads as Latin-1.
        header = digest.header("POST", "/x").encode().decode("latin-1")
        expected = Verdict.ADMITTED if '"' not in user and "\\" not in user else None
        verdict = door.digest("POST", "/x", header)
        assert expected is None or verdict is expected


@given(names, st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_user_and_password_signs_in_by_token(user: str, password: str) -> None:
    made = envelope(etree.Element("{urn:x}Ask"))
    add_token(made, Login(user, password), 1000.0, b"0123456789abcdef")
    assert gate(user, password).token(parse(etree.tostring(made)).token) is Verdict.ADMITTED
    assert gate(user, password + "x").token(parse(etree.tostring(made)).token) is Verdict.WRONG


def test_a_second_token_replaces_the_first() -> None:
    made = envelope(etree.Element("{urn:x}Ask"))
    for nonce in (b"1" * 16, b"2" * 16):
        add_token(made, Login("u", "p"), 1000.0, nonce)
    assert len(made.findall(".//{*}UsernameToken")) == 1


def test_quirk_01_a_token_outside_of_the_devices_window_is_refused_which_is_why_its_clock_is_read() -> None:
    made = envelope(etree.Element("{urn:x}Ask"))
    add_token(made, Login("u", "p"), 1000.0, b"0123456789abcdef")
    assert gate("u", "p", device_s=1047.0).token(parse(etree.tostring(made)).token) is Verdict.REFUSED


def test_the_answer_of_rfc_2617_is_ours() -> None:
    given_ = strongest(
        [
            (
                'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
                'opaque="5ccc069c403ebaf9f0171e9517f40e41"'
            )
        ]
    )
    assert given_ is not None
    header = Digest(given_, Login("Mufasa", "Circle Of Life"), lambda: "0a4f113b").header("GET", "/dir/index.html")
    assert 'response="6629fae49393a05397450978507c4ef1"' in header
    assert 'opaque="5ccc069c403ebaf9f0171e9517f40e41"' in header


def test_a_challenge_without_qop_is_answered_as_in_rfc_2069() -> None:
    given_ = strongest(['digest realm="r",nonce="n"'])
    assert given_ is not None
    header = Digest(given_, Login("u", "p")).header("POST", "/x")

    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    assert f'response="{md5(md5("u:r:p") + ":n:" + md5("POST:/x"))}"' in header
    assert "qop" not in header


@pytest.mark.parametrize(
    "headers",
    [
        [],
        ["Basic realm=x"],
        ["Bearer"],
        ["Digest realm=x"],
        ['Digest nonce="a", algorithm=SHA-512'],
        ['Digest nonce="a", qop="auth-int"'],
        ['Digest nonce="\udcff"'],
        ['Digest nonce="a\u0007"'],
    ],
)
def test_what_we_cannot_answer_safely_is_no_challenge(headers: list[str]) -> None:
    assert strongest(headers) is None


def test_of_several_challenges_in_one_header_the_strongest_counts() -> None:
    found = strongest(
        ['Basic realm="x", Digest realm="a", nonce="1", algorithm=MD5, Digest realm="b", nonce="2", algorithm=SHA-256']
    )
    assert found is not None
    assert (found.algorithm, found.nonce, found.realm) == ("SHA-256", "2", "b")


@given(st.lists(st.text(max_size=200), max_size=12))
def test_no_challenge_makes_reading_fail(headers: list[str]) -> None:
    found = strongest(headers)
    if found is not None:
        Digest(found, Login("u", "p")).header("POST", "/x").encode()
