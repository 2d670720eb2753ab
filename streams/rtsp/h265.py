"""H.265 out of RTP packets: single NAL units, aggregation packets and fragments, without DONL fields (RFC 7798 section 4.4)."""

from streams.rtsp.h264 import MAX_NALS, split_aggregate
from streams.rtsp.rtp import GAP

_AGGREGATE = 48
_FRAGMENT = 49


def h265_nals(packets: list[bytes]) -> tuple[list[bytes], bool]:  # noqa: C901, PLR0912 one flat loop: calls per packet cost
    """(NAL units, whether some were lost) of one picture's packets with their 12-byte headers; see `h264_nals`."""
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
        kind = (packet[12] >> 1) & 0x3F
        if kind == _FRAGMENT:
            if len(packet) < 16:
                continue
            header = packet[14]
            if header & 0x80:
                if fragments is not None:
                    nals.append(b"".join(fragments))
                fragments = [bytes((packet[12] & 0x81 | (header & 0x3F) << 1, packet[13])), packet[15:]]
                begin, middle = index, bytes((packet[12], packet[13], header & 0x3F))
                while index < count and packets[index][12:15] == middle:
                    index += 1
                fragments += [piece[15:] for piece in packets[begin:index]]
            elif fragments is None:
                damaged = True
                continue
            else:
                fragments.append(packet[15:])
            if header & 0x40:
                nals.append(b"".join(fragments))
                fragments = None
            continue
        if fragments is not None:
            nals.append(b"".join(fragments))
            fragments = None
        if len(nals) > MAX_NALS:
            return [], True
        if kind == _AGGREGATE:
            damaged |= not split_aggregate(packet, 14, nals)
        elif kind < _AGGREGATE and len(packet) > 14:
            nals.append(packet[12:])
    if fragments is not None:
        nals.append(b"".join(fragments))
    return nals, damaged
