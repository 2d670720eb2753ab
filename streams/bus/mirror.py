"""A key-value bucket of the bus as a dictionary that follows it."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog
from nats.js.kv import KeyValue
from pydantic import ValidationError

from streams.types.camera import Wire

log = structlog.get_logger(__name__)

ValueT = TypeVar("ValueT", bound=Wire)
_DELETED = frozenset({"DEL", "PURGE"})


@dataclass(frozen=True, slots=True)
class Kept(Generic[ValueT]):
    """A value with the revision that a compare-and-set must name."""

    value: ValueT
    revision: int


class Mirror(Generic[ValueT]):
    """Follows one bucket. A value that cannot be read is as good as absent, and is logged once per revision."""

    def __init__(self, model: type[ValueT], on_change: Callable[[str], None] = lambda _key: None) -> None:
        self._model = model
        self._on_change = on_change
        self._kept: dict[str, Kept[ValueT]] = {}
        self.complete = asyncio.Event()
        """Set when everything that was in the bucket at the start of `follow` has been read, and as long as it is followed."""

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: str) -> ValueT | None:
        kept = self._kept.get(key)
        return kept.value if kept else None

    def values(self) -> list[ValueT]:
        return [kept.value for kept in self._kept.values()]

    def revision(self, key: str) -> int:
        """The revision that stands, 0 for none."""
        kept = self._kept.get(key)
        return kept.revision if kept else 0

    def learn(self, key: str, value: ValueT, revision: int) -> None:
        """What we have just put ourselves, before the bucket tells it back."""
        if revision > self.revision(key):
            self._kept[key] = Kept(value, revision)
            self._on_change(key)

    def drop(self, key: str) -> ValueT | None:
        """What we are about to delete ourselves, before the bucket tells it back; None when it is gone already."""
        kept = self._kept.get(key)
        self._drop(key)
        return kept.value if kept else None

    async def follow(self, bucket: KeyValue) -> None:
        """Read all, set `complete`, then follow for ever. Keys that vanished between two calls are dropped."""
        self.complete.clear()
        seen: set[str] = set()
        watcher = await bucket.watchall()
        try:
            async for entry in watcher:
                if entry is None:
                    for key in self._kept.keys() - seen:
                        self._drop(key)
                    self.complete.set()
                    continue
                seen.add(entry.key)
                self._take(entry)
        finally:
            # Whoever starts a new session waits for what that one reads, not for what this one read.
            self.complete.clear()
            await watcher.stop()  # type: ignore[no-untyped-call]  # nats-py leaves it unannotated

    def _take(self, entry: KeyValue.Entry) -> None:
        if entry.operation in _DELETED or not entry.value:
            self._drop(entry.key)
            return
        try:
            value = self._model.model_validate_json(entry.value)
        except ValidationError as error:
            log.warning("bus_value_unreadable", bucket=entry.bucket, key=entry.key, errors=error.error_count())
            self._drop(entry.key)
            return
        self._kept[entry.key] = Kept(value, entry.revision or 0)
        self._on_change(entry.key)

    def _drop(self, key: str) -> None:
        if self._kept.pop(key, None) is not None:
            self._on_change(key)
