"""Sound heard: decoded and measured for whoever checks a microphone."""

from streams.sound.hearing import decoded, heard, units_of
from streams.sound.levels import level, steps

__all__ = ["decoded", "heard", "level", "steps", "units_of"]
