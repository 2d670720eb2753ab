from hypothesis import given
from hypothesis import strategies as st

from streams.relay.packets import MAX_PAYLOAD_BYTES, packetise
from streams.types.media import AccessUnit, Codec

h264_nals = st.lists(
    st.tuples(st.sampled_from([0x67, 0x68, 0x65, 0x41, 0x01, 0x06]), st.integers(1, 6000)).map(
        lambda made: bytes([made[0]]) + bytes(n % 251 for n in range(made[1]))
    ),
    min_size=1,
    max_size=12,
)
h265_nals = st.lists(
    st.tuples(st.sampled_from([0x40, 0x42, 0x44, 0x26, 0x02]), st.integers(1, 6000)).map(
        lambda made: bytes([made[0], 1]) + bytes(n % 251 for n in range(made[1]))
    ),
    min_size=1,
    max_size=12,
)


def unit(codec: Codec, nals: list[bytes]) -> AccessUnit:
    return AccessUnit(codec, tuple(nals), 0, 0, 0, keyframe=True)


def joined_h264(payloads) -> list[bytes]:
    nals, parts = [], b""
    for payload in payloads:
        kind = payload[0] & 0x1F
        if kind == 24:
            place = 1
            while place < len(payload):
                size = int.from_bytes(payload[place : place + 2], "big")
                nals.append(payload[place + 2 : place + 2 + size])
                place += 2 + size
        elif kind == 28:
            if payload[1] & 0x80:
                parts = bytes([payload[0] & 0x60 | payload[1] & 0x1F])
            parts += payload[2:]
            if payload[1] & 0x40:
                nals.append(parts)
        else:
            nals.append(payload)
    return nals


def joined_h265(payloads) -> list[bytes]:
    nals, parts = [], b""
    for payload in payloads:
        kind = payload[0] >> 1 & 0x3F
        if kind == 48:
            place = 2
            while place < len(payload):
                size = int.from_bytes(payload[place : place + 2], "big")
                nals.append(payload[place + 2 : place + 2 + size])
                place += 2 + size
        elif kind == 49:
            if payload[2] & 0x80:
                parts = bytes([payload[0] & 0x81 | (payload[2] & 0x3F) << 1, payload[1]])
            parts += payload[3:]
            if payload[2] & 0x40:
                nals.append(parts)
        else:
            nals.append(payload)
    return nals


@given(h264_nals)
def test_h264_comes_out_of_its_payloads_as_it_went_in(nals):
    payloads = packetise(unit(Codec.H264, nals)).payloads
    assert max(map(len, payloads)) <= MAX_PAYLOAD_BYTES
    assert joined_h264(payloads) == nals


@given(h265_nals)
def test_h265_comes_out_of_its_payloads_as_it_went_in(nals):
    payloads = packetise(unit(Codec.H265, nals)).payloads
    assert max(map(len, payloads)) <= MAX_PAYLOAD_BYTES
    assert joined_h265(payloads) == [nal for nal in nals if len(nal) > 2]


@given(st.integers(1200, 200_000))
def test_fragments_have_one_size_so_that_the_kernel_can_send_the_run_at_once(size):
    sizes = list(map(len, packetise(unit(Codec.H264, [b"\x65" + bytes(size)])).payloads))
    assert len(set(sizes[:-1])) <= 1
    assert sizes[-1] <= sizes[0]
