"""How long each view may go on without being renewed. Pure; the clock is handed in."""

from collections.abc import Iterable


class ViewLeases:
    """Monotonic expiry by view id: a worker that hears nothing from control ends every view by itself (fails closed)."""

    def __init__(self) -> None:
        self._until_s: dict[str, float] = {}

    def __contains__(self, view_id: str) -> bool:
        return view_id in self._until_s

    def __len__(self) -> int:
        return len(self._until_s)

    def grant(self, view_id: str, lease_s: float, now_s: float) -> None:
        self._until_s[view_id] = now_s + lease_s

    def renew(self, view_ids: Iterable[str], lease_s: float, now_s: float) -> list[str]:
        """Renew those that run; give back those that do not. An expired lease is not revived."""
        unknown = []
        for view_id in view_ids:
            if self._until_s.get(view_id, now_s) <= now_s:
                unknown.append(view_id)
            else:
                self._until_s[view_id] = now_s + lease_s
        return unknown

    def end(self, view_id: str) -> bool:
        """Forget a view; false when it was not there."""
        return self._until_s.pop(view_id, None) is not None

    def expired(self, now_s: float) -> list[str]:
        return [view_id for view_id, until_s in self._until_s.items() if until_s <= now_s]
