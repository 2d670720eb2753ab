"""One side of a benchmark in a process of its own, so that its CPU and memory are nobody else's.

A side is a plain function that gets a `Line` and its arguments; it answers what the benchmark asks until it hears `STOP`.
"""

import asyncio
import contextlib
import multiprocessing
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Final, Self

STOP: Final = "stop"
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
_STOP_WITHIN_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Usage:
    """What this process has used up to now: CPU seconds of all its threads, the wall clock, resident bytes."""

    cpu_s: float
    at_s: float
    rss_bytes: int

    @classmethod
    def now(cls) -> "Usage":
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 read many times, no path object needed
            pages = int(file.read().split()[1])
        return cls(time.process_time(), time.monotonic(), pages * _PAGE_BYTES)

    def cores_since(self, before: "Usage") -> float:
        return (self.cpu_s - before.cpu_s) / (self.at_s - before.at_s)


class Line:
    """A side's end of the pipe."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def tell(self, what: Any) -> None:
        self._pipe.send(what)

    async def order(self) -> Any:
        """The benchmark's next word; `STOP` also when the benchmark has gone."""
        try:
            return await asyncio.to_thread(self._pipe.recv)
        except EOFError:
            return STOP


class Side:
    """The benchmark's end. Use as a context manager: the process is stopped, or killed when it does not listen."""

    def __init__(self, function: Callable[..., None], *arguments: Any) -> None:
        """`function(line, *arguments)` must be importable by name, its arguments picklable."""
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(function, theirs, arguments), daemon=True)
        self._process.start()
        theirs.close()

    def hear(self, within_s: float) -> Any:
        """What the side tells next. Raises TimeoutError, or EOFError when it died."""
        if not self._pipe.poll(within_s):
            raise TimeoutError(f"{self._process.name} said nothing for {within_s:g} s")
        return self._pipe.recv()

    def ask(self, order: Any, within_s: float = 30.0) -> Any:
        self._pipe.send(order)
        return self.hear(within_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):  # it has ended already
            self._pipe.send(STOP)
        self._process.join(_STOP_WITHIN_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._pipe.close()


def _run(function: Callable[..., None], pipe: Connection, arguments: tuple[Any, ...]) -> None:
    function(Line(pipe), *arguments)
