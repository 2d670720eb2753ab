"""What we need from sequence parameter sets: their id and the picture size (H.264 section 7.3.2.1.1, H.265 section 7.3.2.2)."""

from dataclasses import dataclass

from streams.rtsp.bits import BitReader

_HIGH_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
_MAX_SIZE_PX = 16384


@dataclass(frozen=True, slots=True)
class Sps:
    set_id: int
    width_px: int
    height_px: int


def parse_h264_sps(nal: bytes) -> Sps:
    """`nal` with its header byte. Raises `ValueError` for anything that is not a plausible SPS."""
    reader = BitReader(nal[1:512])
    profile = reader.bits(8)
    reader.bits(16)
    set_id = reader.unsigned()
    chroma = 1
    separate_planes = False
    if profile in _HIGH_PROFILES:
        chroma = reader.unsigned()
        if chroma == 3:
            separate_planes = reader.flag()
        reader.unsigned()
        reader.unsigned()
        reader.flag()
        if reader.flag():
            _skip_scaling_lists(reader, 8 if chroma != 3 else 12)
    reader.unsigned()
    _skip_picture_order(reader)
    reader.unsigned()
    reader.flag()
    width_mbs = reader.unsigned() + 1
    height_units = reader.unsigned() + 1
    frame_only = reader.flag()
    if not frame_only:
        reader.flag()
    reader.flag()
    left, right, top, bottom = _crop(reader)
    array = 0 if separate_planes else chroma
    unit_x = 2 if array in (1, 2) else 1
    unit_y = (2 if array == 1 else 1) * (1 if frame_only else 2)
    width_px = width_mbs * 16 - (left + right) * unit_x
    height_px = height_units * (16 if frame_only else 32) - (top + bottom) * unit_y
    return _checked(set_id, width_px, height_px)


def parse_h265_sps(nal: bytes) -> Sps:
    """`nal` with its two header bytes. Raises `ValueError` for anything that is not a plausible SPS."""
    reader = BitReader(nal[2:512])
    reader.bits(4)
    sub_layers = reader.bits(3)
    reader.flag()
    _skip_profile_tier_level(reader, sub_layers)
    set_id = reader.unsigned()
    chroma = reader.unsigned()
    if chroma == 3:
        reader.flag()
    width_px = reader.unsigned()
    height_px = reader.unsigned()
    left, right, top, bottom = _crop(reader)
    width_px -= (left + right) * (2 if chroma in (1, 2) else 1)
    height_px -= (top + bottom) * (2 if chroma == 1 else 1)
    return _checked(set_id, width_px, height_px)


def _checked(set_id: int, width_px: int, height_px: int) -> Sps:
    if set_id > 31 or not 0 < width_px <= _MAX_SIZE_PX or not 0 < height_px <= _MAX_SIZE_PX:
        raise ValueError("implausible sequence parameter set")
    return Sps(set_id, width_px, height_px)


def _crop(reader: BitReader) -> tuple[int, int, int, int]:
    if not reader.flag():
        return 0, 0, 0, 0
    return reader.unsigned(), reader.unsigned(), reader.unsigned(), reader.unsigned()


def _skip_picture_order(reader: BitReader) -> None:
    kind = reader.unsigned()
    if kind == 0:
        reader.unsigned()
    elif kind == 1:
        reader.flag()
        reader.signed()
        reader.signed()
        for _ in range(min(reader.unsigned(), 255)):
            reader.signed()


def _skip_scaling_lists(reader: BitReader, lists: int) -> None:
    for index in range(lists):
        if not reader.flag():
            continue
        last, scale = 8, 8
        for _ in range(16 if index < 6 else 64):
            if scale:
                scale = (last + reader.signed()) % 256
            last = scale or last


def _skip_profile_tier_level(reader: BitReader, sub_layers: int) -> None:
    reader.bits(96)
    present = [(reader.flag(), reader.flag()) for _ in range(sub_layers)]
    if sub_layers:
        reader.bits(2 * (8 - sub_layers))
    for profile, level in present:
        reader.bits((88 if profile else 0) + (8 if level else 0))
