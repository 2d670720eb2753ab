"""The bucket of running views, on a real nats-server."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fakes.bus import running_bus
from fakes.bus_parties import Control, control_on, until
from streams.bus.buckets import open_bucket
from streams.types.bus import KV_VIEWS, encode
from vms.bus.open_views import OpenView, OpenViews, by_worker
from vms.cameras.ports import BusUnavailable


def view(number: int, worker_id: str = "w0", **more: str) -> OpenView:
    return OpenView(
        view_id=f"view-{number}", worker_id=worker_id, camera_id="c", account_id="a", session_id="s", **more
    )  # type: ignore[arg-type]


class Followed:
    """Views that follow the bucket until `stop`."""

    def __init__(self) -> None:
        self.views = OpenViews()
        self.begun: list[str] = []
        self.gone: list[str] = []
        self.views.on_begun.append(lambda one: self.begun.append(one.view_id))
        self.views.on_gone.append(lambda one: self.gone.append(one.view_id))

    async def start(self, control: Control) -> None:
        complete = asyncio.Event()
        self._following = asyncio.create_task(self.views.follow(await control.bus(), complete))
        await complete.wait()

    async def stop(self) -> None:
        self._following.cancel()
        await asyncio.gather(self._following, return_exceptions=True)


@pytest.fixture
async def control(tmp_path: Path) -> AsyncIterator[Control]:
    async with running_bus(tmp_path) as private, control_on(private) as one:
        yield one


@pytest.fixture
async def followed(control: Control) -> AsyncIterator[Followed]:
    one = Followed()
    await one.start(control)
    yield one
    await one.stop()


async def test_a_view_that_is_kept_has_a_beginning_and_is_told_of_once(control: Control, followed: Followed) -> None:
    await followed.views.keep(await control.bus(), view(1))
    kept = followed.views.get("view-1")
    assert kept is not None
    assert kept.began_ms > 0
    assert followed.begun == ["view-1"]


async def test_a_control_that_starts_anew_knows_the_views_of_the_one_before(
    control: Control, followed: Followed
) -> None:
    for number in range(5):
        await followed.views.keep(await control.bus(), view(number))
    later = Followed()
    await later.start(control)
    assert {one.view_id for one in later.views.all()} == {f"view-{number}" for number in range(5)}
    assert later.begun == []
    await later.stop()


async def test_what_a_bus_that_started_anew_has_lost_is_put_back(control: Control, followed: Followed) -> None:
    bus = await control.bus()
    for number in (1, 2):
        await followed.views.keep(bus, view(number))
    await followed.stop()
    # As after a restart: the bucket is in memory only.
    await bus.stream.delete_key_value(KV_VIEWS)
    await bus.stream.create_key_value(bucket=KV_VIEWS)  # type: ignore[call-arg]
    await followed.start(control)
    bucket = await open_bucket(bus, KV_VIEWS)
    assert sorted(await bucket.keys()) == ["view-1", "view-2"]
    assert followed.begun == ["view-1", "view-2"], "they have not begun again"


async def test_a_view_that_is_forgotten_twice_at_once_is_told_of_once(control: Control, followed: Followed) -> None:
    bus = await control.bus()
    await followed.views.keep(bus, view(1))
    await asyncio.gather(*(followed.views.forget(bus, ["view-1", "unknown"]) for _ in range(3)))
    await followed.views.forget(bus, ["view-1"])
    assert followed.gone == ["view-1"]
    assert followed.views.get("view-1") is None


async def test_a_view_is_not_forgotten_while_the_bus_does_not_take_it(control: Control, followed: Followed) -> None:
    bus = await control.bus()
    await followed.views.keep(bus, view(1))
    await bus.stream.delete_key_value(KV_VIEWS)
    await followed.views.forget(bus, ["view-1"])
    assert followed.gone == []
    assert followed.views.get("view-1") is not None
    with pytest.raises(BusUnavailable):
        await followed.views.keep(bus, view(2))
    assert followed.begun == ["view-1"], "what could not be kept has not begun"


async def test_what_cannot_be_read_is_no_view_and_stops_nobody(control: Control, followed: Followed) -> None:
    bus = await control.bus()
    bucket = await open_bucket(bus, KV_VIEWS)
    await bucket.put("junk", b"{not json")
    await bucket.put("view-7", encode(view(7)))
    await until(lambda: followed.views.get("view-7") is not None)
    assert followed.views.get("junk") is None


async def test_views_in_slots_are_found_by_their_transport(control: Control, followed: Followed) -> None:
    bus = await control.bus()
    for number, transport_id in ((1, "wall"), (2, "wall"), (3, "")):
        await followed.views.keep(bus, view(number, transport_id=transport_id))
    assert sorted(one.view_id for one in followed.views.on_transport("wall")) == ["view-1", "view-2"]


def test_views_are_grouped_by_their_worker() -> None:
    assert by_worker([view(1), view(2, "w1"), view(3)]) == {"w0": [view(1), view(3)], "w1": [view(2, "w1")]}
