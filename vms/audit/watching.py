"""Who watched what from when to when: two rows for every view, however it was opened and however it ended."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from vms.access import Actor, Deed, Journal, Person, RunningView
from vms.clock import Clock
from vms.db.engine import DatabaseUnavailableError

log = structlog.get_logger(__name__)

MOST_WAITING = 20_000
RETRY_S = 1.0
BEGAN, ENDED = "view.began", "view.ended"


class View(RunningView, Protocol):
    @property
    def began_ms(self) -> int: ...


@dataclass(frozen=True, slots=True)
class _News:
    view: View
    ended_ms: int | None


class Watching:
    """`began` and `ended` never wait; `run` writes. What cannot be written yet is tried again, in order, for as long as it takes."""

    def __init__(
        self,
        journal: Journal,
        person: Callable[[str], Awaitable[Person | None]],
        address: Callable[[str], Awaitable[str]],
        clock: Clock,
    ) -> None:
        """`person` finds an account, `address` from where a session was opened ("" when that is not known any more)."""
        self._journal = journal
        self._person = person
        self._address = address
        self._clock = clock
        self._news: asyncio.Queue[_News] = asyncio.Queue(MOST_WAITING)

    def began(self, view: View) -> None:
        self._put(_News(view, None))

    def ended(self, view: View) -> None:
        self._put(_News(view, self._clock()))

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            news = await self._news.get()
            while True:
                try:
                    await self._write(news)
                    break
                except DatabaseUnavailableError as error:
                    log.warning("audit_waits", detail=str(error), waiting=self._news.qsize())
                    await asyncio.sleep(RETRY_S)

    def _put(self, news: _News) -> None:
        if not news.view.camera_id:
            return  # a transport that carries views is none itself
        if self._news.full():
            log.error("audit_full", view_id=news.view.view_id)
            return
        self._news.put_nowait(news)

    async def _write(self, news: _News) -> None:
        view = news.view
        person = await self._person(view.account_id)
        at_ms = view.began_ms if news.ended_ms is None else news.ended_ms
        facts = {"view": view.view_id, "began_ms": str(view.began_ms)}
        if news.ended_ms is not None:
            facts["ended_ms"] = str(news.ended_ms)
        actor = Actor(
            address=view.address or await self._address(view.session_id),
            account_id=view.account_id,
            name="" if person is None else person.name,
            roles=() if person is None else tuple(sorted(person.roles(at_ms))),
            session_id=view.session_id,
            console=person is not None and person.is_console,
        )
        action = BEGAN if news.ended_ms is None else ENDED
        await self._journal.looked(Deed(actor, action, at_ms, "camera", view.camera_id, facts))
