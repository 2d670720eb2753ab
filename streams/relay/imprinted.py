"""A packetised keyframe with one viewer's imprint in it: all packets are shared as they are, one small one is added. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from streams.imprinting import imprint_nal, is_slice
from streams.relay.packets import Picture, aggregated, aggregation_kind, fragment_kind, kind_of, runs, units_of
from streams.types.imprint import Stamp
from streams.types.media import Codec


def imprinted(picture: Picture, stamp: Stamp) -> Picture:
    """The same picture with the imprint in a packet of its own."""
    head, tail = around(picture.payloads, picture.codec)
    nal = imprint_nal(stamp, picture.codec, picture.capture_ns)
    payloads = (*head, nal, *tail)
    return replace(picture, payloads=payloads, payload_bytes=sum(map(len, payloads)), runs=tuple(runs(payloads)))


def around(payloads: Sequence[bytes], codec: Codec) -> tuple[Sequence[bytes], Sequence[bytes]]:
    """The payloads before the first coded slice, and those from it on. An aggregation that holds both is taken apart."""
    for number, payload in enumerate(payloads):
        kind = kind_of(payload, codec)
        if kind == aggregation_kind(codec):
            nals = units_of(payload, codec)
            first = next((place for place, nal in enumerate(nals) if is_slice(codec, kind_of(nal, codec))), None)
            if first is not None:
                before, after = aggregated(nals[:first], codec), aggregated(nals[first:], codec)
                return (*payloads[:number], *before), (*after, *payloads[number + 1 :])
        elif is_slice(codec, kind if (of := fragment_kind(payload, codec)) is None else of):
            return payloads[:number], payloads[number:]
    return payloads, ()
