"""What a device with the fault `GARBAGE` sends instead of an answer. Pure."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from vms_onvif.simulate.faults import Garbage
from vms_onvif.simulate.http import Reply

HUGE_BYTES: Final = 8 << 20
_PIECE: Final = b"<tt:Name>garbage</tt:Name>" * 2520
_ENVELOPE: Final = b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
_DEPTH: Final = 20_000
_ALL: Final = tuple(kind for kind in Garbage if kind is not Garbage.IN_TURN)


def chosen(value: float, turn: int) -> Garbage:
    """The kind that a fault's value names; each in turn when it names none."""
    return next((kind for kind in _ALL if kind == value), _ALL[turn % len(_ALL)])


def closes(kind: Garbage) -> bool:
    """Whether nothing can follow on the same connection."""
    return kind in {Garbage.NOT_HTTP, Garbage.SHORT_BODY}


def pieces(kind: Garbage) -> Iterator[bytes]:
    """The bytes to send, one piece at a time so that 8 MiB are never held."""
    if kind is Garbage.NOT_HTTP:
        yield b"\x00\xffSSH-2.0-garbage\r\n\r\n" + bytes(range(256))
    elif kind is Garbage.HUGE_BODY:
        whole, rest = divmod(HUGE_BYTES, len(_PIECE))
        yield _head(HUGE_BYTES)
        for _ in range(whole):
            yield _PIECE
        yield _PIECE[:rest]
    elif kind is Garbage.SHORT_BODY:
        yield _head(4096) + _ENVELOPE
    else:
        yield Reply(HTTPStatus.OK, _body(kind)).encode()


def _head(length: int) -> bytes:
    return (
        Reply(HTTPStatus.OK, b"")
        .encode()
        .replace(
            b"Content-Length: 0", b"Content-Type: application/soap+xml; charset=utf-8\r\nContent-Length: %d" % length
        )
    )


def _body(kind: Garbage) -> bytes:
    if kind is Garbage.ENTITY_BOMB:
        levels = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
        return b'<!DOCTYPE b [<!ENTITY l0 "ha">' + levels + b"]>" + _ENVELOPE + b"<b>&l9;</b></s:Body></s:Envelope>"
    if kind is Garbage.DEEP_XML:
        return _ENVELOPE + b"<a>" * _DEPTH + b"</a>" * _DEPTH + b"</s:Body></s:Envelope>"
    return _ENVELOPE + b"<tds:GetDeviceInformationResponse><tds:Model>&#0;</tds:Mo\xff\xfe"
