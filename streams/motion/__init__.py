"""Motion: what to decode is decided on the compressed stream, what moves on a small grey picture, what is an alarm by rules.

`gate`, `detector` and `episodes` are pure; `pictures` decodes; `watch` joins them for one camera; `pool` holds the thread.
"""

from streams.motion.pool import MotionPool
from streams.motion.watch import MotionWatch

__all__ = ["MotionPool", "MotionWatch"]
