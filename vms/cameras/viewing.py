"""Who still may watch what is running. Asked after every act and every second for all open views, so rights are read anew and in bulk.

Whatever is not clearly allowed ends: a session that is over, an account that was locked, a role that ran out, a camera that was removed
or became a court's.
"""

from collections.abc import Iterable

from vms.access import Action, Person, Reach, RunningView, may, reach
from vms.accounts.consoles import console_person
from vms.accounts.present import PresentPeople
from vms.accounts.sessions import person_of
from vms.cameras.catalogue import Catalogue
from vms.cameras.sight import Sight
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables.accounts import Account
from vms.organisation import Organisation


class People:
    """Accounts as the persons that they are now, for whatever outlives a request."""

    def __init__(self, db: Database, organisation: Organisation, clock: Clock) -> None:
        self._db = db
        self._organisation = organisation
        self._clock = clock

    async def person(self, account_id: str) -> Person | None:
        """Whoever has this id, an account or a wall console. None for one that is gone, locked or revoked."""
        async with self._db.session() as session:
            account = await session.get(Account, account_id)
            if account is None:
                return await console_person(session, account_id)
            return None if account.locked else await person_of(session, account)

    async def sight(self, account_id: str, action: Action) -> Sight:
        """What the account reaches now by `action`; nothing for nobody."""
        person = await self.person(account_id)
        now_ms = self._clock()
        where = Reach() if person is None else reach(person, action, now_ms)
        return Sight.of(where, await self._organisation.tree(now_ms))


class ViewRights:
    def __init__(self, catalogue: Catalogue, present: PresentPeople, clock: Clock) -> None:
        self._catalogue = catalogue
        self._present = present
        self._clock = clock

    async def still_may(self, views: Iterable[RunningView]) -> set[str]:
        """The ids of those views whose session still runs and whose person still may view the camera live.

        A transport, which has no camera, lasts as long as the session.
        """
        running = list(views)
        present = await self._present.of({view.session_id for view in running}, {view.account_id for view in running})
        cameras = await self._catalogue.objects(sorted({view.camera_id for view in running}))
        now_ms = self._clock()

        def allowed(view: RunningView) -> bool:
            person, camera = present.people.get(view.account_id), cameras.get(view.camera_id)
            if view.session_id not in present.running or person is None:
                return False
            if camera is None:
                return not view.camera_id
            return may(person, Action.CAMERA_VIEW_LIVE, camera, now_ms)

        return {view.view_id for view in running if allowed(view)}
