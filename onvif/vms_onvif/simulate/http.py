"""HTTP/1.1 requests read strictly and answers written (RFC 9112). Pure; knows no SOAP and no sockets.

Only what ONVIF clients send: a Content-Length or no body, no chunks, no folded headers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

MOST_HEAD_BYTES: Final = 16_384
MOST_BODY_BYTES: Final = 65_536
_MOST_HEADERS: Final = 64
_REQUEST_LINE: Final = re.compile(r"(GET|HEAD|POST|PUT|DELETE|OPTIONS) (/[\x21-\x7e]{0,2047}) HTTP/1\.([01])")
_FIELD: Final = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*?)[ \t]*")
_ONCE: Final = frozenset({"content-length", "host", "authorization", "transfer-encoding", "content-type"})


class BadRequest(Exception):
    """What came is not a request that we serve. The connection is closed after the answer."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


@dataclass(frozen=True, slots=True)
class Head:
    """A request's first line and headers (names in lower case). `length` is the body's, in bytes."""

    method: str
    target: str
    headers: Mapping[str, str] = field(repr=False)
    keep_alive: bool
    length: int

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


def parse_head(raw: bytes) -> Head:
    """Read everything up to and with the empty line. Raises `BadRequest`."""
    lines = raw.decode("latin-1").split("\r\n")
    if lines[-2:] != ["", ""] or len(lines) - 3 > _MOST_HEADERS:
        raise BadRequest(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
    matched = _REQUEST_LINE.fullmatch(lines[0])
    if matched is None:
        raise BadRequest(HTTPStatus.BAD_REQUEST)
    method, target, minor = matched.groups()
    headers = _fields(lines[1:-2])
    if "transfer-encoding" in headers:
        raise BadRequest(HTTPStatus.NOT_IMPLEMENTED)
    if minor == "1" and "host" not in headers:
        raise BadRequest(HTTPStatus.BAD_REQUEST)
    wishes = {wish.strip().lower() for wish in headers.get("connection", "").split(",")}
    keep_alive = "close" not in wishes if minor == "1" else "keep-alive" in wishes
    return Head(method, target, headers, keep_alive, _length(headers.get("content-length", "0")))


def _fields(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        matched = _FIELD.fullmatch(line)
        if matched is None:
            raise BadRequest(HTTPStatus.BAD_REQUEST)
        name = matched[1].lower()
        if name in headers and name in _ONCE:
            raise BadRequest(HTTPStatus.BAD_REQUEST)
        headers[name] = matched[2]
    return headers


def _length(text: str) -> int:
    if re.fullmatch(r"[0-9]{1,18}", text) is None:
        raise BadRequest(HTTPStatus.BAD_REQUEST)
    if int(text) > MOST_BODY_BYTES:
        raise BadRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return int(text)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `headers` beside Content-Type and Content-Length; `closes` says that it is the last one."""

    status: HTTPStatus
    body: bytes = b""
    content_type: str = "application/soap+xml; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    closes: bool = False

    def encode(self) -> bytes:
        lines = [
            f"HTTP/1.1 {self.status.value} {self.status.phrase}",
            *(f"{name}: {value}" for name, value in self.headers),
            *([f"Content-Type: {self.content_type}"] if self.body else []),
            f"Content-Length: {len(self.body)}",
            *(["Connection: close"] if self.closes else []),
        ]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body
