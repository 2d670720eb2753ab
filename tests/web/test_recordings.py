from typing import Any

import pytest

from fakes.api_browser import Browser
from fakes.clock import FakeClock
from fakes.control import KeptJournal
from fakes.control_ports import FakePorts
from fakes.province import AREA_A, AREA_B, POLICE, SITE_B, add_camera
from fakes.signed_in import SignInAs
from streams.types.camera import RecordingMode
from streams.types.recording import VolumeCondition
from vms.access import Role
from web.services import Services

HOUR_MS = 3_600_000
CONTINUOUS = {"mode": "continuous", "stream": "sub"}


@pytest.fixture
async def camera(control: Services, people: SignInAs) -> str:
    del people  # it built the province
    return await add_camera(control.db, 1)


@pytest.fixture
async def commanders(people: SignInAs) -> tuple[Browser, Browser]:
    return await people(Role.DUTY_COMMANDER, AREA_A), await people(Role.DUTY_COMMANDER, POLICE)


def early(clock: FakeClock, **more: object) -> dict[str, Any]:
    wanted = {"kind": "early", "from_ms": clock() - 2 * HOUR_MS, "to_ms": clock() - HOUR_MS, "reason": "Quay nhầm"}
    return {"change": {**wanted, **more}}


async def test_a_technician_plans_the_recording_and_the_workers_are_told(
    camera: str, people: SignInAs, ports: FakePorts
) -> None:
    technician = await people(Role.TECHNICIAN, AREA_A)
    url = f"/api/cameras/{camera}/recording"
    before = (await technician.get(url)).body
    assert (before["plan"]["mode"], before["class_key"], before["min_days"], before["max_days"]) == (
        "never",
        "standard",
        15,
        30,
    )
    answer = await technician.send("PUT", url, CONTINUOUS)
    assert answer.status == 200, answer.body
    assert ports.desired.specs[camera].recording.mode is RecordingMode.CONTINUOUS
    assert (await technician.get(url)).body["plan"]["mode"] == "continuous"


@pytest.mark.parametrize(
    "plan",
    [
        {"mode": "always"},
        {"mode": "continuous", "volumes": ["../etc"]},
        {"mode": "schedule", "schedule": [{"from_min": 600, "to_min": 600}]},
        {"mode": "schedule", "schedule": [{"weekdays": [8]}]},
        {"mode": "motion", "pre_roll_s": 1e9},
        {},
    ],
)
async def test_a_plan_that_cannot_be_changes_nothing(
    camera: str, people: SignInAs, ports: FakePorts, plan: dict[str, Any]
) -> None:
    technician = await people(Role.TECHNICIAN, AREA_A)
    answer = await technician.send("PUT", f"/api/cameras/{camera}/recording", plan)
    assert (answer.status, answer.code) == (400, "bad_request")
    assert camera not in ports.desired.specs


async def test_a_lock_is_seen_on_the_timeline_and_only_two_people_release_it(
    camera: str, commanders: tuple[Browser, Browser], clock: FakeClock
) -> None:
    one, other = commanders
    wanted = {
        "from_ms": clock() - HOUR_MS,
        "to_ms": clock(),
        "kind": "incident",
        "reference": "V-12",
        "reason": "Ẩu đả",
    }
    lock = await one.post(f"/api/cameras/{camera}/recording-locks", wanted)
    assert lock.status == 201, lock.body
    timeline = f"/api/cameras/{camera}/timeline?from_ms={clock() - 2 * HOUR_MS}&to_ms={clock()}"
    assert [found["id"] for found in (await other.get(timeline)).body["locks"]] == [lock.body["id"]]
    release = {"change": {"kind": "unlock", "lock_id": lock.body["id"], "reason": "Đã kết luận"}}
    change = await one.post(f"/api/cameras/{camera}/recording-changes", release)
    own = await one.post(f"/api/recording-changes/{change.body['id']}/apply")
    assert (own.status, own.code, own.body["detail"]) == (409, "conflict", "own")
    assert len((await other.get(timeline)).body["locks"]) == 1
    applied = await other.post(f"/api/recording-changes/{change.body['id']}/apply")
    assert (applied.status, applied.body["state"]) == (200, "applied")
    assert (await other.get(timeline)).body["locks"] == []
    again = await other.post(f"/api/recording-changes/{change.body['id']}/apply")
    assert (again.status, again.body["detail"]) == (409, "decided")


async def test_an_early_deletion_waits_for_the_second_person_and_stands_in_the_journal(
    camera: str, commanders: tuple[Browser, Browser], clock: FakeClock, control: Services
) -> None:
    one, other = commanders
    change = await one.post(f"/api/cameras/{camera}/recording-changes", early(clock, document="12/CV"))
    assert (change.status, change.body["state"], change.body["mine"]) == (201, "proposed", True)
    (listed,) = (await other.get(f"/api/cameras/{camera}/recording-changes")).body
    assert (listed["mine"], listed["reason"], listed["document"]) == (False, "Quay nhầm", "12/CV")
    rejected = await other.post(f"/api/recording-changes/{change.body['id']}/reject")
    assert (rejected.body["state"], rejected.body["done_ms"]) == ("rejected", None)
    assert isinstance(control.journal, KeptJournal)
    deeds = [deed for deed in control.journal.acts if deed.action == "recording.keep"]
    assert [(deed.facts["state"], deed.facts["reason"], deed.facts["document"]) for deed in deeds] == [
        ("proposed", "Quay nhầm", "12/CV"),
        ("rejected", "Quay nhầm", "12/CV"),
    ]


async def test_retention_changes_when_the_second_person_agrees(
    camera: str, commanders: tuple[Browser, Browser], people: SignInAs
) -> None:
    one, other = commanders
    wanted = {"change": {"kind": "camera", "class_key": "important", "min_days": 60, "reason": "Điểm nóng"}}
    change = await one.post(f"/api/cameras/{camera}/recording-changes", wanted)
    technician = await people(Role.TECHNICIAN, AREA_A)
    url = f"/api/cameras/{camera}/recording"
    assert (await technician.get(url)).body["class_key"] == "standard"
    await other.post(f"/api/recording-changes/{change.body['id']}/apply")
    setup = (await technician.get(url)).body
    assert (setup["class_key"], setup["own_min_days"], setup["min_days"], setup["max_days"]) == (
        "important",
        60,
        60,
        90,
    )


async def test_a_class_is_changed_by_whoever_reaches_everything_only(
    camera: str, commanders: tuple[Browser, Browser], people: SignInAs, control: Services
) -> None:
    wanted = {
        "kind": "class",
        "class_key": "standard",
        "min_days": 20,
        "max_days": 45,
        "priority": 50,
        "reason": "QĐ 7",
    }
    refused = await commanders[1].post("/api/recording-changes", wanted)
    assert refused.status == 404
    chief = await people(Role.DUTY_COMMANDER, await control.organisation.ensure_root())
    change = await chief.post("/api/recording-changes", wanted)
    assert change.status == 201, change.body
    foreign = await commanders[0].post(f"/api/recording-changes/{change.body['id']}/apply")
    assert foreign.status == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "camera", "class_key": "nothing", "reason": "x"}, "class_key"),
        ({"kind": "camera", "class_key": "standard", "min_days": 40, "max_days": 20, "reason": "x"}, "max_days"),
        ({"kind": "unlock", "lock_id": "lock-of-nobody", "reason": "x"}, "lock_id"),
        ({"kind": "early", "from_ms": 5, "to_ms": 5, "reason": "x"}, "to_ms"),
        ({"kind": "early", "from_ms": 5, "to_ms": 253_402_300_799_000, "reason": "x"}, "to_ms"),
        ({"kind": "early", "from_ms": 5, "to_ms": 6, "reason": "\u202e \u0007"}, "reason"),
    ],
)
async def test_what_cannot_be_is_refused_before_anybody_decides_about_it(
    camera: str, commanders: tuple[Browser, Browser], change: dict[str, Any], field: str
) -> None:
    answer = await commanders[0].post(f"/api/cameras/{camera}/recording-changes", {"change": change})
    assert (answer.status, answer.code, answer.body["field"]) == (400, "bad_request", field)
    assert (await commanders[0].get(f"/api/cameras/{camera}/recording-changes")).body == []


async def test_a_foreign_commander_neither_sees_nor_decides(
    camera: str, commanders: tuple[Browser, Browser], people: SignInAs, clock: FakeClock
) -> None:
    change = await commanders[0].post(f"/api/cameras/{camera}/recording-changes", early(clock))
    stranger = await people(Role.DUTY_COMMANDER, AREA_B)
    assert (await stranger.get(f"/api/cameras/{camera}/recording-changes")).status == 404
    assert (await stranger.post(f"/api/recording-changes/{change.body['id']}/apply")).status == 404


async def test_a_lock_without_length_or_reason_is_refused(
    camera: str, commanders: tuple[Browser, Browser], clock: FakeClock
) -> None:
    url = f"/api/cameras/{camera}/recording-locks"
    backwards = {"from_ms": clock(), "to_ms": clock() - 1, "kind": "case", "reason": "x"}
    assert (await commanders[0].post(url, backwards)).code == "bad_request"
    long = {"from_ms": 0, "to_ms": clock(), "kind": "case", "reason": "x"}
    assert (await commanders[0].post(url, long)).body["field"] == "to_ms"
    silent = {"from_ms": clock() - 1, "to_ms": clock(), "kind": "case", "reason": " \n "}
    assert (await commanders[0].post(url, silent)).body["field"] == "reason"


async def test_volumes_classes_and_the_days_of_each_camera_are_shown_to_whoever_reads_it(
    camera: str, commanders: tuple[Browser, Browser], people: SignInAs, control: Services, ports: FakePorts
) -> None:
    far = await add_camera(control.db, 2, SITE_B)
    one, other = commanders
    own = {"change": {"kind": "camera", "class_key": "important", "min_days": 60, "max_days": None, "reason": "QĐ 9"}}
    change = await one.post(f"/api/cameras/{camera}/recording-changes", own)
    (waiting,) = (await other.get("/api/recording-proposals")).body
    assert (waiting["id"], waiting["camera_number"], waiting["mine"]) == (change.body["id"], 1, False)
    await other.post(f"/api/recording-changes/{change.body['id']}/apply")
    assert (await other.get("/api/recording-proposals")).body == []
    ports.pictures.free_bytes, ports.pictures.condition = 3_000, VolumeCondition.NEARLY_FULL
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    shown = (await officer.get("/api/recording-storage")).body
    (volume,) = shown["volumes"]
    assert (volume["id"], volume["condition"], volume["free_bytes"]) == ("v1", "nearly_full", 3_000)
    assert {kind["key"] for kind in shown["classes"]} >= {"standard", "important"}
    (kept,) = shown["cameras"]
    assert (kept["id"], kept["class_key"], kept["own"], kept["min_days"]) == (camera, "important", True, 60)
    assert far not in str(shown)


async def test_what_waits_about_foreign_cameras_and_classes_is_not_listed(
    camera: str, commanders: tuple[Browser, Browser], people: SignInAs, control: Services, clock: FakeClock
) -> None:
    await commanders[0].post(f"/api/cameras/{camera}/recording-changes", early(clock))
    chief = await people(Role.DUTY_COMMANDER, await control.organisation.ensure_root())
    wanted = {"kind": "class", "class_key": "standard", "min_days": 20, "max_days": 45, "priority": 50, "reason": "x"}
    await chief.post("/api/recording-changes", wanted)
    foreign = await people(Role.DUTY_COMMANDER, AREA_B)
    assert (await foreign.get("/api/recording-proposals")).body == []
    assert [one["kind"] for one in (await commanders[1].get("/api/recording-proposals")).body] == ["early"]
    assert [one["kind"] for one in (await chief.get("/api/recording-proposals")).body] == ["class"]
