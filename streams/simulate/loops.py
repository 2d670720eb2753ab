"""The loops of a province in memory: drawn, encoded, cached and woven, each once, when first asked for."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

from streams.simulate.catalogue import LoopSpec, sub_specs
from streams.simulate.encode import load_or_encode
from streams.simulate.weave import weave
from streams.simulate.weave_types import Weave

_AT_ONCE = 2


def prepare(cache: Path, progress: Callable[[int, int], None], specs: Iterable[LoopSpec] | None = None) -> None:
    """Make sure that loops (all sub loops by default) are in the cache folder. Blocks for up to 10 s on one core.

    `progress(done, all)` is called after each.
    """
    chosen = list(sub_specs() if specs is None else specs)
    for done, spec in enumerate(chosen, start=1):
        load_or_encode(spec, cache)
        progress(done, len(chosen))


class Loops:
    """Asks for loops may come from anywhere on the event loop; the work is done in threads, two at once at most."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._ready: dict[str, Weave] = {}
        self._making: dict[str, asyncio.Future[None]] = {}
        self._slots = asyncio.Semaphore(_AT_ONCE)

    def get(self, spec: LoopSpec) -> Weave | None:
        """The loop if it is ready."""
        return self._ready.get(spec.key)

    async def ready(self, spec: LoopSpec) -> Weave:
        """The loop; waits until it is made."""
        while (found := self._ready.get(spec.key)) is None:
            making = self._making.get(spec.key)
            if making is not None:
                await asyncio.wait([making])
                continue
            await self._make(spec)
        return found

    async def _make(self, spec: LoopSpec) -> None:
        done = self._making[spec.key] = asyncio.get_running_loop().create_future()
        try:
            async with self._slots:
                self._ready[spec.key] = await asyncio.to_thread(self._load, spec)
        finally:
            del self._making[spec.key]
            done.set_result(None)

    def _load(self, spec: LoopSpec) -> Weave:
        return weave(spec, load_or_encode(spec, self._cache))
