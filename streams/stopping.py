"""Ending a process on request: Ctrl-C and SIGTERM cancel its work, and a deadline ends what cannot be cancelled."""

import asyncio
import signal


def cancel_when_told(work: asyncio.Task[None], within_s: int = 0) -> None:
    """Have SIGINT and SIGTERM cancel `work`. With `within_s` the kernel ends the process that many seconds after the first of them.

    Whoever started us kills us when we take too long, but when they were killed themselves nobody is left who would: a process that
    hangs would go on for ever, with its ports taken. The alarm works without an event loop, and even while one computes.
    """

    def stop() -> None:
        work.cancel()
        if within_s and not signal.getitimer(signal.ITIMER_REAL)[0]:
            signal.setitimer(signal.ITIMER_REAL, within_s)

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
