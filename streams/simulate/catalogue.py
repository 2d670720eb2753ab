"""Which loops the simulated province needs: every scene as a sub stream, some as main streams. Pure."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from streams.simulate.paint import SPACER_PX
from streams.simulate.scenes import LOOP_S, Scene, all_scenes
from streams.simulate.strip import BLOCK_PX, ROWS
from streams.types.media import Codec

GOP_S: Final = 2
_BIG: Final = {"road-0", "bench-0", "evidence-0"}
_H264_MAIN: Final = (
    "road-0", "junction-0", "market-0", "yard-1", "corridor-0", "accused-0", "bench-0", "witness-0", "evidence-0",
)  # fmt: skip
_H265_MAIN: Final = ("road-1", "gate-0")


@dataclass(frozen=True, slots=True)
class LoopSpec:
    """One loop to draw and encode. Its pictures are `height_px` tall with strip and clock, whose rows are not encoded here."""

    key: str
    scene: Scene
    codec: Codec
    width_px: int
    height_px: int
    fps: int
    bitrate_bps: int
    """what it comes to, roughly; the encoder may use twice as much for a while"""
    quality: float
    """the encoder's constant rate factor"""
    letter_scale: int = 1
    """height of the clock's letters in blocks of 16 px"""
    clip: str = ""
    """path of real footage that is played instead of the drawing; empty for drawn scenes"""

    @property
    def above_px(self) -> int:
        return (ROWS + self.letter_scale) * BLOCK_PX

    @property
    def scene_height_px(self) -> int:
        return self.height_px - self.above_px

    @property
    def gop(self) -> int:
        return GOP_S * self.fps

    @property
    def pictures(self) -> int:
        return LOOP_S * self.fps

    @property
    def drawn_top_px(self) -> int:
        """Where the drawn part begins, below strip, clock and the black row."""
        return self.above_px + SPACER_PX


def sub_spec(scene: Scene, height_px: int = 360) -> LoopSpec:
    width = 640 if height_px == 360 else 512
    return LoopSpec(f"sub/{scene.key}/{height_px}", scene, Codec.H264, width, height_px, 15, 500_000, 25.0)


def main_spec(scene: Scene, codec: Codec) -> LoopSpec:
    big = scene.key in _BIG
    width, height = (1920, 1080) if big else (1280, 720)
    rate = (4_000_000 if big else 2_500_000) // (2 if codec is Codec.H265 else 1)
    return LoopSpec(
        f"main/{scene.key}/{codec}",
        scene,
        codec,
        width,
        height,
        25,
        rate,
        24.5,
        letter_scale=1 if codec is Codec.H265 else 2,
    )


@cache
def sub_specs() -> tuple[LoopSpec, ...]:
    """The 24 sub loops, and last the one of another size that `resolution_change` switches to."""
    scenes = all_scenes()
    return (*(sub_spec(scene) for scene in scenes), sub_spec(scenes[0], 288))


@cache
def main_specs() -> tuple[LoopSpec, ...]:
    by_key = {scene.key: scene for scene in all_scenes()}
    h264 = tuple(main_spec(by_key[key], Codec.H264) for key in _H264_MAIN)
    return (*h264, *(main_spec(by_key[key], Codec.H265) for key in _H265_MAIN))


def pair(scene_key: str, codec: Codec = Codec.H264) -> tuple[LoopSpec, LoopSpec]:
    """(main, sub) for a camera that looks at this scene. The main loop is of the same place where there is one.

    Raises KeyError for an unknown scene.
    """
    sub = next((spec for spec in sub_specs() if spec.scene.key == scene_key), None)
    if sub is None:
        raise KeyError(scene_key)
    candidates = [spec for spec in main_specs() if spec.codec is codec]
    same = [spec for spec in candidates if spec.scene.place is sub.scene.place]
    return (same or candidates)[sub.scene.seed % len(same or candidates)], sub
