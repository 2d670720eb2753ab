"""One child process that is kept running."""

import asyncio
import ctypes
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

import structlog

log = structlog.get_logger(__name__)

FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 5.0
STEADY_S = 10.0
"""A child that ran this long is no longer failing at start: its next restart comes at once."""
STOP_S = 6.0
CONFIGURATION = 78
"""Exit code of a child that said in one sentence why starting it again would not help (EX_CONFIG of sysexits.h)."""
_PR_SET_PDEATHSIG = 1


class ChildRefused(Exception):
    """A child that never ran says that it cannot: the sentence is its own and already on standard error."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} cannot start, for the reason given above")


@dataclass(frozen=True, slots=True)
class Child:
    """What to run. `stdin` carries configuration with secrets: neither the command line nor the environment shows it."""

    name: str
    argv: tuple[str, ...]
    stdin: bytes = field(default=b"", repr=False)
    on_start: Callable[[int], None] = lambda _pid: None


async def keep_running(child: Child) -> None:
    """Run, and run again with growing pauses whenever it ends. Cancelling ends it: SIGTERM, then SIGKILL after `STOP_S`.

    Raises `ChildRefused` when it ends with `CONFIGURATION` before it ever ran for `STEADY_S`. One that did is started again
    even then: a database that is away for a minute must not end the pictures.
    """
    wait_s, was_steady = FIRST_WAIT_S, False
    while True:
        began_s = monotonic()
        code = await run_child(child)
        if monotonic() - began_s > STEADY_S:
            wait_s, was_steady = FIRST_WAIT_S, True
        if code == CONFIGURATION and not was_steady:
            raise ChildRefused(child.name)
        log.error("process_ended", process=child.name, code=code, restart_in_s=wait_s)
        await asyncio.sleep(wait_s)
        wait_s = min(wait_s * 2, LONGEST_WAIT_S)


async def run_child(child: Child) -> int:
    """Run once and give the exit code. Cancelling ends the process and waits for it."""
    process = await asyncio.create_subprocess_exec(
        *child.argv,
        stdin=asyncio.subprocess.PIPE if child.stdin else asyncio.subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches the parent alone, which then ends its children in order
        preexec_fn=die_with_parent,
    )
    child.on_start(process.pid)
    try:
        if child.stdin and process.stdin is not None:
            await _feed(process.stdin, child.stdin)
        return await process.wait()
    finally:
        await _stop(process)


async def _feed(stdin: asyncio.StreamWriter, data: bytes) -> None:
    try:
        stdin.write(data)
        await stdin.drain()
        stdin.close()
        await stdin.wait_closed()
    except (BrokenPipeError, ConnectionResetError):
        log.warning("process_did_not_read_its_configuration")


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def die_with_parent() -> None:
    """Linux: have the kernel end the child when its parent is killed; nothing may outlive `vms serve`."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
