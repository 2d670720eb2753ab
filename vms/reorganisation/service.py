"""Proposing, looking at, applying and rejecting a reorganisation.

The dry run does the whole change in a transaction and rolls it back: what it says is what will happen, not what a second
implementation believes.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import CourtroomObject
from vms.accounts.sessions import person_of
from vms.accounts.two_people import Decision, NotProposed, check_other, decide, names_of, still_open
from vms.cameras.restricted import restrictions_of
from vms.cameras.sight import IS_COURT, UNIT_ID, camera_object, placed
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import Account, Angle, Camera, Courtroom, Meta, Placement, Site, Unit
from vms.db.tables.reorganisations import ReorganisationRow
from vms.organisation import OrgTree
from vms.organisation.changes import changes
from vms.organisation.editing import Edit, edited
from vms.organisation.files import ImportRefused, read_texts
from vms.organisation.plan import Plan, Problem, ProblemCode
from vms.organisation.service import REVISION, ROOT_KEY, build_tree, ensure_root, raise_revision
from vms.organisation.store import ImportSummary, store
from vms.organisation.writing import write_texts
from vms.reorganisation.effects import State, effects

MOST_LISTED = 100
MOST_CHANGES = 500


class StaleProposal(Exception):
    """The organisation has changed since: what the dry run said no longer holds."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """`report`: added, changed, removed (rows), effective_ms, changes and effects (lists of `Change` and `Effect` as data).

    `stale`: the organisation has changed since the dry run; it must be proposed anew.
    """

    id: str
    note: str
    state: Decision
    report: Mapping[str, Any]
    proposed_by: str
    proposed_by_name: str
    proposed_ms: int
    decided_by_name: str
    decided_ms: int | None
    stale: bool


class Reorganisations:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def files(self) -> dict[str, str]:
        """The organisation as it is now, as files."""
        async with self._db.session() as session:
            return await _files(session)

    async def propose_edits(self, account_id: str, note: str, edits: Sequence[Edit]) -> Proposal:
        """Make the edits in the files of now, and try those. Raises `vms.organisation.files.ImportRefused`."""
        return await self.propose(account_id, note, await asyncio.to_thread(edited, await self.files(), edits))

    async def propose(self, account_id: str, note: str, files: Mapping[str, str]) -> Proposal:
        """Check the files and try them; a file that is not given stays as it is. Raises `vms.organisation.files.ImportRefused`."""
        if not files:
            raise ImportRefused([Problem("units.csv", 0, ProblemCode.NO_UNITS)])
        # A file that is missing would mean "nothing": every unit directly below the root.
        whole = {**await self.files(), **files}
        plan = await asyncio.to_thread(read_texts, whole)
        now_ms = self._clock()
        report, revision = await self._dry_run(plan, now_ms)
        async with self._db.transaction() as session:
            row = ReorganisationRow(
                note=note,
                files=whole,
                report=report,
                revision=revision,
                proposed_by=account_id,
                proposed_ms=now_ms,
            )
            session.add(row)
        return await self.get(row.id)

    async def all(self) -> list[Proposal]:
        """The newest first."""
        query = select(ReorganisationRow).order_by(col(ReorganisationRow.proposed_ms).desc()).limit(MOST_LISTED)
        async with self._db.session() as session:
            return [await _proposal(session, row) for row in (await session.exec(query)).all()]

    async def get(self, proposal_id: str) -> Proposal:
        """Raises `NotProposed`."""
        async with self._db.session() as session:
            row = await session.get(ReorganisationRow, proposal_id)
            if row is None:
                raise NotProposed
            return await _proposal(session, row)

    async def apply(self, proposal_id: str, account_id: str) -> Proposal:
        """Do it, all or nothing. Raises `NotProposed`, `OwnProposal` and `StaleProposal`."""
        async with self._db.transaction() as session:
            row = await _open_row(session, proposal_id)
            check_other(row, account_id)
            if row.revision != await _revision(session):
                raise StaleProposal
            plan = await asyncio.to_thread(read_texts, row.files)
            await _store(session, plan)
            await raise_revision(session)
            decide(row, "applied", account_id, self._clock())
            session.add(row)
        return await self.get(proposal_id)

    async def reject(self, proposal_id: str, account_id: str) -> Proposal:
        """Raises `NotProposed`. Whoever proposed it may take it back."""
        async with self._db.transaction() as session:
            row = await _open_row(session, proposal_id)
            decide(row, "rejected", account_id, self._clock())
            session.add(row)
        return await self.get(proposal_id)

    async def _dry_run(self, plan: Plan, now_ms: int) -> tuple[dict[str, Any], str]:
        effective_ms = _effective_ms(plan, now_ms)
        async with self._db.trial() as session:
            revision = await _revision(session)
            before, was = await _state(session, now_ms), await _files(session)
            summary = await _store(session, plan)
            report = _report(summary, effective_ms, before, await _state(session, effective_ms))
        named = changes(await asyncio.to_thread(read_texts, was), plan)[:MOST_CHANGES]
        return {**report, "changes": [asdict(change) for change in named]}, revision


async def _files(session: AsyncSession) -> dict[str, str]:
    units = (await session.exec(select(Unit))).all()
    placements = (await session.exec(select(Placement))).all()
    sites = (await session.exec(select(Site))).all()
    rooms = (await session.exec(select(Courtroom))).all()
    angles = (await session.exec(select(Angle))).all()
    return write_texts(units, placements, sites, rooms, angles)


async def _store(session: AsyncSession, plan: Plan) -> ImportSummary:
    root = await ensure_root(session)
    await session.flush()
    return await store(session, plan, root, root_is_default=root.key == ROOT_KEY)


async def _state(session: AsyncSession, at_ms: int) -> State:
    tree = build_tree((await session.exec(select(Unit))).all(), (await session.exec(select(Placement))).all(), at_ms)
    rows = (await session.exec(placed(select(Camera, UNIT_ID, IS_COURT)))).all()
    rooms = (await session.exec(select(Courtroom))).all()
    restrictions = await restrictions_of(session)
    accounts = (await session.exec(select(Account).where(col(Account.locked).is_(False)))).all()
    return State(
        at_ms,
        {
            camera.id: camera_object(
                camera.id, unit_id, court=bool(court), tree=tree, restrictions=restrictions.get(camera.id, ())
            )
            for camera, unit_id, court in rows
        },
        {room.id: CourtroomObject(room.id, tree.path(room.court_id)) for room in rooms},
        {camera.id: f"{camera.number} {camera.name} ({_unit_name(tree, unit_id)})" for camera, unit_id, _ in rows}
        | {room.id: f"{room.name} ({_unit_name(tree, room.court_id)})" for room in rooms},
        [await person_of(session, account) for account in accounts],
    )


def _unit_name(tree: OrgTree, unit_id: str) -> str:
    chain = tree.chain(unit_id)
    return tree.units[chain[0]].name if chain and chain[0] in tree.units else "?"


def _report(summary: ImportSummary, effective_ms: int, before: State, after: State) -> dict[str, Any]:
    return {
        "added": summary.added,
        "changed": summary.changed,
        "removed": summary.removed,
        "effective_ms": effective_ms,
        "effects": [
            {**asdict(effect), "gains": list(effect.gains), "loses": list(effect.loses)}
            for effect in effects(before, after)
        ],
    }


def _effective_ms(plan: Plan, now_ms: int) -> int:
    """When everything that the files say holds: the last moment to come at which something begins or ends, or now."""
    spans = [(row.valid_from_ms, row.valid_to_ms) for row in plan.units]
    spans += [(row.valid_from_ms, row.valid_to_ms) for row in plan.placements]
    return max([now_ms, *(date for span in spans for date in span if date is not None)])


async def _revision(session: AsyncSession) -> str:
    row = await session.get(Meta, REVISION)
    return "" if row is None else row.value


async def _open_row(session: AsyncSession, proposal_id: str) -> ReorganisationRow:
    return still_open(await session.get(ReorganisationRow, proposal_id))


async def _proposal(session: AsyncSession, row: ReorganisationRow) -> Proposal:
    names = await names_of(session, (row.proposed_by, row.decided_by))
    return Proposal(
        row.id,
        row.note,
        cast("Decision", row.state),
        row.report,
        row.proposed_by,
        names[row.proposed_by],
        row.proposed_ms,
        names[row.decided_by],
        row.decided_ms,
        row.state == "proposed" and row.revision != await _revision(session),
    )
