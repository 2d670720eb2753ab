"""Pull points: motion arrives, slots and times run out, nothing is kept that nobody asked for."""

import asyncio
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.onvif_rehearsal import MAIN, USER, Rehearsal, device, path_of, rehearsal
from vms_onvif.simulate.addresses import Service
from vms_onvif.simulate.device import MotionShape, OnvifChannel
from vms_onvif.simulate.durations import seconds, utc_s
from vms_onvif.simulate.pull_points import MOST_WAITING
from vms_onvif.simulate.services.event_service import LONGEST_PULL_S, SLOTS, topic_filter

CELL_MOTION = "RuleEngine/CellMotionDetector/Motion"
MOTION_ALARM = "VideoSource/MotionAlarm"


async def subscribed(at: Rehearsal, inside: str = "") -> str:
    """The path of a new pull point whose first messages were read."""
    path = path_of(await at.subscribe(inside))
    await at.pull(path)
    return path


async def test_a_new_pull_point_tells_the_state_of_every_channel() -> None:
    async with rehearsal(device(channels=(OnvifChannel(1, MAIN), OnvifChannel(2, MAIN)))) as at:
        at.simulator.motion(2, moving=True)
        first = await at.pull(path_of(await at.subscribe()))
    assert first.attributes("Message", "PropertyOperation")[1::2] == ["Initialized", "Initialized"]
    motions = [value for value in first.attributes("SimpleItem", "Value") if value in {"true", "false"}]
    assert motions == ["false", "true"]


async def test_motion_ends_a_waiting_pull_at_once() -> None:
    async with rehearsal() as at:
        path = await subscribed(at)
        at.time.waiting.clear()
        waiting = asyncio.create_task(at.pull(path, timeout="PT30S"))
        await at.time.waiting.wait()
        at.simulator.motion(1, moving=True)
        answer = await waiting
    assert at.time.waits == [30]
    assert answer.text("Topic") == f"tns1:{CELL_MOTION}"
    assert answer.attributes("SimpleItem", "Name")[-1] == "IsMotion"
    assert answer.attributes("SimpleItem", "Value")[-1] == "true"


async def test_a_pull_without_news_comes_back_empty_after_its_time() -> None:
    async with rehearsal() as at:
        path = await subscribed(at)
        at.time.skips = True
        answer = await at.pull(path, timeout="PT10M")
    assert answer.status == HTTPStatus.OK
    assert not answer.texts("Topic")
    assert at.time.waits == [LONGEST_PULL_S]


async def test_motion_is_told_when_it_changes_and_once() -> None:
    async with rehearsal() as at:
        path = await subscribed(at)
        for moving in (True, True, False, False, True):
            at.simulator.motion(1, moving=moving)
        answer = await at.pull(path)
        limited = await subscribed(at)
        at.simulator.motion(1, moving=False)
        at.simulator.motion(1, moving=True)
        one = await at.pull(limited, limit=1)
    assert answer.attributes("SimpleItem", "Value")[3::4] == ["true", "false", "true"]
    assert one.attributes("SimpleItem", "Value")[3::4] == ["false"]


async def test_messages_that_nobody_pulls_are_bounded_and_the_oldest_go() -> None:
    async with rehearsal() as at:
        path = await subscribed(at)
        for turn in range(MOST_WAITING + 11):
            at.time.advance(0.1)
            at.simulator.motion(1, moving=turn % 2 == 0)
        answer = await at.pull(path, limit=1000)
    assert len(answer.texts("Topic")) == MOST_WAITING


async def test_slots_run_out_and_are_freed_by_unsubscribing_or_by_time() -> None:
    async with rehearsal() as at:
        paths = [path_of(await at.subscribe()) for _ in range(SLOTS)]
        refused = await at.ask(Service.EVENTS, "CreatePullPointSubscription")
        assert (await at.unsubscribe(paths[0])).status == HTTPStatus.OK
        await at.subscribe("<q:InitialTerminationTime>PT600S</q:InitialTerminationTime>")
        again = await at.ask(Service.EVENTS, "CreatePullPointSubscription")
        at.time.advance(61)
        assert at.simulator.pull_points(1) == 1
        gone = await at.pull(paths[1])
    assert refused.status == again.status == HTTPStatus.INTERNAL_SERVER_ERROR
    assert refused.subcode == "ter:Action"
    assert gone.subcode == "wsrf-rw:ResourceUnknownFault"


@pytest.mark.parametrize("lasts", ["PT120S", "PT2M", "2026-09-21T14:15:20Z", "2026-09-21T21:15:20+07:00"])
async def test_renewing_moves_the_end(lasts: str) -> None:
    async with rehearsal() as at:
        path = path_of(await at.subscribe())
        renewed = await at.renew(path, lasts)
        at.time.advance(119)
        assert at.simulator.pull_points(1) == 1
        at.time.advance(2)
        assert at.simulator.pull_points(1) == 0
    assert renewed.text("TerminationTime") == "2026-09-21T14:15:20.000Z"


@pytest.mark.parametrize("lasts", ["PT0S", "-PT5S", "P2D", "PT", "P", "soon", "2020-01-01T00:00:00Z", "9" * 400])
async def test_a_termination_time_that_makes_no_sense_is_refused(lasts: str) -> None:
    async with rehearsal() as at:
        answer = await at.renew(path_of(await at.subscribe()), lasts)
    assert answer.subcode == "wsnt:UnacceptableTerminationTimeFault"


async def test_a_newer_pull_sends_the_older_one_home_empty() -> None:
    async with rehearsal() as at:
        path = await subscribed(at)
        at.time.waiting.clear()
        older = asyncio.create_task(at.pull(path))
        await at.time.waiting.wait()
        at.time.waiting.clear()
        newer = asyncio.create_task(at.pull(path))
        assert not (await older).texts("Topic")
        await at.time.waiting.wait()
        at.simulator.motion(1, moving=True)
        assert (await newer).texts("Topic")


async def test_unsubscribing_ends_a_waiting_pull() -> None:
    async with rehearsal() as at:
        path = await subscribed(at)
        at.time.waiting.clear()
        pull = asyncio.create_task(at.pull(path))
        await at.time.waiting.wait()
        await at.unsubscribe(path)
        assert not (await pull).texts("Topic")


async def test_a_synchronisation_point_tells_the_state_again() -> None:
    async with rehearsal() as at:
        path = await subscribed(at)
        await at.ask(path, "SetSynchronizationPoint")
        answer = await at.pull(path)
    assert answer.attributes("Message", "PropertyOperation")[1] == "Initialized"


async def test_a_filter_keeps_other_topics_out() -> None:
    other = "<q:Filter><q:TopicExpression>tns1:PTZController//.</q:TopicExpression></q:Filter>"
    async with rehearsal() as at:
        path = path_of(await at.subscribe(other))
        at.simulator.motion(1, moving=True)
        at.time.skips = True
        answer = await at.pull(path)
    assert not answer.texts("Topic")


async def test_pull_points_need_a_login_and_a_number_and_a_timeout() -> None:
    async with rehearsal() as at:
        path = path_of(await at.subscribe())
        stranger = await at.ask(path, "PullMessages", user=None)
        await at.unsubscribe(path)
        path = path_of(await at.subscribe())
        bad = [await at.ask(path, "PullMessages", inside) for inside in ("", "<q:Timeout>PT1S</q:Timeout>")]
        zero = await at.pull(path, limit=0)
    assert stranger.status == HTTPStatus.UNAUTHORIZED
    assert {answer.subcode for answer in (*bad, zero)} == {"ter:InvalidArgVal"}


async def test_a_reboot_loses_the_pull_points() -> None:
    async with rehearsal() as at:
        await at.subscribe()
        await at.ask(Service.DEVICE, "SystemReboot", user=USER)
        assert at.simulator.pull_points(1) == 0


async def test_the_events_it_can_send_are_described() -> None:
    async with rehearsal() as at:
        answer = await at.ask(Service.EVENTS, "GetEventProperties")
    assert answer.attributes("SimpleItemDescription", "Name")[-1:] == ["IsMotion"]
    assert answer.attributes("SimpleItemDescription", "Name")[0] == "VideoSourceConfigurationToken"
    assert answer.texts("CellMotionDetector")


@pytest.mark.parametrize(
    ("shape", "topic", "item", "values"),
    [
        (MotionShape.CELL, "tns1:RuleEngine/CellMotionDetector/Motion", "IsMotion", ["true", "false"]),
        (MotionShape.ALARM, "tns1:VideoSource/MotionAlarm", "State", ["true", "false"]),
        (MotionShape.REGION, "tns1:RuleEngine/MotionRegionDetector/Motion", "State", ["true", "false"]),
        (MotionShape.VMD, "tns1:RuleEngine/own:VMD3/own:vmd3_video_1", "active", ["1", "0"]),
    ],
)
async def test_makers_word_motion_in_their_own_way(
    shape: MotionShape, topic: str, item: str, values: list[str]
) -> None:
    async with rehearsal(device(motion=shape)) as at:
        path = await subscribed(at)
        at.simulator.motion(1, moving=True)
        at.simulator.motion(1, moving=False)
        answer = await at.pull(path)
        described = await at.ask(Service.EVENTS, "GetEventProperties")
    assert answer.texts("Topic") == [topic, topic]
    items = zip(answer.attributes("SimpleItem", "Name"), answer.attributes("SimpleItem", "Value"), strict=True)
    assert [value for name, value in items if name == item] == values
    assert len(list(described.root.iter(f"{{*}}{topic.rsplit('/', maxsplit=1)[-1].removeprefix('own:')}"))) == 1


@pytest.mark.parametrize(
    ("expressions", "heard"),
    [
        ([], {CELL_MOTION, MOTION_ALARM}),
        (["tns1:RuleEngine/CellMotionDetector/Motion"], {CELL_MOTION}),
        (["tns1:RuleEngine//."], {CELL_MOTION}),
        (["a:VideoSource/a:MotionAlarm | tns1:RuleEngine//."], {CELL_MOTION, MOTION_ALARM}),
        (["tns1:Rule//."], set()),
    ],
)
def test_topic_expressions_choose(expressions: list[str], heard: set[str]) -> None:
    wants = topic_filter(expressions)
    assert {name for name in (CELL_MOTION, MOTION_ALARM) if wants(name)} == heard


@given(st.text())
def test_no_text_breaks_the_reading_of_times(text: str) -> None:
    assert (seconds(text) or 0) >= 0
    utc_s(text)


@given(st.integers(0, 99_999), st.integers(0, 99_999), st.integers(0, 99_999), st.integers(0, 99_999))
def test_durations_add_up(days: int, hours: int, minutes: int, secs: int) -> None:
    assert seconds(f"P{days}DT{hours}H{minutes}M{secs}S") == ((days * 24 + hours) * 60 + minutes) * 60 + secs
