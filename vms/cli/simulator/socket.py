"""The simulator's socket: for whoever started it alone (mode 0600), one JSON line in, one out."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import ValidationError

from vms.cli.faults import CannotRun
from vms.cli.simulator.orders import LONGEST_LINE, ORDER, Order, Reply

LONGEST_PATH = 100


class SocketUnusable(CannotRun):
    """The socket cannot be opened or reached. One sentence."""


@asynccontextmanager
async def listening(path: Path, carry_out: Callable[[Order], Reply]) -> AsyncIterator[None]:
    """Raises `SocketUnusable` when another simulator listens there."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(_answer(line, carry_out).model_dump_json().encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):  # gone, or a line longer than `LONGEST_LINE`
            pass
        finally:
            writer.close()

    bound = _bind(path)
    try:
        async with await asyncio.start_unix_server(serve, sock=bound, limit=LONGEST_LINE):
            yield
    finally:
        _unbind(bound, path)


async def told(path: Path, order: Order) -> object:
    """Give an order to the simulator at `path`. Raises `SocketUnusable`, with the simulator's own sentence where it has one."""
    try:
        reader, writer = await asyncio.open_unix_connection(path, limit=64 * LONGEST_LINE)
    except OSError as error:
        raise SocketUnusable(f"No simulator listens at {path}: start `vms simulate` or `vms demo`.") from error
    try:
        writer.write(order.model_dump_json().encode() + b"\n")
        reply = Reply.model_validate_json(await reader.readline())
    except (ConnectionError, ValidationError, ValueError) as error:
        raise SocketUnusable(f"The simulator at {path} did not answer.") from error
    finally:
        writer.close()
    if reply.error:
        raise SocketUnusable(reply.error)
    return reply.result


def _answer(line: bytes, carry_out: Callable[[Order], Reply]) -> Reply:
    try:
        return carry_out(ORDER.validate_json(line))
    except ValidationError as error:
        return Reply(error=f"This is no order: {error.errors(include_url=False)[0]['msg']}.")


def _bind(path: Path) -> socket.socket:
    if len(os.fsencode(path)) > LONGEST_PATH:
        raise SocketUnusable(f"The path of the socket is too long for the system: {path}.")
    if _somebody_listens(path):
        raise SocketUnusable(f"Another simulator already listens at {path}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    try:
        bound.bind(str(path))
    except OSError:
        bound.close()
        raise
    finally:
        os.umask(mask)
    bound.setblocking(False)  # noqa: FBT003 the socket's own signature
    return bound


def _unbind(bound: socket.socket, path: Path) -> None:
    bound.close()
    path.unlink(missing_ok=True)


def _somebody_listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knocking:
        try:
            knocking.connect(str(path))
        except OSError:
            return False
        return True
