"""What one event socket says, worked out beat by beat. Knows no socket: it is asked for the messages that are due.

Rights are read anew every few seconds, so a socket that stays open for a shift never shows more than its person may see now.
"""

from collections.abc import Mapping

from vms.access import Action, may
from vms.cameras.notices import AlarmMoved, HearingMoved, JobMoved, Notice, TreeMoved, ViewMoved, WallMoved
from vms.cameras.truth import Truth
from vms.hearings.gate import Card
from web.camera_bodies import alarm_body, truth_body
from web.services import Services
from web.wire import (
    AlarmMessage,
    CameraTruth,
    EventMessage,
    HearingMessage,
    JobProgress,
    SignedOut,
    Tick,
    TreeChanged,
    ViewMessage,
)

TICK_MS = 1000
RIGHTS_MS = 5000
FULL_TURN_TICKS = 10
"""Every camera is told again within as many ticks even without news, so that ages and rates never grow stale."""


class Feed:
    def __init__(self, services: Services, account_id: str, session_id: str) -> None:
        self._services = services
        self._account_id = account_id
        self._session_id = session_id
        self._seen: frozenset[str] = frozenset()
        self._alarming: frozenset[str] = frozenset()
        self._rights_ms: int | None = None
        self._tick_ms: int | None = None
        self._ticks = 0
        self._told: dict[str, Truth] = {}

    def wants(self, notice: Notice) -> bool:
        """Whether this person may learn of it at all (alarms are judged again when they are told)."""
        if isinstance(notice, ViewMoved):
            return notice.session_id == self._session_id
        if isinstance(notice, WallMoved):
            return notice.console_id == self._account_id
        return not isinstance(notice, JobMoved) or notice.owner_id == self._account_id

    async def messages(self, notices: list[Notice]) -> list[EventMessage]:
        """What is due now. After a `SignedOut` the socket closes."""
        now_ms = self._services.clock()
        tick_due = self._tick_ms is None or not 0 <= now_ms - self._tick_ms < TICK_MS
        if not tick_due and not notices:
            return []
        if (why := await self._services.accounts.door.why_ended(self._session_id)) is not None:
            return [SignedOut(reason=why)]
        moved = any(isinstance(notice, TreeMoved | WallMoved) for notice in notices)
        changed = await self._read_rights(now_ms, anew=moved)
        due: list[EventMessage] = [TreeChanged()] if moved or changed else []
        for notice in notices:
            if isinstance(notice, JobMoved):
                due.append(JobProgress(kind=notice.kind, id=notice.id))
            elif isinstance(notice, ViewMoved):
                due.append(ViewMessage(view_id=notice.view_id, shown=notice.shown, ended=notice.ended))
            elif isinstance(notice, AlarmMoved):
                due.extend(await self._alarm(notice))
            elif isinstance(notice, HearingMoved):
                due.extend(await self._hearing(notice, now_ms))
        if tick_due:
            self._tick_ms = now_ms
            due.append(await self._tick(now_ms))
        return due

    async def _read_rights(self, now_ms: int, *, anew: bool) -> bool:
        """Whether the person now sees other cameras than before."""
        if not anew and self._rights_ms is not None and 0 <= now_ms - self._rights_ms < RIGHTS_MS:
            return False
        cameras, first, before = self._services.cameras, self._rights_ms is None, self._seen
        self._seen = await cameras.catalogue.ids(await cameras.people.sight(self._account_id, Action.CAMERA_LIST))
        self._alarming = await cameras.catalogue.ids(await cameras.people.sight(self._account_id, Action.ALARM_LIST))
        self._rights_ms = now_ms
        self._told = {camera_id: truth for camera_id, truth in self._told.items() if camera_id in self._seen}
        return not first and self._seen != before

    async def _alarm(self, notice: AlarmMoved) -> list[EventMessage]:
        if notice.camera_id not in self._alarming:
            return []
        view = await self._services.alarms.view(notice.alarm_id)
        return [AlarmMessage(alarm=alarm_body(view))] if view else []

    async def _hearing(self, notice: HearingMoved, now_ms: int) -> list[EventMessage]:
        person = await self._services.cameras.people.person(self._account_id)
        hearing = await self._services.hearings.reader.object(notice.hearing_id)
        if person is None or hearing is None or not may(person, Action.HEARING_LIST, hearing, now_ms):
            return []
        why = None if notice.card is None else Card(notice.card)
        return [
            HearingMessage(
                hearing_id=notice.hearing_id, version=notice.version, card=why, expected_ms=notice.expected_ms
            )
        ]

    async def _tick(self, now_ms: int) -> Tick:
        truths = await self._services.cameras.truths.read()
        self._ticks += 1
        return Tick(
            now_ms=now_ms,
            cameras=self._news(truths),
            workers_alive=self._services.cameras.truths.workers_alive(),
            volumes_troubled=self._services.recordings.storage.troubled(),
        )

    def _news(self, truths: Mapping[str, Truth]) -> list[CameraTruth]:
        news = []
        for position, camera_id in enumerate(sorted(self._seen & truths.keys())):
            truth, told = truths[camera_id], self._told.get(camera_id)
            turn = position % FULL_TURN_TICKS == self._ticks % FULL_TURN_TICKS
            if told is None or turn or truth.gist != told.gist:
                self._told[camera_id] = truth
                news.append(truth_body(truth))
        return news
