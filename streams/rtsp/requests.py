"""RTSP 1.0 requests out of a byte stream, and responses into bytes (RFC 2326). Sans-I/O; bounded against hostile clients."""

from dataclasses import dataclass, field
from typing import Final

_MAX_HEAD: Final = 16_384
_MAX_BODY: Final = 65_536

_REASONS: Final = {
    200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed", 454: "Session Not Found",
    455: "Method Not Valid in This State", 457: "Invalid Range", 459: "Aggregate Operation Not Allowed", 461: "Unsupported Transport",
    500: "Internal Server Error", 501: "Not Implemented", 503: "Service Unavailable",
}  # fmt: skip


class RtspSyntaxError(ValueError):
    """What came is not RTSP, or longer than any request is."""


@dataclass(frozen=True, slots=True)
class Request:
    """Header names are lower case."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes = b""


class RequestParser:
    """Feed it what came; it returns the complete requests. Interleaved packets from the client (RTCP) are skipped."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Request]:
        """Raises RtspSyntaxError; the parser is of no use afterwards."""
        self._buffer += data
        found: list[Request] = []
        while self._buffer:
            if self._buffer[0] == 0x24:
                if not self._skip_interleaved():
                    break
                continue
            request = self._take_request()
            if request is None:
                break
            found.append(request)
        return found

    def _skip_interleaved(self) -> bool:
        if len(self._buffer) < 4:
            return False
        size = 4 + int.from_bytes(self._buffer[2:4], "big")
        if len(self._buffer) < size:
            return False
        del self._buffer[:size]
        return True

    def _take_request(self) -> Request | None:
        while self._buffer[:2] == b"\r\n":
            del self._buffer[:2]
        end = self._buffer.find(b"\r\n\r\n", 0, _MAX_HEAD)
        if end < 0:
            if len(self._buffer) >= _MAX_HEAD:
                raise RtspSyntaxError("request too long")
            return None
        request = _parse_head(bytes(self._buffer[:end]))
        length = request.headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > _MAX_BODY:
            raise RtspSyntaxError("bad content length")
        total = end + 4 + int(length)
        if len(self._buffer) < total:
            return None
        body = bytes(self._buffer[end + 4 : total])
        del self._buffer[:total]
        return Request(request.method, request.url, request.headers, body)


def _parse_head(head: bytes) -> Request:
    lines = head.decode("utf-8", "replace").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3 or not words[2].startswith("RTSP/1."):
        raise RtspSyntaxError("not an RTSP request")
    headers = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            raise RtspSyntaxError("not an RTSP header")
        headers[name.strip().lower()] = value.strip()
    return Request(words[0], words[1], headers)


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def to_bytes(self, cseq: str) -> bytes:
        lines = [f"RTSP/1.0 {self.status} {_REASONS[self.status]}", f"CSeq: {cseq}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.body:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join((*lines, "", "")).encode() + self.body
