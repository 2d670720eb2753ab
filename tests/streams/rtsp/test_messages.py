import contextlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.rtp_packets import framed
from streams.rtsp.faults import BadBytes
from streams.rtsp.messages import Call, Request, Response, Splitter

OK = b"RTSP/1.0 200 OK\r\nCSeq: 3\r\nContent-Length: 4\r\nPublic: DESCRIBE\r\n\r\nbody"
ASKED = b"OPTIONS rtsp://10.0.0.1/ RTSP/1.0\r\nCSeq: 9\r\n\r\n"
PACKET = b"\x80\x60" + bytes(range(40))


def split(pieces: list[bytes]) -> tuple[list, list[bytes]]:
    splitter = Splitter()
    packets = splitter.listen(0)
    messages = [message for piece in pieces for message in splitter.feed(piece)]
    return messages, packets


def test_a_response_carries_status_headers_and_body():
    messages, _ = split([OK])
    assert messages == [Response(messages[0].headers, b"body", 200)]
    assert messages[0].header("cseq") == "3"
    assert messages[0].header("absent") == ""


def test_a_request_from_the_camera_is_told_apart():
    messages, _ = split([ASKED])
    assert isinstance(messages[0], Request)
    assert (messages[0].method, messages[0].url) == ("OPTIONS", "rtsp://10.0.0.1/")


@given(
    parts=st.lists(st.sampled_from([OK, ASKED, framed(0, PACKET), framed(5, PACKET), b"\r\n"]), max_size=12),
    cuts=st.lists(st.integers(0, 2000), max_size=20),
)
def test_any_cutting_of_the_stream_gives_the_same(parts, cuts):
    stream = b"".join(parts)
    edges = [0, *sorted(cut for cut in cuts if cut < len(stream)), len(stream)]
    pieces = [stream[begin:end] for begin, end in itertools.pairwise(edges)]
    messages, packets = split(pieces)
    assert len(messages) == parts.count(OK) + parts.count(ASKED)
    assert packets == [PACKET] * parts.count(framed(0, PACKET))


def test_one_byte_at_a_time_is_understood():
    stream = framed(0, PACKET) + OK + framed(0, PACKET)
    messages, packets = split([bytes((byte,)) for byte in stream])
    assert len(messages) == 1
    assert packets == [PACKET, PACKET]


@given(junk=st.binary(min_size=1, max_size=600).filter(lambda junk: b"$" not in junk and not junk[:1].isupper()))
def test_frames_after_junk_are_found_again(junk):
    frames = framed(0, PACKET) * 4
    _, packets = split([framed(0, PACKET) + junk + frames, frames])
    assert len(packets) >= 8


def test_a_response_after_junk_is_found_again():
    messages, _ = split([b"\x00\xff\x01garbage" * 9 + OK])
    assert [message.header("cseq") for message in messages] == ["3"]


@given(st.lists(st.binary(max_size=3000), max_size=20))
def test_hostile_bytes_never_raise_anything_but_bad_bytes(pieces):
    with contextlib.suppress(BadBytes):
        split(pieces)


@given(st.data())
def test_damaged_conversations_never_raise_anything_but_bad_bytes(data):
    stream = bytearray(OK + framed(0, PACKET) + ASKED + OK)
    for _ in range(data.draw(st.integers(1, 12))):
        stream[data.draw(st.integers(0, len(stream) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(BadBytes):
        split([bytes(stream)])


@pytest.mark.parametrize(
    "flood",
    [
        b"RTSP/1.0 200 OK\r\n" + b"A: b\r\n" * 4000,
        b"RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"\xff" * (600 << 10),
        OK * 100,
    ],
)
def test_what_has_no_bound_is_refused(flood):
    with pytest.raises(BadBytes):
        split([flood[at : at + 65536] for at in range(0, len(flood), 65536)])


def test_a_call_never_shows_its_headers():
    call = Call("DESCRIBE", "rtsp://h/", (("Authorization", "Basic c2VjcmV0"),))
    assert "c2VjcmV0" not in repr(call)
    assert call.encode(4).startswith(b"DESCRIBE rtsp://h/ RTSP/1.0\r\nCSeq: 4\r\n")
