import asyncio
import os
import sys
from pathlib import Path

import pytest

from vms.processes.child import CONFIGURATION, Child, ChildRefused, keep_running, run_child


def child(code: str, **options: object) -> Child:
    return Child("test", (sys.executable, "-c", code), **options)


async def test_a_child_that_says_it_cannot_start_is_not_started_again():
    starts = []
    refusing = child(f"raise SystemExit({CONFIGURATION})", on_start=starts.append)
    with pytest.raises(ChildRefused):
        await keep_running(refusing)
    assert len(starts) == 1


async def test_a_child_that_ends_is_started_again():
    twice = asyncio.Event()
    starts = []

    def started(pid: int) -> None:
        starts.append(pid)
        if len(starts) == 2:
            twice.set()

    running = asyncio.create_task(keep_running(child("raise SystemExit(1)", on_start=started)))
    async with asyncio.timeout(20):
        await twice.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert len(set(starts)) == 2


async def test_its_configuration_comes_on_standard_input_and_shows_nowhere_else(tmp_path: Path):
    seen = tmp_path / "seen"
    code = (
        "import sys, os, pathlib;"
        f"pathlib.Path({str(seen)!r}).write_text(sys.stdin.read() + '|' + ' '.join(sys.argv) + str(dict(os.environ)))"
    )
    secret = child(code, stdin=b"secret word")
    assert await run_child(secret) == 0
    read, _, shown = seen.read_text().partition("|")
    assert read == "secret word"
    assert "secret word" not in shown + repr(secret)


async def test_cancelling_ends_even_a_child_that_does_not_read_its_configuration(tmp_path: Path):
    started = asyncio.get_running_loop().create_future()
    deaf = child("import signal; signal.pause()", stdin=b"x" * 1_000_000, on_start=started.set_result)
    running = asyncio.create_task(run_child(deaf))
    pid = await started
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
