"""A simulated pan-tilt-zoom mount: where it looks, how it moves, its presets. Pure; time is passed in, in seconds.

Positions are those of ONVIF's generic spaces: pan and tilt from -1 to 1, zoom from 0 to 1.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

FULL_SPEED: Final = 0.4
"""how far velocity 1 moves in a second"""
MOST_PRESETS: Final = 32
MOST_MOVING_S: Final = 60.0


class Position(NamedTuple):
    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 0.0


HOME: Final = Position()


class NoSuchPreset(Exception):
    """There is no preset of that token."""


class TooManyPresets(Exception):
    """All `MOST_PRESETS` are taken."""


@dataclass(frozen=True, slots=True)
class Preset:
    name: str
    position: Position


class Mount:
    def __init__(self) -> None:
        self._start = HOME
        self._velocity = HOME
        self._since_s = self._until_s = 0.0
        self._home = HOME
        self._numbered = 0
        self.presets: dict[str, Preset] = {}

    def position(self, now_s: float) -> Position:
        passed_s = max(0.0, min(now_s, self._until_s) - self._since_s)
        pan, tilt, zoom = (at + velocity * passed_s for at, velocity in zip(self._start, self._velocity, strict=True))
        return _within(Position(pan, tilt, zoom))

    def moving(self, now_s: float) -> tuple[bool, bool]:
        """(pan or tilt, zoom)"""
        runs = now_s < self._until_s
        pan, tilt, zoom = self._velocity
        return runs and (pan != 0 or tilt != 0), runs and zoom != 0

    def run(self, velocity: Position, now_s: float, timeout_s: float) -> None:
        """ContinuousMove: velocities from -1 to 1; it stops by itself after `timeout_s`."""
        self._move(now_s, Position(*(FULL_SPEED * max(-1.0, min(1.0, part)) for part in velocity)), timeout_s)

    def stop(self, now_s: float, *, pan_tilt: bool = True, zoom: bool = True) -> None:
        left_s = max(0.0, self._until_s - now_s)
        was = self._velocity
        kept = Position(0.0 if pan_tilt else was.pan, 0.0 if pan_tilt else was.tilt, 0.0 if zoom else was.zoom)
        self._move(now_s, kept, left_s)

    def go(self, target: Position, now_s: float) -> None:
        """Move to a position at full speed, all axes arriving together."""
        at, target = self.position(now_s), _within(target)
        distances = Position(*(there - here for there, here in zip(target, at, strict=True)))
        takes_s = max(abs(part) for part in distances) / FULL_SPEED
        if takes_s > 0:
            self._move(now_s, Position(*(part / takes_s for part in distances)), takes_s)
        else:
            self._move(now_s, HOME, 0.0)

    def save(self, now_s: float, name: str, token: str = "") -> str:
        """Keep the position as a preset, a new one without a token. Raises `NoSuchPreset`, `TooManyPresets`."""
        if token and token not in self.presets:
            raise NoSuchPreset
        if not token:
            if len(self.presets) >= MOST_PRESETS:
                raise TooManyPresets
            self._numbered += 1
            token = f"preset_{self._numbered}"
        self.presets[token] = Preset(name or token, self.position(now_s))
        return token

    def remove(self, token: str) -> None:
        """Raises `NoSuchPreset`."""
        if self.presets.pop(token, None) is None:
            raise NoSuchPreset

    def recall(self, token: str, now_s: float) -> None:
        """Raises `NoSuchPreset`."""
        if token not in self.presets:
            raise NoSuchPreset
        self.go(self.presets[token].position, now_s)

    def go_home(self, now_s: float) -> None:
        self.go(self._home, now_s)

    def set_home(self, now_s: float) -> None:
        self._home = self.position(now_s)

    def _move(self, now_s: float, velocity: Position, lasts_s: float) -> None:
        self._start = self.position(now_s)
        self._velocity = velocity
        self._since_s, self._until_s = now_s, now_s + min(lasts_s, MOST_MOVING_S)


def _within(at: Position) -> Position:
    return Position(max(-1.0, min(1.0, at.pan)), max(-1.0, min(1.0, at.tilt)), max(0.0, min(1.0, at.zoom)))
