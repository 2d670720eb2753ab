"""A device of which a test writes every byte: what comes over one connection is answered with what the script says."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

SOAP = "http://www.w3.org/2003/05/soap-envelope"


@dataclass
class ScriptedDevice:
    """`requests` are heads and bodies as they came. An empty answer closes the connection."""

    answer: Callable[[str, str], bytes]
    requests: list[tuple[str, str]] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    @property
    def xaddr(self) -> str:
        return f"http://127.0.0.1:{self.port}/onvif/device_service"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                length = next(
                    int(line[15:]) for line in head.split("\r\n") if line.lower().startswith("content-length:")
                )
                body = (await reader.readexactly(length)).decode()
                self.requests.append((head, body))
                answer = self.answer(head, body)
                if not answer:
                    return
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def scripted(answer: Callable[[str, str], bytes]) -> AsyncIterator[ScriptedDevice]:
    device = ScriptedDevice(answer)
    async with await asyncio.start_server(device.serve, "127.0.0.1", 0) as server:
        device.port = server.sockets[0].getsockname()[1]
        yield device


def http(body: bytes, status: int = 200, headers: Sequence[str] = ()) -> bytes:
    lines = [f"HTTP/1.1 {status} X", *headers, f"Content-Length: {len(body)}", "Content-Type: application/soap+xml"]
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + body


def soap(inside: str) -> bytes:
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{inside}</s:Body></s:Envelope>'.encode()


def soap_fault(subcode: str, reason: str = "no") -> bytes:
    return soap(
        "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode>"
        f"<s:Value>{subcode}</s:Value></s:Subcode></s:Code><s:Reason><s:Text>{reason}</s:Text></s:Reason></s:Fault>"
    )
