"""A sink that keeps what it is given and lets a test wait for it, and units made by hand."""

import asyncio

from streams.types.media import AccessUnit, Codec, Track

S = 1_000_000_000


class Kept:
    def __init__(self) -> None:
        self.tracks: list[tuple[Track, ...]] = []
        self.units: list[AccessUnit] = []
        self._grown = asyncio.Event()

    def on_tracks(self, tracks: tuple[Track, ...]) -> None:
        self.tracks.append(tracks)
        self._grown.set()

    def on_unit(self, unit: AccessUnit) -> None:
        self.units.append(unit)
        self._grown.set()

    def deliver(self, unit: AccessUnit) -> None:
        self.on_unit(unit)

    @property
    def pictures(self) -> list[AccessUnit]:
        return [unit for unit in self.units if unit.codec.is_video]

    async def have(self, count: int) -> None:
        """Until `count` units have come; the test's own time-out ends a wait in vain."""
        while len(self.units) < count:
            self._grown.clear()
            await self._grown.wait()


def picture(at_s: float, *, keyframe: bool = False, size: int = 1000, fill: int = 0) -> AccessUnit:
    at_ns = int(at_s * S)
    body = (b"\x65\x88" if keyframe else b"\x41\x9a") + fill.to_bytes(8, "big") + bytes(max(size - 10, 0))
    return AccessUnit(Codec.H264, (body,), int(at_s * 90_000), at_ns, at_ns, keyframe)
