"""Renewing and ending running views, with workers that answer, refuse to, or die, on a real nats-server."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fakes.bus import running_bus
from fakes.bus_parties import Control, Worker, control_on, until, worker_on
from streams.types.bus import ViewMoved
from streams.types.tap import EndReason
from vms.bus.open_views import OpenView
from vms.bus.reviews import Rhythm
from vms.bus.views import ViewsOnBus
from vms.db.engine import DatabaseUnavailableError
from vms.hearings.imprints import Imprints

FAST = Rhythm(review_s=0.2, apart_s=0.02, renew_s=0.3, lease_s=1.0)


@dataclass
class Rights:
    """What may be asked about running views. `away`: the database does not answer."""

    lost: set[str] = field(default_factory=set)
    away: bool = False
    asked: int = 0

    async def still_may(self, views: Iterable[OpenView]) -> set[str]:
        self.asked += 1
        if self.away:
            raise DatabaseUnavailableError("away")
        return {view.view_id for view in views} - self.lost


@dataclass
class World:
    control: Control
    views: ViewsOnBus
    rights: Rights
    w0: Worker
    w1: Worker
    closing: list[tuple[str, str]]
    moved: list[ViewMoved]
    gone: list[str]

    async def keep(self, *view_ids: str, worker: str = "w0") -> None:
        bus = await self.control.bus()
        for view_id in view_ids:
            view = OpenView(view_id=view_id, worker_id=worker, camera_id="c", account_id="a", session_id="s")
            await self.views.keep(bus, view)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    rights = Rights()
    async with AsyncExitStack() as stack:
        private = await stack.enter_async_context(running_bus(tmp_path))
        control = await stack.enter_async_context(control_on(private))
        w0, w1 = [await stack.enter_async_context(worker_on(one, control)) for one in private.workers.values()]
        group = await stack.enter_async_context(asyncio.TaskGroup())
        views = ViewsOnBus(control.link, control.live, rights.still_may, FAST, imprint=Imprints([bytes(32)]).of)
        world = World(control, views, rights, w0, w1, [], [], [])
        views.on_closing.append(lambda view_id, reason: world.closing.append((view_id, reason)))
        views.on_moved.append(lambda _view, moved: world.moved.append(moved))
        views.on_gone.append(lambda view: world.gone.append(view.view_id))
        duty = group.create_task(views.duty(await control.bus()))
        yield world
        duty.cancel()


def renewed(worker: Worker) -> set[str]:
    return {view_id for request in worker.renewed for view_id in request.view_ids}


def closed(worker: Worker) -> list[str]:
    return [view_id for request in worker.closed for view_id in request.view_ids]


class TestRenewing:
    async def test_every_view_with_a_right_is_renewed_at_its_own_worker_for_a_whole_lease(self, world: World) -> None:
        await world.keep("one", "two")
        await world.keep("three", worker="w1")
        await until(lambda: renewed(world.w0) == {"one", "two"} and renewed(world.w1) == {"three"})
        assert {request.lease_s for request in world.w0.renewed} == {FAST.lease_s}

    async def test_nothing_is_renewed_and_nothing_ended_while_rights_cannot_be_read(self, world: World) -> None:
        world.rights.away = True
        await world.keep("one")
        await until(lambda: world.rights.asked >= 3)
        assert world.w0.renewed == []
        assert world.w0.closed == []
        world.rights.away = False
        await until(lambda: renewed(world.w0) == {"one"})

    async def test_a_worker_that_does_not_answer_holds_up_nobody_elses_renewal(self, world: World) -> None:
        world.w0.deaf = True
        await world.keep("one")
        await world.keep("two", worker="w1")
        await until(lambda: len(world.w1.renewed) >= 3)
        assert world.views.get("one") is not None, "it lives: its views may, too"

    async def test_the_views_of_a_dead_worker_are_forgotten(self, world: World) -> None:
        await world.keep("one")
        await until(lambda: renewed(world.w0) == {"one"})
        world.w0.deaf = True
        world.control.watch.now_s += 60
        await until(lambda: world.gone == ["one"])

    async def test_a_view_that_its_worker_does_not_have_is_told_and_forgotten(self, world: World) -> None:
        world.w0.unknown = {"one"}
        await world.keep("one", "two")
        await until(lambda: world.gone == ["one"])
        assert [(moved.view_id, moved.ended) for moved in world.moved] == [("one", EndReason.CLOSED)]
        assert world.views.get("two") is not None


class TestEnding:
    async def test_what_lost_its_right_is_cut_told_and_asked_of_its_worker_with_the_reason(self, world: World) -> None:
        await world.keep("one", "two")
        world.rights.lost = {"one"}
        world.views.review()
        await until(lambda: world.gone == ["one"])
        assert world.closing == [("one", EndReason.NO_RIGHT)]
        assert [(moved.view_id, moved.ended) for moved in world.moved] == [("one", EndReason.NO_RIGHT)]
        assert [(request.view_ids, request.reason) for request in world.w0.closed] == [(("one",), "no_right")]
        assert world.views.get("two") is not None

    async def test_an_act_is_reviewed_at_once_and_not_with_the_next_round(self, tmp_path: Path, world: World) -> None:
        slow = Rhythm(review_s=3600, apart_s=0.01, renew_s=3600)
        views = ViewsOnBus(
            world.control.link, world.control.live, world.rights.still_may, slow, imprint=Imprints([bytes(32)]).of
        )
        bus = await world.control.bus()
        async with asyncio.TaskGroup() as group:
            duty = group.create_task(views.duty(bus))
            before = world.rights.asked
            await world.keep("one")
            await until(lambda: views.get("one") is not None)
            world.rights.lost = {"one"}
            views.review()
            await until(lambda: "one" in closed(world.w0))
            assert world.rights.asked > before
            duty.cancel()

    async def test_a_view_that_is_ending_is_never_renewed_even_when_its_right_comes_back(self, world: World) -> None:
        world.w0.deaf = True
        await world.keep("one")
        world.rights.lost = {"one"}
        world.views.review()
        await until(lambda: closed(world.w0) == ["one"])
        world.rights.lost = set()
        seen = len(world.w0.renewed)
        asked = world.rights.asked
        await until(lambda: world.rights.asked >= asked + 4)
        assert not any("one" in request.view_ids for request in world.w0.renewed[seen:])

    async def test_a_worker_that_does_not_answer_is_asked_again_until_it_does(self, world: World) -> None:
        world.w0.deaf = True
        await world.keep("one")
        world.rights.lost = {"one"}
        world.views.review()
        await until(lambda: len(closed(world.w0)) >= 2)
        assert world.gone == []
        assert world.closing == [("one", EndReason.NO_RIGHT)], "whoever carries the bytes is told once"
        world.w0.deaf = False
        await until(lambda: world.gone == ["one"])

    async def test_one_deaf_worker_delays_no_ending_at_another(self, world: World) -> None:
        world.w0.deaf = True
        await world.keep("one")
        await world.keep("two", worker="w1")
        world.rights.lost = {"one", "two"}
        world.views.review()
        await until(lambda: world.gone == ["two"])

    async def test_closing_a_view_that_is_not_there_asks_nobody(self, world: World) -> None:
        await world.views.close("unknown", EndReason.CLOSED)
        assert world.w0.closed == []


class TestNews:
    async def test_a_worker_tells_of_its_own_views_and_of_nobody_elses(self, world: World) -> None:
        await world.keep("one")
        await world.keep("two", worker="w1")
        # Told again until it is heard: nobody says when control has begun to listen.
        async with asyncio.timeout(30):
            while not world.gone:
                for view_id in ("one", "two"):
                    moved = ViewMoved(view_id=view_id, ended=EndReason.CLOSED)
                    await world.w1.bus.client.publish("control.view.moved.w1", moved.model_dump_json().encode())
                await asyncio.sleep(0.05)
        assert world.gone == ["two"]
        assert world.views.get("one") is not None
