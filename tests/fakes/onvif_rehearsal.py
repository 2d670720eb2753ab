"""Simulated ONVIF devices on loopback for tests, with a clock that stands still, and a client that says exactly what it is told."""

import asyncio
import base64
import contextlib
import hashlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http import HTTPStatus

import aiohttp
from lxml import etree

from vms_onvif.simulate.addresses import Service
from vms_onvif.simulate.device import OnvifChannel, OnvifDevice, User, Video
from vms_onvif.simulate.province import OnvifAccess, OnvifSimulator
from vms_onvif.simulate.quirks import Quirk
from vms_onvif.simulate.soap import TDS, TEV, TPTZ, TR2, TRT, WSNT

USER = User("vong", "rehearsal")
MAIN = Video("H264", 1920, 1080, 25, 4_000_000, "/main")
SUB = Video("H264", 640, 360, 15, 500_000, "/sub")
H265 = replace(MAIN, codec="H265")
JPEG = b"\xff\xd8picture\xff\xd9"
_NAMESPACES = {
    Service.DEVICE: TDS,
    Service.MEDIA: TRT,
    Service.MEDIA2: TR2,
    Service.EVENTS: TEV,
    Service.PTZ: TPTZ,
}
_WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_DIGEST = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
SOAP_TYPE = "application/soap+xml; charset=utf-8"


@dataclass
class Time:
    """Both clocks of a simulator, and its way of waiting: for the event for ever, or not at all when `skips`."""

    wall: float = 1_790_000_000.0
    passed: float = 1000.0
    skips: bool = False
    waits: list[float] = field(default_factory=list)
    waiting: asyncio.Event = field(default_factory=asyncio.Event)

    def advance(self, seconds: float) -> None:
        self.wall += seconds
        self.passed += seconds

    async def wait(self, event: asyncio.Event, timeout_s: float) -> None:
        self.waits.append(timeout_s)
        self.waiting.set()
        if not self.skips:
            await event.wait()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def root(self) -> etree._Element:
        """Parsed strictly."""
        return etree.fromstring(self.raw, etree.XMLParser(resolve_entities=False, huge_tree=False))

    def texts(self, name: str) -> list[str]:
        return [element.text or "" for element in self.root.iter(f"{{*}}{name}")]

    def text(self, name: str) -> str:
        (only,) = self.texts(name)
        return only

    def attributes(self, name: str, attribute: str) -> list[str]:
        return [str(element.get(attribute)) for element in self.root.iter(f"{{*}}{name}")]

    @property
    def subcode(self) -> str:
        values = self.texts("Value")
        return values[1] if len(values) > 1 else ""


def device(*quirks: Quirk, number: int = 1, **changes: object) -> OnvifDevice:
    """A camera of its own address with main and sub."""
    made = OnvifDevice(
        number=number,
        address=f"127.23.{number // 250}.{number % 250 + 1}",
        name=f"Ngã tư số {number}",
        manufacturer="Hoa Ban",
        model="HB-D210",
        channels=(OnvifChannel(number, MAIN, SUB),),
        users=(USER,),
        quirks=frozenset(quirks),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def token(user: User, at_s: float, nonce: bytes) -> str:
    """A wsse:Security header with a password digest."""
    created = datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    digest = base64.b64encode(hashlib.sha1(nonce + created.encode() + user.password.encode()).digest()).decode()
    return (
        f'<wsse:Security xmlns:wsse="{_WSSE}" xmlns:wsu="{_WSU}"><wsse:UsernameToken><wsse:Username>{user.name}'
        f'</wsse:Username><wsse:Password Type="{_DIGEST}">{digest}</wsse:Password>'
        f"<wsse:Nonce>{base64.b64encode(nonce).decode()}</wsse:Nonce><wsu:Created>{created}</wsu:Created>"
        "</wsse:UsernameToken></wsse:Security>"
    )


def envelope(inside: str, header: str = "") -> str:
    return (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tt="http://www.onvif.org/ver10/schema">'
        f"<s:Header>{header}</s:Header><s:Body>{inside}</s:Body></s:Envelope>"
    )


class Rehearsal:
    def __init__(self, simulator: OnvifSimulator, session: aiohttp.ClientSession, time: Time) -> None:
        self.simulator = simulator
        self.session = session
        self.time = time
        self._nonces = itertools.count()

    def base(self, number: int = 1) -> str:
        return self.simulator.xaddr(number).removesuffix(Service.DEVICE)

    def port(self, number: int = 1) -> int:
        return int(self.base(number).rpartition(":")[2])

    def header(self, user: User | None = USER, *, ahead_s: float = 0.0) -> str:
        return "" if user is None else token(user, self.time.wall + ahead_s, b"nonce %d" % next(self._nonces))

    async def ask(
        self,
        path: str,
        operation: str,
        inside: str = "",
        *,
        number: int = 1,
        user: User | None = USER,
        ahead_s: float = 0.0,
        header: str = "",
        namespace: str | None = None,
    ) -> Answer:
        """Ask with UsernameToken as `user`, or with nothing."""
        name = namespace or _NAMESPACES.get(Service(path) if path in set(Service) else Service.EVENTS, TEV)
        body = f'<q:{operation} xmlns:q="{name}">{inside}</q:{operation}>'
        return await self.post(path, envelope(body, self.header(user, ahead_s=ahead_s) + header), number=number)

    async def post(self, path: str, body: str | bytes, *, number: int = 1, **headers: str) -> Answer:
        sent = {"Content-Type": SOAP_TYPE, **headers}
        async with self.session.post(f"{self.base(number)}{path}", data=body, headers=sent) as response:
            return Answer(response.status, dict(response.headers), await response.read())

    async def subscribe(self, inside: str = "", *, number: int = 1) -> str:
        """Create a pull point; gives its address."""
        answer = await self.ask(Service.EVENTS, "CreatePullPointSubscription", inside, number=number)
        assert answer.status == HTTPStatus.OK, answer.raw
        return answer.text("Address")

    async def pull(
        self, path: str, *, timeout: str = "PT5S", limit: int = 10, header: str = "", number: int = 1
    ) -> Answer:
        inside = f"<q:Timeout>{timeout}</q:Timeout><q:MessageLimit>{limit}</q:MessageLimit>"
        return await self.ask(path, "PullMessages", inside, number=number, header=header)

    async def renew(self, path: str, lasts: str = "PT60S") -> Answer:
        return await self.ask(path, "Renew", f"<q:TerminationTime>{lasts}</q:TerminationTime>", namespace=WSNT)

    async def unsubscribe(self, path: str, *, number: int = 1, header: str = "") -> Answer:
        return await self.ask(path, "Unsubscribe", namespace=WSNT, number=number, header=header)


def path_of(address: str) -> str:
    """The path of an http address."""
    return "/" + address.split("/", 3)[3]


@contextlib.asynccontextmanager
async def rehearsal(
    *devices: OnvifDevice, discovery: bool = False, keeps_alive: bool = True
) -> AsyncIterator[Rehearsal]:
    """The devices (one plain camera by default) at free ports."""
    time = Time()

    async def snapshot(number: int) -> bytes:
        return JPEG + b"%d" % number

    simulator = OnvifSimulator(
        devices or (device(),),
        OnvifAccess(port=0, discovery_port=0 if discovery else None),
        snapshot=snapshot,
        wall_s=lambda: time.wall,
        monotonic_s=lambda: time.passed,
        wait=time.wait,
    )
    connector = aiohttp.TCPConnector(force_close=not keeps_alive)
    async with simulator, aiohttp.ClientSession(connector=connector) as session:
        yield Rehearsal(simulator, session, time)
