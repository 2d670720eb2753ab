"""RTSP 1.0 on the wire: responses, requests and interleaved frames out of a byte stream that may hold junk (RFC 2326).

Pure. Bounded: a head of 16 KiB, a body of 64 KiB, 512 KiB of junk in a row; what goes beyond is `BadBytes`.
"""

import re
from dataclasses import dataclass, field
from struct import Struct

from streams.rtsp.faults import BadBytes

_DOLLAR = 0x24
_frame_head = Struct("!BBH").unpack_from
_MAX_HEAD_BYTES = 16 << 10
_MAX_BODY_BYTES = 64 << 10
_MAX_LINE_BYTES = 2048
_MAX_HEADERS = 100
_MAX_JUNK_BYTES = 512 << 10
_MAX_MESSAGES_PER_FEED = 64
_MAX_STRANGERS_PER_FEED = 2048
_RESPONSE = re.compile(rb"RTSP/1\.[01] +(\d{3})(?: |\r|\n|$)")
_REQUEST = re.compile(rb"([A-Z_]{3,20}) +([!-~]{1,2000}) +RTSP/1\.[01]\s*$")
_HEAD_END = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class Message:
    """Headers in order of arrival, names in lower case."""

    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """The first header of this lower-case name, or ''."""
        return next((value for key, value in self.headers if key == name), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]


@dataclass(frozen=True, slots=True)
class Response(Message):
    status: int


@dataclass(frozen=True, slots=True)
class Request(Message):
    method: str
    url: str


@dataclass(frozen=True, slots=True)
class Call:
    """A request that we make; `headers` may hold an authorization, so it stays out of `repr`."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def encode(self, cseq: int) -> bytes:
        lines = [f"{self.method} {self.url} RTSP/1.0", f"CSeq: {cseq}", "User-Agent: Vong"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


def encode_reply(status: str, cseq: str) -> bytes:
    """Our answer to a request that a camera makes (some ask OPTIONS to see whether we live)."""
    number = cseq if cseq.isdigit() and len(cseq) < 12 else "0"
    return f"RTSP/1.0 {status}\r\nCSeq: {number}\r\n\r\n".encode()


class Splitter:
    """Cuts a TCP stream. Frames go to the lists that `listen` gave out, messages come back from `feed`.

    The caller empties the lists after each `feed`, which makes the size of one read their bound.
    """

    __slots__ = (
        "_channels",
        "_junk_bytes",
        "_tail",
        "resynchronised",
    )

    def __init__(self) -> None:
        self._tail = b""
        self._channels: dict[int, list[bytes]] = {}
        self._junk_bytes = 0
        self.resynchronised = 0

    def listen(self, channel: int) -> list[bytes]:
        return self._channels.setdefault(channel, [])

    def feed(self, data: bytes) -> list[Message]:
        if self._tail:
            data = self._tail + data
        messages: list[Message] = []
        channels = self._channels
        position, end = 0, len(data)
        strangers = 0
        while end - position >= 4:
            sign, channel, size = _frame_head(data, position)
            if sign == _DOLLAR:
                begin = position + 4
                stop = begin + size
                if stop > end:
                    break
                if channel in channels:
                    channels[channel].append(data[begin:stop])
                else:
                    strangers += 1
                    if strangers > _MAX_STRANGERS_PER_FEED:
                        raise BadBytes("flood of frames on channels that we did not ask for")
                position = stop
            else:
                after = self._other(data, position, messages)
                if after == position:
                    break
                position = after
        self._tail = data[position:]
        return messages

    def _other(self, data: bytes, position: int, messages: list[Message]) -> int:
        """Take what is no frame; returns where it ends, or `position` when more bytes are needed."""
        if data[position] in b"\r\n":
            return position + 1
        start = data[position : position + _MAX_LINE_BYTES]
        line_end = start.find(b"\n")
        line = start if line_end < 0 else start[:line_end]
        if line_end < 0 and len(start) < _MAX_LINE_BYTES and _may_become_message(line):
            return position
        if _RESPONSE.match(line) or _REQUEST.match(line):
            return self._message(data, position, line, messages)
        return self._resynchronise(data, position)

    def _message(self, data: bytes, position: int, line: bytes, messages: list[Message]) -> int:
        head_end = _HEAD_END.search(data, position, position + _MAX_HEAD_BYTES)
        if head_end is None:
            if len(data) - position >= _MAX_HEAD_BYTES:
                raise BadBytes("endless RTSP headers")
            return position
        headers = _headers(data[position : head_end.start()])
        body_bytes = _content_length(headers)
        stop = head_end.end() + body_bytes
        if stop > len(data):
            return position
        messages.append(_built(line, headers, data[head_end.end() : stop]))
        if len(messages) > _MAX_MESSAGES_PER_FEED:
            raise BadBytes("flood of RTSP messages")
        self._junk_bytes = 0
        return stop

    def _resynchronise(self, data: bytes, position: int) -> int:
        """The next place where a message or a frame of a channel that we know seems to begin."""
        self.resynchronised += 1
        message = data.find(b"RTSP/1.", position + 1)
        frame = self._next_frame(data, position + 1, message if message >= 0 else len(data))
        found = min((place for place in (message, frame) if place >= 0), default=len(data) - 6)
        found = max(found, position + 1)
        self._junk_bytes += found - position
        if self._junk_bytes > _MAX_JUNK_BYTES:
            raise BadBytes("neither RTSP nor RTP")
        return found

    def _next_frame(self, data: bytes, begin: int, end: int) -> int:
        while True:
            begin = data.find(b"$", begin, end)
            if begin < 0 or begin + 5 > len(data):
                return begin
            stop = begin + 4 + (data[begin + 2] << 8 | data[begin + 3])
            known = data[begin + 1] in self._channels and data[begin + 4] >> 6 == 2 and stop - begin > 11
            if known and (stop >= len(data) or data[stop] in b"$R"):
                return begin
            begin += 1


def _may_become_message(line: bytes) -> bool:
    return line[:1].isupper() and all(32 <= byte < 127 or byte == 13 for byte in line)


def _headers(head: bytes) -> tuple[tuple[str, str], ...]:
    lines = head.decode("utf-8", "replace").splitlines()[1 : _MAX_HEADERS + 1]
    pairs = (line.partition(":") for line in lines)
    return tuple((name.strip().lower(), value.strip()) for name, colon, value in pairs if colon)


def _content_length(headers: tuple[tuple[str, str], ...]) -> int:
    text = next((value for name, value in headers if name == "content-length"), "0")
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) > _MAX_BODY_BYTES:
        raise BadBytes("implausible Content-Length")
    return int(text)


def _built(line: bytes, headers: tuple[tuple[str, str], ...], body: bytes) -> Message:
    response = _RESPONSE.match(line)
    if response:
        return Response(headers, body, int(response[1]))
    request = _REQUEST.match(line)
    assert request is not None
    return Request(headers, body, request[1].decode(), request[2].decode())
