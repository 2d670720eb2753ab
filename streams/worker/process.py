"""What a media worker's process does to itself at its start: less garbage collection, fewer rights."""

import ctypes
import gc
import resource
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38
_YOUNG_OBJECTS: Final = 50_000
_SWITCH_S: Final = 0.0005


def settle_memory() -> None:
    """Call once everything is imported. What lives now lives for ever, and is not looked at by the garbage collector any more.

    Pictures are freed by reference counts; cycles are few. With the default of 700 new objects between collections, a worker with
    240 cameras would walk its GOP caches several times a second for nothing (docs/adr/0020).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, 20, 20)


def share_interpreter() -> None:
    """Let a thread that waits for the interpreter have it after half a millisecond instead of five.

    A recording thread gives it up for each hash and each write (some thousand times a second with 240 cameras) and would wait those five
    each time while the event loop is busy: it fell behind a loop at 70 % of a core. Where nobody waits nothing changes.
    """
    sys.setswitchinterval(_SWITCH_S)


def harden() -> None:
    """Give up what parsing hostile bytes never needs: gaining rights by exec, core dumps (camera passwords), being traced.

    Does nothing where the kernel does not know the call.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc = ctypes.CDLL(None)
    prctl = getattr(libc, "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
