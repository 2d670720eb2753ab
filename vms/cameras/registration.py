"""Register many devices as one job: look at each, save what is good, say of each that is not why.

Devices are independent: one failure changes nothing and stops nobody. All wishes for one host are taken in turn by the same
worker, so that a login which the device refused is never tried on it again within the job.
"""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from streams.types.camera import Credentials
from vms.cameras.desired import Desired
from vms.cameras.jobs import Job, Jobs
from vms.cameras.logins import Vault, seal
from vms.cameras.notices import Notices, TreeMoved
from vms.cameras.store import Saved, Saving, free_numbers, save, used_numbers
from vms.cameras.survey import Survey, Surveyor
from vms.cameras.wishes import FailureCode, RegistrationFailure, Wish
from vms.cameras.words import clean
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.ids import new_id
from vms.db.tables.cameras import Device

MOST_SNAPSHOT_BYTES = 32 * 1024 * 1024
"""Of one job, in memory until it is dropped; later items of a job that exceeds this have no snapshot."""

Step = Literal["waiting", "connecting", "identity", "profiles", "streams", "saved", "failed"]

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Item:
    label: str
    site_id: str
    step: Step = "waiting"
    camera_ids: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    failure: FailureCode | None = None
    detail: str = ""
    snapshot: bytes = field(default=b"", repr=False)


@dataclass(kw_only=True, eq=False)
class RegistrationJob(Job):
    kind: ClassVar[Literal["discovery", "registration"]] = "registration"
    items: list[Item] = field(default_factory=list)
    snapshot_bytes: int = 0

    def crashed(self) -> None:
        for item in self.items:
            if item.step not in ("saved", "failed"):
                item.step, item.failure = "failed", FailureCode.INTERNAL


@dataclass(frozen=True, slots=True)
class _Task:
    wish: Wish
    item: Item
    number: int | None


class Registrar:
    """Starts registration jobs; `parallel` hosts are worked on at the same time."""

    def __init__(
        self,
        *,
        db: Database,
        surveyor: Surveyor,
        desired: Desired,
        vault: Vault,
        jobs: Jobs,
        notices: Notices,
        clock: Clock,
        parallel: int,
    ) -> None:
        self._db = db
        self._surveyor = surveyor
        self._desired = desired
        self._vault = vault
        self._jobs = jobs
        self._notices = notices
        self._clock = clock
        self._parallel = parallel
        self._reserved: set[int] = set()

    async def start(self, owner_id: str, wishes: Sequence[Wish]) -> RegistrationJob:
        """Begin to register. The wishes were read by `read_wish`. Raises `vms.cameras.jobs.TooManyJobs`."""
        items = [Item(clean(wish.label), wish.site_id) for wish in wishes]
        job = RegistrationJob(owner_id=owner_id, created_ms=self._clock(), items=items)
        self._jobs.keep(job)
        numbers = await self._reserve(wishes)
        tasks = [_Task(*each) for each in zip(wishes, items, numbers, strict=True)]
        self._jobs.start(job, lambda: self._work(job, tasks))
        return job

    async def _reserve(self, wishes: Sequence[Wish]) -> list[int | None]:
        """A number for every wish, in the order of the wishes: completion order would number a wall at random."""
        async with self._db.session() as session:
            used = await used_numbers(session)
        asked = {wish.number for wish in wishes if wish.number}
        free = free_numbers(used | self._reserved | asked)
        numbers = [wish.number or _next(free) for wish in wishes]
        self._reserved.update(number for number in numbers if number)
        return numbers

    async def _work(self, job: RegistrationJob, tasks: Sequence[_Task]) -> None:
        hosts: dict[str, list[_Task]] = {}
        for task in tasks:
            hosts.setdefault(task.wish.host, []).append(task)
        waiting = iter(hosts.values())
        try:
            async with asyncio.TaskGroup() as group:
                for number in range(min(self._parallel, len(hosts))):
                    group.create_task(self._worker(job, waiting), name=f"registration {job.id} {number}")
        finally:
            self._reserved.difference_update(task.number for task in tasks if task.number)

    async def _worker(self, job: RegistrationJob, hosts: Iterator[list[_Task]]) -> None:
        for tasks in hosts:
            refused: set[Credentials] = set()
            for task in tasks:
                await self._one(job, task, refused)

    async def _one(self, job: RegistrationJob, task: _Task, refused: set[Credentials]) -> None:
        item = task.item

        def on_step(step: str) -> None:
            item.step = step  # type: ignore[assignment]  # the surveyor's steps are a part of ours
            self._jobs.moved(job)

        try:
            on_step("connecting")
            await self._refuse_hopeless(task, refused)
            survey = await self._surveyor.survey(task.wish, on_step)
            saved = await self._save(task, survey)
        except RegistrationFailure as failure:
            if failure.code in (FailureCode.AUTHENTICATION, FailureCode.LOCKED):
                refused.add(task.wish.credentials)
            self._fail(item, failure.code, failure.detail)
        except Exception:
            # One device's oddity that we did not foresee must not end the registration of all the others.
            log.exception("registration crashed", address=task.wish.address)
            self._fail(item, FailureCode.INTERNAL)
        else:
            self._keep_snapshot(job, item, survey)
            item.camera_ids, item.warnings, item.step = saved.camera_ids, saved.warnings, "saved"
            log.info("device registered", address=task.wish.address, cameras=len(saved.camera_ids))
            await self._desired.tell(saved.camera_ids)
            self._notices.publish(TreeMoved())
        self._jobs.moved(job)

    async def _refuse_hopeless(self, task: _Task, refused: Collection[Credentials]) -> None:
        """What we can refuse by ourselves, before the device is troubled with a login."""
        wish = task.wish
        if wish.credentials in refused:
            raise RegistrationFailure(FailureCode.AUTHENTICATION)
        async with self._db.session() as session:
            if wish.number is not None and wish.number in await used_numbers(session):
                raise RegistrationFailure(FailureCode.NUMBER_TAKEN, str(wish.number))
            device = await session.exec(select(Device.id).where(col(Device.key) == wish.device_key))
            if not wish.xaddr and device.first() is not None:
                raise RegistrationFailure(FailureCode.ALREADY_REGISTERED)

    async def _save(self, task: _Task, survey: Survey) -> Saved:
        try:
            return await self._save_once(task, survey)
        except IntegrityError:
            # Somebody else registered the same at the same moment (PostgreSQL): the second try finds it and says so.
            return await self._save_once(task, survey)

    async def _save_once(self, task: _Task, survey: Survey) -> Saved:
        wish, now_ms = task.wish, self._clock()
        saving = Saving(wish, survey, task.number, frozenset(self._reserved), now_ms)
        async with self._db.transaction() as session:
            found = await session.exec(select(Device).where(col(Device.key) == wish.device_key))
            device = found.one_or_none() or _new_device(wish, survey, now_ms)
            # The newest login that worked is the one to keep, for a device that only gets more channels too.
            device.credentials = seal(self._vault, wish.credentials, device.id)
            return await save(session, saving, device)

    def _keep_snapshot(self, job: RegistrationJob, item: Item, survey: Survey) -> None:
        jpeg = next((channel.jpeg for channel in survey.channels if channel.jpeg), b"")
        if job.snapshot_bytes + len(jpeg) <= MOST_SNAPSHOT_BYTES:
            job.snapshot_bytes += len(jpeg)
            item.snapshot = jpeg

    def _fail(self, item: Item, code: FailureCode, detail: str = "") -> None:
        item.step, item.failure, item.detail = "failed", code, clean(detail)
        log.info("device not registered", label=item.label, code=code.value)


def _next(free: Iterator[int]) -> int | None:
    try:
        return next(free)
    except RegistrationFailure:  # found again when the device is saved, and told then
        return None


def _new_device(wish: Wish, survey: Survey, now_ms: int) -> Device:
    report = survey.report
    return Device(
        id=new_id(),
        key=wish.device_key,
        address=wish.address,
        xaddr=wish.xaddr,
        manufacturer=clean(report.manufacturer),
        model=clean(report.model),
        firmware=clean(report.firmware),
        serial=clean(report.serial),
        clock_offset_ms=report.clock_offset_ms,
        registered_ms=now_ms,
    )
