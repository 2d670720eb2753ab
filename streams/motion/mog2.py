"""The usual way, to compare with: decode every picture, OpenCV's MOG2 at 320 × 180, alarm when enough of the picture is foreground."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from streams.motion.detector import Seen
from streams.motion.episodes import Episodes
from streams.motion.pictures import Decoder, luma
from streams.motion.trial import Outcome, Span
from streams.types.media import AccessUnit, Codec

_SIZE = (320, 180)
_SHARE = 0.002
_MIN_DURATION_S = 0.4


@dataclass(frozen=True, slots=True)
class Mog2Outcome:
    outcome: Outcome
    cpu_s: float


def run(codec: Codec, pictures: Iterable[tuple[tuple[bytes, ...], bool]], fps: float) -> Mog2Outcome:
    """Decode and judge every picture. `cpu_s` is of this thread."""
    outcome, episodes, decoder = Outcome(), Episodes(_MIN_DURATION_S), Decoder(codec)
    model = cv2.createBackgroundSubtractorMOG2(history=500, varThreshold=16, detectShadows=False)
    kernel = np.ones((3, 3), np.uint8)
    began_s = time.thread_time()
    at_s = 0.0
    for number, (parts, keyframe) in enumerate(pictures):
        at_s = number / fps
        outcome.pictures += 1
        for frame in decoder.decode(AccessUnit(codec, parts, number, 0, 0, keyframe)):
            outcome.decoded += 1
            small = cv2.resize(luma(frame), _SIZE, interpolation=cv2.INTER_AREA)
            foreground = cv2.morphologyEx(model.apply(small), cv2.MORPH_OPEN, kernel)
            share = float(np.count_nonzero(foreground)) / foreground.size
            ended = episodes.see(Seen(moving=share > _SHARE, share=share), at_s).ended
            if ended is not None:
                outcome.alarms.append(Span(ended.start_s, ended.last_s))
    ended = episodes.tick(at_s + 1000.0).ended
    if ended is not None:
        outcome.alarms.append(Span(ended.start_s, ended.last_s))
    outcome.seconds = outcome.pictures / fps
    return Mog2Outcome(outcome, time.thread_time() - began_s)
