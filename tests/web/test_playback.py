import io
from pathlib import Path

import av
import pytest

from fakes.clock import FakeClock
from fakes.control import KeptJournal
from fakes.control_ports import JPEG, FakePorts
from fakes.province import AREA_A, AREA_B, COURT, POLICE, SITE_COURT, add_account, add_camera
from fakes.segments import FakeRecorder
from fakes.signed_in import SignInAs
from streams.types.camera import RecordingMode, RecordingPlan
from streams.types.recording import Gap, GapCause
from vms.access import Role
from vms.cameras.ports import BusUnavailable
from vms.clock import DAY_MS, local_day
from vms.recordings.news import RecordingNews
from web.services import Services

HOUR_MS = 3_600_000


class Recorded:
    """A camera that was recorded for 8 s, then lost for 10 s, then recorded for 4 s, an hour ago."""

    def __init__(self, camera_id: str, start_ms: int, folder: Path) -> None:
        self.camera_id = camera_id
        self.start_ms = start_ms
        self.folder = folder
        self.recorder = FakeRecorder(folder, camera_id, start_ms)

    async def write(self, control: Services) -> None:
        self.recorder.write(2)
        gap = Gap(from_ms=self.recorder.start_ms, to_ms=self.recorder.start_ms + 10_000, cause=GapCause.LINK)
        self.recorder.write(1, gaps=[gap])
        for closed in self.recorder.written:
            await RecordingNews(control.db).closed(closed)

    def url(self, what: str, **query: object) -> str:
        return f"/api/cameras/{self.camera_id}/{what}?" + "&".join(f"{name}={value}" for name, value in query.items())

    def media(self, at_ms: int = 0, **query: object) -> str:
        from_ms = self.start_ms + at_ms
        return self.url("recorded", from_ms=from_ms, base_ms=self.start_ms - HOUR_MS, **query)


@pytest.fixture
async def recorded(control: Services, people: SignInAs, clock: FakeClock) -> Recorded:
    del people  # it built the province
    camera = await add_camera(control.db, 1)
    account = await add_account(control.db, "planner", Role.TECHNICIAN, POLICE)
    found = Recorded(camera, clock() - HOUR_MS, control.settings.data_dir / "v1")
    clock.advance(hours=-1)
    await control.cameras.plans.set(camera, RecordingPlan(mode=RecordingMode.CONTINUOUS), account)
    clock.advance(hours=1)
    await found.write(control)
    return found


async def test_the_timeline_has_what_is_there_and_what_is_missing_and_why(recorded: Recorded, people: SignInAs) -> None:
    browser = await people(Role.DUTY_OFFICER, AREA_A)
    start_ms = recorded.start_ms
    answer = await browser.get(recorded.url("timeline", from_ms=start_ms - 1000, to_ms=start_ms + 30_000))
    assert answer.status == 200, answer.body
    assert answer.body["recorded"] == [
        {"start_ms": start_ms, "end_ms": start_ms + 8_000},
        {"start_ms": start_ms + 18_000, "end_ms": start_ms + 22_000},
    ]
    assert [(gap["start_ms"] - start_ms, gap["end_ms"] - start_ms, gap["cause"]) for gap in answer.body["gaps"]] == [
        (8_000, 18_000, "link"),
        (22_000, 30_000, "unknown"),
    ]


async def test_what_was_fetched_from_the_cameras_card_is_shown_and_its_gap_says_so(
    recorded: Recorded, people: SignInAs, control: Services
) -> None:
    start_ms = recorded.start_ms
    card = FakeRecorder(recorded.folder, recorded.camera_id, start_ms + 10_000, from_card=True)
    for closed in card.write(2):
        await RecordingNews(control.db).closed(closed)
    browser = await people(Role.DUTY_OFFICER, AREA_A)
    answer = await browser.get(recorded.url("timeline", from_ms=start_ms, to_ms=start_ms + 20_000))
    assert [(gap["start_ms"] - start_ms, gap["cause"], gap["recovered"]) for gap in answer.body["gaps"]] == [
        (8_000, "link", False),
        (10_000, "link", True),
    ]
    assert (await browser.get(recorded.media(12_000, length_ms=3_000))).status == 200


async def test_pictures_are_played_from_the_keyframe_before_and_go_on_without_a_seam(
    recorded: Recorded, people: SignInAs
) -> None:
    browser = await people(Role.DUTY_OFFICER, AREA_A)
    first = await browser.get(recorded.media(2_500, length_ms=3_000))
    assert first.status == 200, first.body
    assert first.headers["Content-Type"].startswith('video/mp4; codecs="avc1.')
    assert first.headers["Cache-Control"] == "no-store"
    next_ms = int(first.headers["X-Next-Ms"]) - recorded.start_ms
    second = await browser.get(recorded.media(next_ms, length_ms=20_000))
    times = [HOUR_MS / 1000 + at for at in _times(first.body + second.body)]
    assert times[0] == pytest.approx(2 * HOUR_MS / 1000 + 2, abs=0.01)
    assert len(times) == 6 * 15
    assert int(second.headers["X-Next-Ms"]) == recorded.start_ms + 18_000


async def test_where_nothing_is_recorded_the_player_is_told_where_to_go_on(
    recorded: Recorded, people: SignInAs
) -> None:
    browser = await people(Role.DUTY_OFFICER, AREA_A)
    before = await browser.get(recorded.media(-20 * 60_000))
    assert (before.status, before.headers["X-Next-Ms"]) == (204, str(recorded.start_ms))
    behind = await browser.get(recorded.media(60_000))
    assert behind.status == 204
    assert "X-Next-Ms" not in behind.headers


async def test_each_role_looks_back_as_far_as_it_is_set_and_no_further(
    recorded: Recorded, people: SignInAs, clock: FakeClock
) -> None:
    clock.advance(hours=24 * 7 - 1, minutes=-5)
    officer, investigator = await people(Role.DUTY_OFFICER, AREA_A), await people(Role.INVESTIGATOR, AREA_A)
    assert (await officer.get(recorded.media())).status == 200
    clock.advance(minutes=10)
    for url in (recorded.media(), recorded.url("recorded.jpg", at_ms=recorded.start_ms)):
        refused = await officer.get(url)
        assert (refused.status, refused.code) == (403, "beyond_reach")
        assert (await investigator.get(url)).status == 200
    span = {"from_ms": recorded.start_ms, "to_ms": recorded.start_ms + DAY_MS}
    clipped = (await officer.get(recorded.url("timeline", **span))).body
    assert clipped["from_ms"] == clipped["earliest_ms"] == clock() - 7 * DAY_MS
    assert clipped["recorded"] == []
    assert len((await investigator.get(recorded.url("timeline", **span))).body["recorded"]) == 2


async def test_whoever_is_given_no_days_looks_at_nothing(
    recorded: Recorded, people: SignInAs, control: Services
) -> None:
    browser = await people(Role.DUTY_OFFICER, AREA_A)
    object.__setattr__(control.recordings, "reach_days", {Role.INVESTIGATOR: 90})
    for url in (recorded.media(), recorded.url("timeline", from_ms=recorded.start_ms, to_ms=recorded.start_ms + 1)):
        refused = await browser.get(url)
        assert (refused.status, refused.code, refused.body["detail"]) == (403, "beyond_reach", "")


async def test_nobody_without_the_right_learns_even_that_there_is_a_recording(
    recorded: Recorded, people: SignInAs, control: Services
) -> None:
    urls = [
        recorded.media(),
        recorded.url("recorded.jpg", at_ms=recorded.start_ms),
        recorded.url("timeline", from_ms=recorded.start_ms, to_ms=recorded.start_ms + 1),
        recorded.url("recorded-days", from_ms=recorded.start_ms, to_ms=recorded.start_ms + 1),
    ]
    for role, unit in ((Role.DUTY_OFFICER, AREA_B), (Role.TECHNICIAN, AREA_A), (Role.PRESIDING_JUDGE, COURT)):
        browser = await people(role, unit)
        assert [(await browser.get(url)).status for url in urls] == [404] * 4
    court = await add_camera(control.db, 2, SITE_COURT, angle="accused")
    officer = await people(Role.DUTY_COMMANDER, POLICE)
    assert (await officer.get(urls[0].replace(recorded.camera_id, court))).status == 404


async def test_the_journal_says_which_part_of_which_file_was_seen(
    recorded: Recorded, people: SignInAs, control: Services
) -> None:
    browser = await people(Role.INVESTIGATOR, AREA_A)
    await browser.get(recorded.media(4_000, length_ms=3_000))
    assert isinstance(control.journal, KeptJournal)
    (deed,) = [deed for deed in control.journal.looks if deed.action == "camera.view_recorded"]
    assert (deed.kind, deed.object_id) == ("camera", recorded.camera_id)
    assert int(deed.facts["from_ms"]) - recorded.start_ms == 4_000
    assert deed.facts["files"] == recorded.recorder.written[1].path.partition("/")[2]


async def test_a_single_picture_comes_from_a_worker_that_has_the_volume(
    recorded: Recorded, people: SignInAs, ports: FakePorts
) -> None:
    browser = await people(Role.DUTY_OFFICER, AREA_A)
    at_ms = recorded.start_ms + 5_000
    answer = await browser.get(recorded.url("recorded.jpg", at_ms=at_ms, max_width_px=160))
    assert (answer.status, answer.body, answer.headers["X-Capture-Ms"]) == (200, JPEG, str(at_ms))
    (request,) = ports.pictures.requests
    assert (request.volume, request.path) == ("v1", recorded.recorder.written[1].path)
    missing = await browser.get(recorded.url("recorded.jpg", at_ms=recorded.start_ms + 12_000))
    assert (missing.status, missing.code) == (404, "no_picture")
    ports.pictures.refusal = BusUnavailable()
    away = await browser.get(recorded.url("recorded.jpg", at_ms=at_ms))
    assert (away.status, away.code) == (503, "unavailable")


async def test_a_recording_on_another_machine_is_one_clear_error(
    recorded: Recorded, people: SignInAs, control: Services
) -> None:
    elsewhere = FakeRecorder(recorded.folder, recorded.camera_id, recorded.start_ms + 60_000, volume_id="far")
    await RecordingNews(control.db).closed(elsewhere.write()[0])
    browser = await people(Role.DUTY_OFFICER, AREA_A)
    answer = await browser.get(recorded.media(61_000))
    assert (answer.status, answer.code, answer.body["detail"]) == (503, "unavailable", "recorded_elsewhere")


async def test_the_days_of_a_month_are_listed_as_far_as_the_person_reaches(
    recorded: Recorded, people: SignInAs, clock: FakeClock
) -> None:
    browser = await people(Role.DUTY_OFFICER, AREA_A)
    answer = await browser.get(recorded.url("recorded-days", from_ms=clock() - 40 * DAY_MS, to_ms=clock()))
    days = {day["day"]: day for day in answer.body}
    assert len(days) == 8
    assert days[local_day(recorded.start_ms).isoformat()]["recorded_ms"] == 12_000
    too_long = await browser.get(recorded.url("recorded-days", from_ms=clock() - 400 * DAY_MS, to_ms=clock()))
    assert too_long.status == 200  # what is out of reach is left out before it is counted


@pytest.mark.parametrize(
    ("from_ms", "to_ms"), [(0, 3 * DAY_MS), (10, 10), (10, 9), (-1, 5), (0, 10**30), ("x", 1), (0, 366 * DAY_MS)]
)
async def test_a_span_that_is_empty_turned_round_or_too_long_is_refused(
    recorded: Recorded, people: SignInAs, from_ms: object, to_ms: object
) -> None:
    browser = await people(Role.DUTY_OFFICER, AREA_A)
    answer = await browser.get(recorded.url("timeline", from_ms=from_ms, to_ms=to_ms))
    assert (answer.status, answer.code) == (400, "bad_request")


async def test_the_future_is_empty_and_no_gap(recorded: Recorded, people: SignInAs, clock: FakeClock) -> None:
    browser = await people(Role.DUTY_OFFICER, AREA_A)
    answer = await browser.get(recorded.url("timeline", from_ms=clock() + HOUR_MS, to_ms=clock() + DAY_MS))
    assert (answer.status, answer.body["recorded"], answer.body["gaps"]) == (200, [], [])
    assert (await browser.get(recorded.media(10 * DAY_MS))).status == 204


def _times(data: bytes) -> list[float]:
    with av.open(io.BytesIO(data)) as container:
        return [float(frame.time) for frame in container.decode(video=0)]


async def test_a_bookmark_is_ones_own_or_the_units_and_removed_by_its_maker_alone(
    recorded: Recorded, people: SignInAs
) -> None:
    one, colleague = await people(Role.DUTY_OFFICER, AREA_A), await people(Role.DUTY_COMMANDER, AREA_A)
    above, foreign = await people(Role.DUTY_OFFICER, POLICE), await people(Role.DUTY_OFFICER, AREA_B)
    url, at_ms = f"/api/cameras/{recorded.camera_id}/bookmarks", recorded.start_ms + 1000
    for note, shared in (("Xe tải biển 26", True), ("của tôi", False)):
        made = await one.post(url, {"at_ms": at_ms, "note": note, "shared": shared})
        assert made.status == 201, made.body
    assert (await foreign.post(url, {"at_ms": at_ms})).status == 404
    timeline = recorded.url("timeline", from_ms=recorded.start_ms, to_ms=recorded.start_ms + 30_000)
    mine = (await one.get(timeline)).body["bookmarks"]
    assert {(mark["note"], mark["shared"], mark["mine"]) for mark in mine} == {
        ("Xe tải biển 26", True, True),
        ("của tôi", False, True),
    }
    (theirs,) = (await colleague.get(timeline)).body["bookmarks"]
    assert (theirs["note"], theirs["mine"], theirs["at_ms"]) == ("Xe tải biển 26", False, at_ms)
    assert (await above.get(timeline)).body["bookmarks"] == []
    for who in (colleague, foreign):
        assert (await who.send("DELETE", f"/api/recording-bookmarks/{theirs['id']}")).status == 404
    assert (await one.send("DELETE", f"/api/recording-bookmarks/{theirs['id']}")).status == 204
    assert (await colleague.get(timeline)).body["bookmarks"] == []


async def test_nobody_marks_what_is_beyond_the_own_reach(
    recorded: Recorded, people: SignInAs, clock: FakeClock
) -> None:
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    answer = await officer.post(
        f"/api/cameras/{recorded.camera_id}/bookmarks", {"at_ms": clock() - 8 * DAY_MS, "note": "cũ"}
    )
    assert (answer.status, answer.code) == (403, "beyond_reach")
