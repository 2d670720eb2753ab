import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.simulate import strip
from streams.simulate.strip import Strip

strips = st.builds(Strip, st.integers(0, 4095), st.integers(0, (1 << 36) - 1))


@given(strips)
def test_what_is_encoded_is_parsed(chosen):
    assert strip.parse(strip.encode(chosen)) == chosen


@given(strips, st.integers(8, 63))
def test_one_wrong_bit_is_no_strip(chosen, bit):
    damaged = bytearray(strip.encode(chosen))
    damaged[bit // 8] ^= 0x80 >> bit % 8
    assert strip.parse(bytes(damaged)) is None


@given(strips, st.integers(0, 20), st.integers(0, 2**32 - 1))
def test_a_drawn_strip_is_read_through_noise(chosen, deviation, seed):
    luma = np.full((40, 600), 90, np.uint8)
    strip.draw(luma, chosen)
    noise = np.random.default_rng(seed).normal(0, deviation, luma.shape)
    assert strip.decode(np.clip(luma + noise, 0, 255).astype(np.uint8)) == chosen


@given(st.integers(0, 255), st.integers(0, 2**32 - 1))
def test_a_sky_is_no_strip(level, seed):
    luma = np.clip(np.random.default_rng(seed).normal(level, 12, (64, 640)), 0, 255).astype(np.uint8)
    assert strip.decode(luma) is None


@pytest.mark.parametrize("shape", [(31, 512), (32, 511), (0, 0)])
def test_a_picture_too_small_for_a_strip_has_none(shape):
    assert strip.decode(np.zeros(shape, np.uint8)) is None


@given(st.integers(0, 1 << 42), st.integers(-(1 << 34), 1 << 34))
def test_the_full_time_is_found_from_a_time_nearby(full_ms, away_ms):
    near_ms = max(0, full_ms + away_ms)
    assert strip.full_time_ms(full_ms % (1 << 36), near_ms) == full_ms


@pytest.mark.parametrize("wrong", [Strip(4096, 0), Strip(-1, 0), Strip(0, 1 << 36), Strip(0, -1)])
def test_numbers_that_do_not_fit_are_refused(wrong):
    with pytest.raises(ValueError, match="does not fit"):
        strip.encode(wrong)
