"""A process that is told to end does, whatever its work makes of it."""

import asyncio
import gc
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from fakes.bus import running_bus
from streams.bus.session import Bus, BusAddress, BusLost, run_session

DEAF = """
import asyncio
from streams.stopping import cancel_when_told

async def deaf():
    print("runs", flush=True)
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            pass

async def main():
    work = asyncio.create_task(deaf())
    cancel_when_told(work, 1)
    await work

asyncio.run(main())
"""


def test_work_that_cannot_be_cancelled_is_ended_by_the_kernel() -> None:
    with subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"runs\n"
            process.terminate()
            assert process.wait(20) == -signal.SIGALRM
        finally:
            process.kill()


async def _nothing(_bus: object) -> None:
    return


async def _connect_for_ever(address: BusAddress) -> None:
    while True:
        try:
            await run_session(address, _nothing)
        except BusLost:
            await asyncio.sleep(0)


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # `wait_for` loses a connection made as it is cancelled
async def test_whoever_connects_again_and_again_ends_when_cancelled_at_any_step() -> None:
    """Against a server that hangs up at once: connecting, failing and closing all happen within some dozen steps."""

    def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0, family=socket.AF_INET)
    port = server.sockets[0].getsockname()[1]
    async with server:
        for steps in range(120):
            task = asyncio.create_task(
                _connect_for_ever(BusAddress(url=f"nats://127.0.0.1:{port}", user="w0", password="x"))
            )
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            done, _ = await asyncio.wait({task}, timeout=10)
            assert done, f"cancelled after {steps} steps it still runs"
            assert task.cancelled()
    gc.collect()


async def test_what_a_cancellation_did_not_reach_finds_the_connection_closed(tmp_path: Path) -> None:
    """As when the answer of the bus comes with the cancellation, and `wait_for` of Python 3.11 gives the answer."""
    async with running_bus(tmp_path) as bus:
        began, heard = asyncio.Event(), []

        async def deaf(connected: Bus) -> None:
            while True:
                try:
                    await connected.client.flush()
                    began.set()
                    await asyncio.sleep(0.05)
                except asyncio.CancelledError:
                    heard.append("cancelled")

        task = asyncio.create_task(run_session(bus.control, deaf))
        await began.wait()
        task.cancel()
        done, _ = await asyncio.wait({task}, timeout=20)
        assert done
        assert task.cancelled()
        assert heard
