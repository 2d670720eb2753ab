from hypothesis import given
from hypothesis import strategies as st

from streams.simulate.catalogue import main_specs, sub_specs
from vms.cli.simulator.drawing import shared_out

SPECS = [*sub_specs(), *main_specs()]


@given(st.lists(st.sampled_from(SPECS), unique=True), st.integers(1, 8))
def test_every_loop_is_drawn_once_and_no_share_is_empty(specs, shares):
    parts = shared_out(specs, shares)
    assert sorted(spec.key for part in parts for spec in part) == sorted(spec.key for spec in specs)
    assert len(parts) <= shares
    assert all(parts)


def test_two_cores_have_about_the_same_to_do():
    first, second = shared_out(SPECS, 2)
    assert {spec.codec for spec in first} == {spec.codec for spec in second} == {"H264", "H265"}
