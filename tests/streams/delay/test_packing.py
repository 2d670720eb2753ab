"""What waits on disk comes back as it was."""

from hypothesis import given
from hypothesis import strategies as st

from streams.delay.packing import pack, unpack
from streams.types.media import AccessUnit, Codec, Track

_NS = st.integers(-(2**63), 2**63 - 1)
units = st.builds(
    AccessUnit,
    st.sampled_from(Codec),
    st.lists(st.binary(max_size=40), max_size=5).map(tuple),
    _NS,
    _NS,
    _NS,
    st.booleans(),
    st.booleans(),
)
tracks = st.builds(
    Track,
    st.sampled_from(Codec),
    st.integers(0, 96_000),
    st.integers(0, 8),
    st.binary(max_size=8),
    st.integers(0, 8192),
    st.integers(0, 8192),
)


def told(unit: AccessUnit) -> tuple[object, ...]:
    flags = unit.keyframe, unit.discontinuity
    return unit.codec, unit.parts, unit.timestamp, unit.capture_ns, unit.arrival_ns, *flags


@given(st.lists(tracks, max_size=3), st.lists(units, max_size=6))
def test_unpacking_gives_what_was_packed(some_tracks: list[Track], some_units: list[AccessUnit]) -> None:
    packed = unpack(pack(some_tracks, some_units))
    assert packed.tracks == tuple(some_tracks)
    assert list(map(told, packed.units)) == list(map(told, some_units))
