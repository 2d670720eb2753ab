"""The organisation at one moment. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_DEEPEST = 32
"""No real organisation is as deep; a circle in damaged data ends here."""


@dataclass(frozen=True, slots=True)
class UnitNode:
    id: str
    key: str
    kind: str
    name: str
    name_en: str = ""


class OrgTree:
    """The units that exist at one moment and the parent of each.

    `successors` says who took over from a unit that does not exist (any more): what was left in its care belongs there now.
    """

    def __init__(
        self, units: Iterable[UnitNode], parents: Mapping[str, str], successors: Mapping[str, str] | None = None
    ) -> None:
        self.units: Mapping[str, UnitNode] = {unit.id: unit for unit in units}
        self._parents = parents
        self._successors = successors or {}
        self._paths = {unit_id: self._climb(unit_id) for unit_id in (*self.units, *self._successors)}

    def parent(self, unit_id: str) -> str | None:
        """The unit above, or above its successor; None for the root and for unknown units."""
        chain = self.chain(unit_id)
        return chain[1] if len(chain) > 1 else None

    def chain(self, unit_id: str) -> tuple[str, ...]:
        """The unit (or its successor, when it is gone) and everything above it, bottom up; empty for an unknown unit."""
        return self._paths.get(unit_id, ())

    def name(self, unit_id: str) -> str:
        """What the unit (or its successor, when it is gone) is called; empty for an unknown unit."""
        chain = self.chain(unit_id)
        return self.units[chain[0]].name if chain else ""

    def path(self, unit_id: str) -> frozenset[str]:
        """`chain` as a set: what an object's `unit_path` is."""
        return frozenset(self.chain(unit_id))

    def subtree(self, unit_ids: Iterable[str]) -> frozenset[str]:
        """All units whose path goes through one of `unit_ids`: for filtering in a query."""
        wanted = frozenset(unit_ids)
        return frozenset(unit_id for unit_id, chain in self._paths.items() if not wanted.isdisjoint(chain))

    def _climb(self, unit_id: str) -> tuple[str, ...]:
        chain: list[str] = []
        current: str | None = unit_id
        for _ in range(_DEEPEST):
            if current is None or current in chain:
                break
            if current in self.units:
                chain.append(current)
                current = self._parents.get(current)
            else:
                current = self._successors.get(current)
        return tuple(chain)
