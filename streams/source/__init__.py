"""Ways to read a camera's stream: ours for RTSP, PyAV for the rest. `open_source` chooses."""

from streams.contract import MeasuredSource, Timeouts
from streams.source.opening import open_source

__all__ = ["MeasuredSource", "Timeouts", "open_source"]
