"""One connection to the bus, from connecting to losing it.

The client's own reconnecting is switched off on purpose: after a gap a watcher that goes on silently would miss what
happened meanwhile. A lost connection ends the session with `BusLost`; whoever needs the bus starts a new one and reads
everything again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from pydantic import Field

from streams.types.camera import Wire

log = structlog.get_logger(__name__)

CONNECT_TIMEOUT_S = 2
CONNECT_AGAIN_S = 0.1
"""The client knocks twice, whatever it is told; left to itself it waits 2 s between, for a bus that is up in a tenth of that."""
FAREWELL_S = 2.0
"""How long what uses a connection may take to end once it is told to: it may still have something to say."""
PING_INTERVAL_S = 2
"""Two pings without an answer end the session: a bus that hangs is as good as gone after 6 s."""


class BusLost(Exception):
    """The bus is not there, or went away."""


class BusAddress(Wire):
    """Where the bus is and who we are there. `inbox` is the prefix of this user's replies: others cannot read it."""

    url: str
    user: str
    password: str = Field(repr=False)
    inbox: str = "_INBOX"


@dataclass(frozen=True, slots=True)
class Bus:
    """A living connection."""

    client: Client
    stream: JetStreamContext


async def run_session(address: BusAddress, body: Callable[[Bus], Awaitable[None]]) -> None:
    """Connect and run `body` until it ends or the connection does.

    Raises `BusLost` when connecting fails or the connection ends first. What `body` raises comes through.
    """
    try:
        await _connected(address, body)
    except BusLost:
        # Python 3.11 loses a cancellation that meets an ending connection: `wait_for` gives the result instead, a task group its
        # error. Whoever connects again in a loop would then never end.
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise asyncio.CancelledError from None
        raise


async def _connected(address: BusAddress, body: Callable[[Bus], Awaitable[None]]) -> None:
    closed = asyncio.Event()

    async def on_closed() -> None:
        closed.set()

    async def on_error(error: Exception) -> None:
        # Refused connections end in `BusLost`, of which whoever connects knows what to say.
        (log.warning if client.is_connected else log.debug)(
            "bus_error", user=address.user, error=type(error).__name__, detail=str(error)[:200]
        )

    client = Client()
    try:
        await client.connect(
            address.url,
            user=address.user,
            password=address.password,
            inbox_prefix=address.inbox.encode(),
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=CONNECT_AGAIN_S,  # type: ignore[arg-type]  # it takes any number
            connect_timeout=CONNECT_TIMEOUT_S,
            ping_interval=PING_INTERVAL_S,
            max_outstanding_pings=2,
            closed_cb=on_closed,
            error_cb=on_error,
        )
    except (NatsError, OSError, TimeoutError) as error:
        await client.close()
        raise BusLost(f"no bus at {address.url}: {type(error).__name__}") from error
    except asyncio.CancelledError:
        await client.close()
        raise
    try:
        await _until_closed(client, closed, body(Bus(client, client.jetstream(timeout=CONNECT_TIMEOUT_S))))
    finally:
        if not client.is_closed:
            await client.close()


async def _until_closed(client: Client, closed: asyncio.Event, body: Awaitable[None]) -> None:
    work = asyncio.ensure_future(body)
    gone = asyncio.ensure_future(closed.wait())
    try:
        await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise BusLost("the connection to the bus ended")
        try:
            work.result()
        except (NatsError, TimeoutError) as error:
            raise BusLost(f"the bus did not answer: {type(error).__name__}") from error
        except ExceptionGroup as group:
            _, rest = group.split((NatsError, TimeoutError, BusLost))
            if rest is not None:
                raise
            raise BusLost("the bus did not answer") from group
    finally:
        await _end(client, work, gone)


async def _end(client: Client, *tasks: asyncio.Future[Any]) -> None:
    """Cancel them and wait. One whose cancellation met an answer of the bus (see `run_session`) goes on, and finds it closed."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=FAREWELL_S)
    if not client.is_closed:
        await client.close()
    await asyncio.gather(*tasks, return_exceptions=True)
