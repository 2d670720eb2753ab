"""Fragmented MP4 (ISO/IEC 14496-12, 14496-15) out of access units, without decoding. Pure; knows no sockets and no files."""

from streams.fmp4.entries import VideoSets, codecs_of, parameter_sets
from streams.fmp4.muxer import Fragment, Init, Muxer, with_nal

__all__ = ["Fragment", "Init", "Muxer", "VideoSets", "codecs_of", "parameter_sets", "with_nal"]
