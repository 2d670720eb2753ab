"""An imprint in a packetised keyframe: one NAL unit more, before the first slice, and nothing else is changed."""

from hypothesis import given
from hypothesis import strategies as st

from fakes.imprints import IMPRINTS, stamp, view_id
from fakes.rtp_packets import rtp
from streams.imprinting import escaped, imprint_nal, is_slice
from streams.relay.imprinted import imprinted
from streams.relay.packets import MAX_PAYLOAD_BYTES, Picture, packetise, runs
from streams.rtsp.h264 import h264_nals
from streams.rtsp.h265 import h265_nals
from streams.types.imprint import IMPRINT_UUID
from streams.types.media import AccessUnit, Codec
from vms.hearings.imprint_reading import Finder

AT_NS = 1_760_000_000_123_456_789
HEADS = {
    # (what leads a keyframe, slices): access unit delimiter, parameter sets, another message; then IDR.
    Codec.H264: ([b"\x09", b"\x67", b"\x68", b"\x06"], b"\x65"),
    Codec.H265: ([b"\x46\x01", b"\x40\x01", b"\x42\x01", b"\x44\x01", b"\x4e\x01"], b"\x26\x01"),
}
sizes = st.one_of(st.integers(2, 40), st.integers(1100, 1300), st.integers(3000, 9000))


@st.composite
def keyframes(draw: st.DrawFn) -> AccessUnit:
    codec = draw(st.sampled_from(list(HEADS)))
    heads, slice_header = HEADS[codec]
    lead = [head + b"\x11" * draw(sizes) for head in heads if draw(st.booleans())]
    slices = [slice_header + b"\x22" * draw(sizes) for _ in range(draw(st.integers(1, 4)))]
    return AccessUnit(codec, (*lead, *slices), 0, AT_NS, AT_NS, keyframe=True)


def nals_of(picture: Picture) -> list[bytes]:
    packets = [rtp(payload, number, 0) for number, payload in enumerate(picture.payloads)]
    nals, damaged = (h264_nals if picture.codec is Codec.H264 else h265_nals)(packets)
    assert not damaged
    return nals


@given(keyframes(), st.integers(1, 2**128 - 1))
def test_a_keyframe_gets_one_nal_unit_more_before_its_first_slice(unit: AccessUnit, number: int):
    plain = packetise(unit)
    made = imprinted(plain, stamp(number))
    nal = imprint_nal(stamp(number), unit.codec, AT_NS)
    first = next(
        place
        for place, part in enumerate(unit.parts)
        if is_slice(unit.codec, part[0] & 0x1F if unit.codec is Codec.H264 else part[0] >> 1 & 0x3F)
    )
    assert nals_of(made) == [*unit.parts[:first], nal, *unit.parts[first:]]
    assert len(made.payloads) <= len(plain.payloads) + 2, "its own packet, and one where an aggregation is taken apart"
    assert max(map(len, made.payloads)) <= MAX_PAYLOAD_BYTES
    assert made.payload_bytes == sum(map(len, made.payloads))
    assert made.runs == tuple(runs(made.payloads))
    assert (made.capture_ns, made.keyframe) == (plain.capture_ns, True)
    shared = set(map(id, plain.payloads)) & set(map(id, made.payloads))
    assert len(shared) >= len(plain.payloads) - 1, "packets are shared, not copied"


@given(st.integers(0, 2**128 - 1), st.sampled_from(list(HEADS)), st.integers(0, 2**63))
def test_what_was_imprinted_is_read_again(number: int, codec: Codec, at_ns: int):
    nal = imprint_nal(stamp(number), codec, at_ns)
    (body,) = Finder().feed(nal)
    reading = IMPRINTS.read(body)
    assert reading is not None
    assert (reading.view_id, reading.capture_ms) == (view_id(number), at_ns // 1_000_000)


@given(st.binary(max_size=80), st.lists(st.sampled_from([b"\0", b"\1", b"\2", b"\3"]), max_size=60))
def test_no_start_code_is_ever_in_a_nal_unit(noise: bytes, low: list[bytes]):
    coded = escaped(noise + b"".join(low) + b"\x80")
    assert not any(code in coded for code in (b"\0\0\0", b"\0\0\1", b"\0\0\2"))


def test_the_uuid_survives_emulation_prevention():
    assert 0 not in IMPRINT_UUID
