"""What touches sockets directly is tested on both event loops: `vms simulate` runs on uvloop, tests on the standard one."""

import asyncio
from collections.abc import Callable

import pytest
import uvloop

_ON_BOTH = {"test_discovery.py", "test_faults.py", "test_hostile.py"}


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    standard: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"asyncio": asyncio.new_event_loop}
    return standard | {"uvloop": uvloop.new_event_loop} if item.path.name in _ON_BOTH else standard
