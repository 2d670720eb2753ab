from hypothesis import given
from hypothesis import strategies as st

from vms.organisation import OrgTree, UnitNode

IDS = "abcdefgh"
links = st.dictionaries(st.sampled_from(IDS), st.sampled_from(IDS))
trees = st.builds(
    lambda ids, parents, successors: OrgTree([UnitNode(one, one, "unit", one) for one in ids], parents, successors),
    st.sets(st.sampled_from(IDS)),
    links,
    links,
)


@given(trees, st.sets(st.sampled_from(IDS)), st.sampled_from(IDS))
def test_a_unit_is_in_the_subtree_exactly_when_its_path_goes_through(
    tree: OrgTree, wanted: set[str], unit: str
) -> None:
    assert (unit in tree.subtree(wanted)) == bool(tree.path(unit) & wanted)


@given(trees, st.sampled_from(IDS))
def test_a_path_ends_and_holds_only_units_that_exist_even_in_damaged_data(tree: OrgTree, unit: str) -> None:
    chain = tree.chain(unit)
    assert len(set(chain)) == len(chain)
    assert set(chain) <= set(tree.units)


def test_an_unknown_unit_belongs_to_nobody() -> None:
    assert OrgTree([], {}).path("x") == frozenset()
