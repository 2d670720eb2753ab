"""Against aioice, which we did not write: its requests are answered, and it believes our answers."""

import pytest
from aioice import stun as oracle
from hypothesis import given
from hypothesis import strategies as st

from streams.relay.stun import IceCredentials, check, parse_request, user_of

OURS = IceCredentials("ours", "p" * 32)
SOURCE = ("192.0.2.7", 40_001)


def request(*, user: str = "ours:theirs", password: str = OURS.password, nominated: bool = True) -> bytes:
    message = oracle.Message(message_method=oracle.Method.BINDING, message_class=oracle.Class.REQUEST)
    message.attributes["USERNAME"] = user
    message.attributes["PRIORITY"] = 1
    message.attributes["ICE-CONTROLLING"] = 7
    if nominated:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity(password.encode())
    message.add_fingerprint()
    return bytes(message)


@pytest.mark.parametrize("nominated", [True, False])
def test_a_check_with_our_password_is_answered_so_that_the_peer_believes_it(nominated):
    parsed = parse_request(request(nominated=nominated))
    assert user_of(parsed) == "ours"
    checked = check(parsed, OURS, "theirs", SOURCE)
    assert checked.nominated is nominated
    answer = oracle.parse_message(checked.answer)
    assert answer.check_message_integrity(OURS.password.encode())
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == SOURCE
    assert answer.transaction_id == parsed.transaction


@pytest.mark.parametrize(
    "datagram",
    [request(password="q" * 32), request(user="ours:others"), request(user="other:theirs")],
    ids=["another password", "another peer", "another transport"],
)
def test_a_check_of_somebody_else_is_not_answered(datagram):
    assert check(parse_request(datagram), OURS, "theirs", SOURCE) is None


def test_what_stands_behind_the_digest_is_not_believed():
    unsigned = request(nominated=False)
    digest_end = unsigned.index(b"\x80\x28\x00\x04")
    forged = unsigned[:digest_end] + b"\x00\x25\x00\x00" + unsigned[digest_end:]
    forged = forged[:2] + (len(forged) - 20).to_bytes(2, "big") + forged[4:]
    checked = check(parse_request(forged), OURS, "theirs", SOURCE)
    assert checked is not None
    assert not checked.nominated


@given(st.data())
def test_a_request_with_one_changed_byte_is_never_taken_for_ours(data):
    datagram = bytearray(request())
    signed_bytes = datagram.index(b"\x80\x28\x00\x04")
    place = data.draw(st.integers(0, signed_bytes - 1))
    datagram[place] ^= data.draw(st.integers(1, 255))
    parsed = parse_request(bytes(datagram))
    assert parsed is None or check(parsed, OURS, "theirs", SOURCE) is None


@given(st.binary(max_size=200) | st.binary(max_size=80).map(lambda tail: b"\x00\x01\x00\x3c\x21\x12\xa4\x42" + tail))
def test_any_bytes_are_read_or_refused(datagram):
    parsed = parse_request(datagram)
    assert parsed is None or check(parsed, OURS, "theirs", SOURCE) is None
