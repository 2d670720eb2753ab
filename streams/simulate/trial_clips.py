"""The coded clips of the motion trial on disk: each drawn and encoded once, then read under the hash of what it was made from."""

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Final

import av

from streams.simulate import trials
from streams.simulate.encode import Encoded, read_or_make
from streams.simulate.trial_cameras import FPS, GOP_S
from streams.simulate.trials import CodedPicture, TrialClip

_MAKER: Final = 2  # part of the hash: raise it when drawing or encoding of trials changes


def coded(clip: TrialClip, cache: Path) -> list[CodedPicture]:
    """As `trials.coded`, from the folder where it was made before. Blocks for some tenths of a second where it was not."""
    gop = GOP_S * FPS
    made = read_or_make(cache / f"{_digest(clip)}.clip", lambda: Encoded(tuple(p.parts for p in trials.coded(clip))))
    return [CodedPicture(parts, keyframe=number % gop == 0) for number, parts in enumerate(made.pictures)]


def _digest(clip: TrialClip) -> str:
    made_from = repr((asdict(clip), GOP_S, FPS, _MAKER, av.__version__))
    return hashlib.sha256(made_from.encode()).hexdigest()[:32]
