"""NAL units out of the byte streams that containers use: Annex B start codes and length-prefixed AVCC/HVCC.

Sources: ITU-T H.264 annex B; ISO/IEC 14496-15 sections 5.3.3.1 (avcC) and 8.3.3.1 (hvcC).
"""


def split_annexb(data: bytes) -> list[bytes]:
    """The NAL units between start codes; what stands before the first start code is not one."""
    nals: list[bytes] = []
    begin = data.find(b"\x00\x00\x01")
    while begin >= 0:
        begin += 3
        following = data.find(b"\x00\x00\x01", begin)
        # Zeros before a start code belong to it: a NAL unit never ends in zero.
        nal = data[begin:following].rstrip(b"\x00") if following >= 0 else data[begin:].rstrip(b"\x00")
        if nal:
            nals.append(nal)
        begin = following
    return nals


def split_lengths(data: bytes, length_bytes: int) -> list[bytes]:
    """NAL units behind big-endian lengths. Raises `ValueError` when a length points outside."""
    nals: list[bytes] = []
    position = 0
    while position < len(data):
        size = int.from_bytes(data[position : position + length_bytes], "big")
        position += length_bytes
        if position + size > len(data):
            raise ValueError("NAL length points outside")
        if size:
            nals.append(data[position : position + size])
        position += size
    return nals


def parse_avcc(data: bytes) -> tuple[int, list[bytes]]:
    """(bytes per length field, parameter sets). Raises `ValueError` for anything that is not an avcC."""
    if len(data) < 7 or data[0] != 1:
        raise ValueError("not an avcC")
    position = 6
    sets: list[bytes] = []
    position = _take_sets(data, position, data[5] & 0x1F, sets)
    if position < len(data):
        _take_sets(data, position + 1, data[position], sets)
    return (data[4] & 3) + 1, sets


def parse_hvcc(data: bytes) -> tuple[int, list[bytes]]:
    """(bytes per length field, parameter sets). Raises `ValueError` for anything that is not an hvcC."""
    if len(data) < 23 or data[0] != 1:
        raise ValueError("not an hvcC")
    sets: list[bytes] = []
    position = 23
    for _ in range(data[22]):
        count = int.from_bytes(data[position + 1 : position + 3], "big")
        position = _take_sets(data, position + 3, count, sets)
    return (data[21] & 3) + 1, sets


def _take_sets(data: bytes, position: int, count: int, into: list[bytes]) -> int:
    for _ in range(count):
        size = int.from_bytes(data[position : position + 2], "big")
        position += 2
        if size == 0 or position + size > len(data):
            raise ValueError("parameter set points outside")
        into.append(data[position : position + size])
        position += size
    return position
