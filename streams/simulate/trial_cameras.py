"""The cameras of the motion trial: a place, one trouble, an encoder. Pure: everything follows from the seeds."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from streams.simulate.scenes import Place
from streams.simulate.troubles import Trouble
from streams.types.media import Codec

FPS: Final = 15
WIDTH_PX: Final = 640
HEIGHT_PX: Final = 360
GOP_S: Final = 2
CALM_CLIP_S: Final = 16
CROSSING_CLIP_S: Final = 10
SIZE: Final = (WIDTH_PX, HEIGHT_PX)
_PLACES: Final = (Place.ROAD, Place.YARD, Place.MARKET, Place.GATE, Place.PARKING, Place.CORRIDOR)
_AFTER_DARK: Final = (Trouble.HEADLIGHTS, Trouble.INSECTS)


class Series(StrEnum):
    """Two sets of cameras, alike in kind, with nothing drawn in common: what was tuned on one is reported on the other."""

    TUNING = "tuning"
    HELD_OUT = "held-out"


_SEEDS: Final = {Series.TUNING: 500, Series.HELD_OUT: 90_500}


@dataclass(frozen=True, slots=True)
class TrialCamera:
    """What one camera of the trial looks at. `rate_bps` 0 is constant quality, else a constant bit rate as many cameras send."""

    name: str
    trouble: Trouble
    place: Place
    night: bool
    seed: int
    rate_bps: int = 0
    codec: Codec = Codec.H264

    @property
    def noise(self) -> float:
        """Standard deviation of the sensor noise in luma levels."""
        return 3.2 if self.night else 2.3


def cameras(series: Series = Series.TUNING) -> tuple[TrialCamera, ...]:
    """One camera for each trouble, and more for those that differ by night or with the encoder's way of spending bits."""
    made = [_camera(trouble, index, series, night=trouble in _AFTER_DARK) for index, trouble in enumerate(Trouble)]
    nights = [_camera(trouble, 20 + n, series, night=True) for n, trouble in enumerate((Trouble.NOISE, Trouble.RAIN))]
    steady = [
        _camera(trouble, 30 + n, series, night=False, rate_bps=400_000)
        for n, trouble in enumerate((Trouble.NOISE, Trouble.SWAY))
    ]
    newer = _camera(Trouble.NOISE, 40, series, night=False, codec=Codec.H265)
    return (*made, *nights, *steady, newer)


def _camera(
    trouble: Trouble, index: int, series: Series, *, night: bool, rate_bps: int = 0, codec: Codec = Codec.H264
) -> TrialCamera:
    rate_bps = 110_000 if trouble is Trouble.PUMPING else rate_bps
    ways = (*(["night"] if night else []), *(["cbr"] if rate_bps else []), *(["h265"] if codec is Codec.H265 else []))
    name = "-".join((trouble.value, *ways))
    place = _PLACES[(index + (series is Series.HELD_OUT)) % len(_PLACES)]
    return TrialCamera(name, trouble, place, night, _SEEDS[series] + index, rate_bps, codec)
