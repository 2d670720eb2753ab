"""How loud samples are, in dB below full scale (AES17 without its 3 dB: a full-scale square wave is 0). Pure."""

import math

import numpy as np
from numpy.typing import NDArray

from streams.types.sound import LEAST_DBFS, STEP_MS, SoundLevel

_FULL = 32768.0


def level(samples: NDArray[np.int16]) -> SoundLevel:
    """Of all of them; silence for none."""
    if not samples.size:
        return SoundLevel(rms_dbfs=LEAST_DBFS, peak_dbfs=LEAST_DBFS)
    wide = samples.astype(np.float64) / _FULL
    return SoundLevel(
        rms_dbfs=_dbfs(math.sqrt(float(np.mean(wide * wide)))), peak_dbfs=_dbfs(float(np.max(np.abs(wide))))
    )


def steps(samples: NDArray[np.int16], rate_hz: int) -> tuple[SoundLevel, ...]:
    """One for each whole `STEP_MS`."""
    size = rate_hz * STEP_MS // 1000
    return tuple(level(samples[at : at + size]) for at in range(0, samples.size - size + 1, size))


def _dbfs(amplitude: float) -> float:
    return LEAST_DBFS if amplitude <= 0 else round(max(20 * math.log10(amplitude), LEAST_DBFS), 1)
