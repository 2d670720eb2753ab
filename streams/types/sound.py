"""How loud a camera is, and a few seconds of what it hears: measured by the worker that reads it, kept by nobody."""

from pydantic import Field

from streams.types.camera import CameraId, Wire
from streams.types.gate import Audience

SUBJECT_SOUND_HEAR = "worker.{worker_id}.sound.hear"  # HearSound -> SoundHeard | Refusal
STEP_MS = 100
HEARD_HZ = 16_000
LEAST_DBFS = -100.0
"""What silence measures: its logarithm has no end."""
MOST_MS = 6_000
STARTS_WITHIN_S = 8.0
"""A main stream runs on demand: it connects, and then sound must come."""


class HearSound(Wire):
    """`keep`: the sound comes along, not only how loud it is."""

    camera_id: CameraId
    audience: Audience
    for_ms: int = Field(ge=STEP_MS, le=MOST_MS)
    keep: bool = False


class SoundLevel(Wire):
    """In dB below full scale: root mean square, and the greatest sample."""

    rms_dbfs: float
    peak_dbfs: float


class SoundHeard(Wire):
    """`steps` of `STEP_MS` each, and the whole; without any when nothing came in time. `pcm_base64`: mono, 16 bits little-endian, at
    `HEARD_HZ`; empty unless it was asked for.
    """

    steps: tuple[SoundLevel, ...] = ()
    whole: SoundLevel | None = None
    pcm_base64: str = Field(default="", repr=False)
