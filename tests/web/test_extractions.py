import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from fakes.api_browser import Answer, Browser
from fakes.clock import FakeClock
from fakes.pdf import words as words_of
from fakes.province import AREA_A, AREA_B, POLICE, SITE_B, add_account, add_camera
from fakes.segments import FakeRecorder
from fakes.signed_in import SignInAs, sign_in_as
from streams.types.extraction import ExtractionFault, ExtractionLine
from vms.access import Role
from vms.cameras.restricting import Wanted
from vms.clock import DAY_MS
from vms.db.tables import GrantRow
from vms.extraction.running import ExtractionRunner, launch
from vms.extraction.verifying import verify_package
from vms.recordings.locks import locked_spans
from vms.recordings.news import RecordingNews
from vms.recordings.spans import Span, without
from web.services import Services

HOUR_MS = 3_600_000
OpenBrowser = Callable[[], Awaitable[Browser]]


@dataclass
class Case:
    """A camera that was recorded for 2 s an hour ago; an investigator who asks, and a commander who decides."""

    control: Services
    camera: str
    start_ms: int
    investigator: Browser
    commander: Browser

    def body(self, **more: object) -> dict[str, object]:
        part = {"camera_id": self.camera, "from_ms": self.start_ms, "to_ms": self.start_ms + 2_000}
        return {
            "asking_body": "Cơ quan CSĐT Công an tỉnh",
            "document": "12/CV-CSĐT",
            "requester": "Lò Văn A",
            "purpose": "Xác minh vụ tai nạn",
            "parts": [part],
            **more,
        }

    async def ask(self, **more: object) -> str:
        answer = await self.investigator.post("/api/extractions", self.body(**more))
        assert answer.status == 201, answer.body
        return str(answer.body["id"])

    async def step(self, extraction_id: str, step: str, body: dict[str, object] | None = None) -> Answer:
        return await self.commander.post(f"/api/extractions/{extraction_id}/{step}", body or {})

    async def approved(self, **more: object) -> str:
        extraction_id = await self.ask(**more)
        answer = await self.step(extraction_id, "approve", {"note": "Đồng ý"})
        assert answer.status == 200, answer.body
        return extraction_id

    async def state(self, extraction_id: str) -> dict[str, Any]:
        return dict((await self.investigator.get(f"/api/extractions/{extraction_id}")).body)

    async def made(self, extraction_id: str) -> dict[str, Any]:
        """Carried out by the real process."""
        await self.runner.run_once(extraction_id)
        return await self.state(extraction_id)

    @property
    def runner(self) -> ExtractionRunner:
        return self.control.extractions.runner


@pytest.fixture
async def case(control: Services, people: SignInAs, clock: FakeClock) -> Case:
    investigator, commander = await people(Role.INVESTIGATOR, AREA_A), await people(Role.DUTY_COMMANDER, AREA_A)
    camera = await add_camera(control.db, 1)
    start_ms = clock() - HOUR_MS
    recorder = FakeRecorder(control.settings.data_dir / "v1", camera, start_ms, seconds=1)
    for closed in recorder.write(2):
        await RecordingNews(control.db).closed(closed)
    return Case(control, camera, start_ms, investigator, commander)


async def test_from_request_to_receipt_with_a_package_that_proves_itself_and_minutes_with_its_seal(
    case: Case, tmp_path: Path
) -> None:
    extraction_id = await case.ask()
    async with case.control.db.session() as session:
        assert case.camera in await locked_spans(session)
    own = await case.investigator.post(f"/api/extractions/{extraction_id}/approve", {"note": "x"})
    assert own.status == 404  # an investigator approves nothing
    assert (await case.investigator.get(f"/api/extractions/{extraction_id}/package.zip")).code == "conflict"
    assert (await case.step(extraction_id, "approve", {"note": "Đồng ý"})).body["state"] == "approved"
    ready = await case.made(extraction_id)
    assert (ready["state"], ready["fault"]) == ("ready", "")
    assert ready["done_bytes"] == ready["total_bytes"] > 0
    package = await case.investigator.get(f"/api/extractions/{extraction_id}/package.zip")
    assert package.headers["Content-Disposition"] == 'attachment; filename="trich-xuat-1-2026.zip"'
    file = tmp_path / "got.zip"
    file.write_bytes(package.body)
    report = verify_package(file, case.control.extractions.maker.certificate)
    assert (report.findings, report.segments, report.copies) == ([], 2, 1)
    assert report.manifest is not None
    assert report.manifest.request.document == "12/CV-CSĐT"
    assert report.manifest.request.requested_by.startswith("Họ tên investigator")
    assert report.manifest.request.approved_by.startswith("Họ tên duty_commander")
    early = await case.commander.get(f"/api/extractions/{extraction_id}/minutes.pdf")
    assert early.code == "conflict"
    over = {"recipient": "Lò Văn A", "office": "Cơ quan CSĐT", "medium": "Đĩa DVD", "seal_number": "NP-0042"}
    assert (await case.step(extraction_id, "receipt", {"received_by": "Lò Văn A"})).code == "conflict"
    assert (await case.step(extraction_id, "hand-over", over)).body["state"] == "handed_over"
    minutes = await case.commander.get(f"/api/extractions/{extraction_id}/minutes.pdf")
    said = " ".join(words_of(minutes.body))
    for word in ("NP-0042", "12/CV-CSĐT", ready["manifest_sha256"][:8], "Đĩa DVD", "+0,012 giây"):
        assert word in said, said
    received = await case.step(extraction_id, "receipt", {"received_by": "Lò Văn A", "note": "Đủ"})
    assert received.body["state"] == "received"
    again = await case.step(extraction_id, "hand-over", over)
    assert (again.status, again.body["detail"]) == (409, "extraction_state")


async def test_whoever_asked_never_approves_and_rejecting_takes_a_reason_and_ends_it(case: Case) -> None:
    asked = await case.commander.post("/api/extractions", case.body())
    answer = await case.step(asked.body["id"], "approve")
    assert (answer.status, answer.body["detail"]) == (409, "own")
    extraction_id = await case.ask()
    assert (await case.step(extraction_id, "reject")).code == "bad_request"
    rejected = await case.step(extraction_id, "reject", {"note": "Thiếu văn bản"})
    assert (rejected.body["state"], rejected.body["decision"]) == ("rejected", "Thiếu văn bản")
    assert (await case.step(extraction_id, "approve")).code == "conflict"


async def test_approval_takes_the_rights_of_that_moment_of_both(
    case: Case, clock: FakeClock, control: Services
) -> None:
    extraction_id = await case.ask()
    days = control.recordings.reach_days
    object.__setattr__(control.recordings, "reach_days", {Role.INVESTIGATOR: 90})
    short = await case.step(extraction_id, "approve")
    assert (short.status, short.code) == (403, "beyond_reach")
    object.__setattr__(control.recordings, "reach_days", days)
    row = await control.extractions.reader.row(extraction_id)
    async with control.db.transaction() as session:
        grant = (await session.exec(select(GrantRow).where(GrantRow.account_id == row.requested_by))).one()
        grant.valid_to_ms = clock()
        session.add(grant)
    lost = await case.step(extraction_id, "approve")
    assert (lost.status, lost.body["detail"]) == (409, "asker_lost_right")


async def test_empty_backward_future_endless_and_unrecorded_spans_are_refused_and_lock_nothing(case: Case) -> None:
    for begin, end, detail in (
        (0, 0, "span"),
        (10, 5, "span"),
        (0, 2 * HOUR_MS, "future"),
        (-8 * DAY_MS, 0, "too_many_days"),
        (-50_000_000, -49_000_000, "nothing_recorded"),
    ):
        part = {"camera_id": case.camera, "from_ms": case.start_ms + begin, "to_ms": case.start_ms + end}
        answer = await case.investigator.post("/api/extractions", case.body(parts=[part]))
        assert (answer.status, answer.body["detail"]) == (400, detail)
    assert (await case.investigator.get("/api/extractions")).body == []
    async with case.control.db.session() as session:
        assert await locked_spans(session) == {}


async def test_overlapping_spans_of_one_camera_are_packed_once_and_a_year_ago_is_beyond_reach(case: Case) -> None:
    part = {"camera_id": case.camera, "from_ms": case.start_ms, "to_ms": case.start_ms + 1_500}
    later = {**part, "from_ms": case.start_ms + 500, "to_ms": case.start_ms + 2_000}
    answer = await case.investigator.post("/api/extractions", case.body(parts=[part, later]))
    assert [(one["from_ms"], one["to_ms"]) for one in answer.body["parts"]] == [(case.start_ms, case.start_ms + 2_000)]
    old = {**part, "from_ms": case.start_ms - 366 * DAY_MS}
    refused = await case.investigator.post("/api/extractions", case.body(parts=[old]))
    assert (refused.status, refused.code) == (403, "beyond_reach")


async def test_a_full_disk_is_said_the_job_goes_on_by_itself_and_two_who_extract_the_same_hour_get_two_packages(
    case: Case, clock: FakeClock
) -> None:
    extraction_id = await case.approved()
    bounds = case.runner._bounds
    case.runner._bounds = replace(bounds, keep_free_bytes=2**62)
    stopped = await case.made(extraction_id)
    assert (stopped["state"], stopped["fault"]) == ("stopped", "disk_full")
    case.runner._bounds = bounds
    assert await case.runner._next() is None
    clock.advance(minutes=2)
    assert await case.runner._next() == extraction_id
    # Somebody else extracts the same hour: two packages, each with a manifest of its own.
    other, first = await case.approved(), await case.made(extraction_id)
    second = await case.made(other)
    assert (first["state"], second["state"]) == ("ready", "ready")
    assert first["manifest_sha256"] != second["manifest_sha256"]


@asynccontextmanager
async def _running(runner: ExtractionRunner) -> AsyncIterator[None]:
    task = asyncio.create_task(runner.run(), name="runner")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _until(look: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await look():  # noqa: ASYNC110 it looks at what another process does
            await asyncio.sleep(0.05)


class _Stuck:
    """Starts a process that tells that it is half way, and then nothing."""

    def __init__(self) -> None:
        self.started: list[asyncio.subprocess.Process] = []

    async def __call__(self) -> asyncio.subprocess.Process:
        line = ExtractionLine(done_bytes=5, total_bytes=10).model_dump_json()
        process = await asyncio.create_subprocess_exec(
            "sh", "-c", f"echo '{line}'; exec sleep 600", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        self.started.append(process)
        return process


async def test_progress_is_shown_cancelling_ends_the_process_and_removes_what_was_made(case: Case) -> None:
    stuck = _Stuck()
    case.runner._launcher = stuck
    extraction_id = await case.approved()
    async with _running(case.runner):

        async def half() -> bool:
            return (await case.state(extraction_id))["done_bytes"] == 5

        await _until(half)
        assert case.runner.folder(extraction_id).exists()
        nothing = await case.investigator.post(f"/api/extractions/{extraction_id}/cancel", {"note": " "})
        assert nothing.code == "bad_request"
        cancelled = await case.investigator.post(f"/api/extractions/{extraction_id}/cancel", {"note": "Nhầm camera"})
        assert (cancelled.status, cancelled.body["state"]) == (200, "cancelled")
    assert stuck.started[0].returncode is not None
    assert not case.runner.folder(extraction_id).exists()
    assert (await case.step(extraction_id, "resume")).code == "conflict"


async def test_a_job_goes_on_after_control_was_killed_in_the_middle_of_it(case: Case) -> None:
    stuck = _Stuck()
    case.runner._launcher = stuck
    extraction_id = await case.approved()

    async def half() -> bool:
        return (await case.state(extraction_id))["done_bytes"] == 5

    async with _running(case.runner):
        await _until(half)
    assert stuck.started[0].returncode is not None
    assert (await case.state(extraction_id))["state"] == "running"
    case.runner._launcher = launch

    async def ready() -> bool:
        return (await case.state(extraction_id))["state"] == "ready"

    async with _running(case.runner):
        await _until(ready)


async def test_a_process_that_talks_nonsense_stops_the_job_until_somebody_resumes_it(case: Case) -> None:
    extraction_id = await case.approved()

    async def nonsense() -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            "echo", "no json", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )

    case.runner._launcher = nonsense
    assert (await case.made(extraction_id))["fault"] == ExtractionFault.FAILED
    assert (await case.step(extraction_id, "resume")).body["state"] == "approved"


async def test_others_get_no_package_and_nobody_gets_one_with_a_camera_that_became_sensitive(
    case: Case, people: SignInAs, control: Services, open_browser: OpenBrowser
) -> None:
    extraction_id = await case.approved()
    await case.made(extraction_id)
    colleague = await people(Role.DUTY_OFFICER, AREA_A)
    assert (await colleague.get(f"/api/extractions/{extraction_id}")).status == 200
    assert (await colleague.get(f"/api/extractions/{extraction_id}/package.zip")).code == "forbidden"
    stranger = await sign_in_as(control, await open_browser(), Role.DUTY_COMMANDER, AREA_B)
    assert (await stranger.get(f"/api/extractions/{extraction_id}/package.zip")).status == 404
    foreign = await add_camera(control.db, 9, SITE_B)
    part = {"camera_id": foreign, "from_ms": case.start_ms, "to_ms": case.start_ms + 1}
    refused = await case.investigator.post("/api/extractions", case.body(parts=[part]))
    assert (refused.status, refused.body["field"]) == (404, "camera_id")
    account_id = await add_account(control.db, "admin", Role.SECURITY_ADMINISTRATOR, POLICE)
    administrator = await control.cameras.people.person(account_id)
    assert administrator is not None
    await control.cameras.restricting.save(
        administrator,
        Wanted("Tạm giữ", AREA_A, True, [case.camera], []),
    )
    assert (await case.commander.get(f"/api/extractions/{extraction_id}/package.zip")).status == 404
    detail = await case.state(extraction_id)
    assert (detail["parts"], detail["hidden"]) == ([], 1)


async def test_without_a_second_factor_nothing_is_approved_and_nothing_leaves(case: Case, control: Services) -> None:
    extraction_id = await case.ask()
    accounts = control.settings.accounts.model_copy(update={"totp_roles": ["security_administrator"]})
    strict = control.settings.model_copy(update={"accounts": accounts})
    object.__setattr__(control, "settings", strict)
    refused = await case.step(extraction_id, "approve")
    assert (refused.status, refused.body["detail"]) == (403, "second_factor")


async def test_an_incident_knows_what_was_asked_for_of_it(case: Case) -> None:
    opened = await case.investigator.post("/api/incidents", {"title": "Tai nạn"})
    incident_id = opened.body["incident"]["id"]
    await case.ask(incident_id=incident_id)
    entries = (await case.investigator.get(f"/api/incidents/{incident_id}")).body["entries"]
    assert [entry["kind"] for entry in entries if entry["kind"] == "extraction"] == ["extraction"]


class _Court:
    """A hearing was before this camera from some moment on."""

    def __init__(self, sealed: Span) -> None:
        self._sealed = sealed

    async def open_parts(self, camera_id: str, span: Span, *, court: bool) -> list[Span]:
        del camera_id, court
        return without([span], [self._sealed])


async def test_what_a_court_sealed_is_never_packed_and_the_manifest_says_so(case: Case, control: Services) -> None:
    whole = control.recordings.court_parts
    second_ms = case.start_ms + 1_000
    object.__setattr__(control.recordings, "court_parts", _Court(Span(case.start_ms, second_ms + 500)))
    refused = await case.investigator.post("/api/extractions", case.body())
    assert (refused.status, refused.body["detail"]) == (400, "nothing_recorded")
    object.__setattr__(control.recordings, "court_parts", _Court(Span(second_ms + 500, second_ms + 900)))
    extraction_id = await case.approved()
    assert (await case.made(extraction_id))["state"] == "ready"
    report = verify_package(case.runner.folder(extraction_id), control.extractions.maker.certificate)
    assert report.manifest is not None
    assert [one.start_ms for one in report.manifest.segments] == [case.start_ms]
    (camera,) = report.manifest.cameras
    sealed = [(gap.start_ms, gap.end_ms) for gap in camera.gaps if gap.cause == "sealed"]
    assert sealed == [(second_ms + 500, second_ms + 900)]
    object.__setattr__(control.recordings, "court_parts", whole)
