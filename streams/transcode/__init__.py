"""H.265 into H.264 for browsers that have no H.265 and cameras that have nothing else. On demand, few at once, and never hidden."""

from streams.transcode.slots import Transcodes, needed

__all__ = ["Transcodes", "needed"]
