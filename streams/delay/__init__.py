"""The delay line of a hearing: what observers see was captured some minutes ago. Coded pictures and sound, waiting on disk."""

from streams.delay.folder import DelayFolder
from streams.delay.line import DelayLine

__all__ = ["DelayFolder", "DelayLine"]
