"""H.264 out of RTP packets: single NAL units, STAP-A and FU-A (RFC 6184 section 5)."""

from streams.rtsp.rtp import GAP

_STAP_A = 24
_FU_A = 28
_ANNEX_B = b"\x00\x00\x01"
MAX_NALS = 1024
"""More NAL units than any real picture has; whoever sends more wants our time and memory."""
_SMALL = frozenset({6, 7, 8, 9})


def h264_nals(packets: list[bytes]) -> tuple[list[bytes], bool]:  # noqa: C901, PLR0912 one flat loop: calls per packet cost
    """(NAL units, whether some were lost) of one picture's packets with their 12-byte headers.

    A NAL unit with a hole is left out. A fragment that a camera forgot to end is ended by the next NAL unit or by the picture.
    """
    nals: list[bytes] = []
    fragments: list[bytes] | None = None
    damaged = False
    index, count = 0, len(packets)
    while index < count:
        packet = packets[index]
        index += 1
        if packet == GAP:
            damaged, fragments = True, None
            continue
        kind = packet[12] & 0x1F
        if kind == _FU_A:
            if len(packet) < 15:
                continue
            header = packet[13]
            if header & 0x80:
                if fragments is not None:
                    nals.append(b"".join(fragments))
                fragments = [bytes((packet[12] & 0xE0 | header & 0x1F,)), packet[14:]]
                # The middle of a fragmented unit looks the same in every packet.
                begin, middle = index, bytes((packet[12], header & 0x1F))
                while index < count and packets[index][12:14] == middle:
                    index += 1
                fragments += [piece[14:] for piece in packets[begin:index]]
            elif fragments is None:
                damaged = True
                continue
            else:
                fragments.append(packet[14:])
            if header & 0x40:
                nals.append(b"".join(fragments))
                fragments = None
            continue
        if fragments is not None:
            nals.append(b"".join(fragments))
            fragments = None
        if len(nals) > MAX_NALS:
            return [], True
        if kind == _STAP_A:
            damaged |= not split_aggregate(packet, 13, nals)
        elif 0 < kind < _STAP_A:
            _take_single(packet, kind, nals)
    if fragments is not None:
        nals.append(b"".join(fragments))
    return nals, damaged


def _take_single(packet: bytes, kind: int, nals: list[bytes]) -> None:
    nal = packet[12:]
    if kind in _SMALL and _ANNEX_B in nal:
        # Some encoders put a whole Annex B run (SPS, PPS, SEI, slice) into one "single NAL unit" packet.
        nals.extend(part for piece in nal.split(_ANNEX_B, MAX_NALS) if (part := piece.rstrip(b"\x00")))
    else:
        nals.append(nal)


def split_aggregate(packet: bytes, position: int, nals: list[bytes]) -> bool:
    """NAL units behind 16-bit lengths from `position` on; False when a length points outside or there are too many."""
    end = len(packet)
    while position + 2 <= end:
        if len(nals) > MAX_NALS:
            return False
        stop = position + 2 + (packet[position] << 8 | packet[position + 1])
        if stop > end:
            return False
        if stop > position + 2:
            nals.append(packet[position + 2 : stop])
        position = stop
    return True
