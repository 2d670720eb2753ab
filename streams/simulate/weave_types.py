"""What a loop ready to be shown looks like to the rest: the words that both codecs share."""

from dataclasses import dataclass
from typing import Protocol

from streams.simulate.catalogue import LoopSpec
from streams.types.media import Codec


@dataclass(frozen=True, slots=True)
class Overlay:
    """What one camera shows above the scene: its strip (8 bytes) and its clock, now and in the picture before."""

    strip: bytes
    text: str
    text_before: str


class Weave(Protocol):
    @property
    def spec(self) -> LoopSpec: ...

    @property
    def codec(self) -> Codec: ...

    @property
    def parameter_sets(self) -> tuple[bytes, ...]:
        """SPS and PPS; for H.265 VPS in front."""

    def above(self, position: int, overlay: Overlay) -> list[bytes]:
        """The NAL units above the scene in the picture at this position of the loop."""

    def scene(self, position: int) -> tuple[bytes, ...]:
        """The RTP payloads of the shared scene, cut once for all cameras."""

    def standstill(self, gop_position: int) -> list[bytes]:
        """A picture that repeats the one before, as the `gop_position`-th (from 1) after a keyframe."""
