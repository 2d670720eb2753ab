"""What processes cost, from /proc: CPU seconds and resident memory of named processes and their threads. Linux only."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Usage:
    """`cpu_s` user and system together; `rss_mb` resident memory in units of 10⁶ bytes."""

    cpu_s: float
    rss_mb: float

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(self.cpu_s + other.cpu_s, self.rss_mb + other.rss_mb)


def usage(pid: int) -> Usage:
    """Of one process; zeros when it is gone."""
    try:
        # The command name in brackets may hold spaces: fields are counted from behind it (proc(5), stat).
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return Usage(0.0, 0.0)
    return Usage((int(fields[11]) + int(fields[12])) / _TICKS_PER_S, pages * _PAGE_BYTES / 1e6)


def total(pids: list[int]) -> Usage:
    return sum((usage(pid) for pid in pids), Usage(0.0, 0.0))


def children(pid: int) -> list[int]:
    """Direct children of a process."""
    try:
        return [
            int(word)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for word in (task / "children").read_text().split()
        ]
    except (FileNotFoundError, ProcessLookupError):
        return []
