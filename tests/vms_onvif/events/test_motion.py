from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from vms_onvif.events.motion import Motion, MotionStates, Sources, read_motion
from vms_onvif.events.notifications import MOST_MESSAGES, Notification, read_notifications
from vms_onvif.faults import OnvifFault
from vms_onvif.hostile_xml import parse
from vms_onvif.media import Profile

ONE = Sources({"vs_1": "vs_1", "vsc_1": "vs_1"})
TWO = Sources({"vs_1": "vs_1", "vsc_1": "vs_1", "vs_2": "vs_2", "vsc_2": "vs_2"})


def message(topic: str, data: Mapping[str, str], source: Mapping[str, str], operation: str = "Changed") -> Notification:
    return Notification(topic, operation, source, data)


@pytest.mark.parametrize(
    ("topic", "source", "data", "moving"),
    [
        ("VideoSource/MotionAlarm", {"Source": "vs_1"}, {"State": "true"}, True),
        ("VideoSource/MotionAlarm", {"VideoSource": "vs_1"}, {"State": "1"}, True),
        ("RuleEngine/CellMotionDetector/Motion", {"VideoSourceConfigurationToken": "vsc_1", "Rule": "r"}, {"IsMotion": "TRUE"}, True),
        ("RuleEngine/CellMotionDetector/Motion", {"VideoSourceConfigurationToken": "vsc_1"}, {"IsMotion": "false"}, False),
        ("RuleEngine/CellMotionDetector/Motion", {"VideoSourceConfigurationToken": "vsc_1"}, {}, False),
        ("RuleEngine/MotionRegionDetector/Motion", {"VideoSource": "vs_1"}, {"State": "true"}, True),
        ("CameraApplicationPlatform/VMD/Camera1Profile1", {}, {"active": "1"}, True),
        ("RuleEngine/VMD3/vmd3_video_1", {}, {"active": "0"}, False),
        ("", {"VideoSourceConfigurationToken": "vsc_1"}, {"IsMotion": "true"}, True),
    ],
)  # fmt: skip
def test_quirk_17_what_makers_call_motion_is_one_thing(
    topic: str, source: dict[str, str], data: dict[str, str], moving: bool
) -> None:
    assert read_motion(message(topic, data, source), ONE) == Motion("vs_1", moving)


@pytest.mark.parametrize(
    ("topic", "data"),
    [
        ("Device/Trigger/DigitalInput", {"LogicalState": "true"}),
        ("VideoSource/ImageTooDark/ImagingService", {"State": "true"}),
        ("RuleEngine/TamperDetector/Tamper", {"IsTamper": "true"}),
        ("", {"State": "true"}),
        ("", {}),
    ],
)
def test_what_is_no_motion_says_nothing_about_it(topic: str, data: dict[str, str]) -> None:
    assert read_motion(message(topic, data, {}), ONE) is None


def test_a_device_of_several_channels_must_say_which_moves() -> None:
    told = {"IsMotion": "true"}
    assert read_motion(message("x/Motion", told, {}), TWO) is None
    assert read_motion(message("x/Motion", told, {"Source": "unknown"}), TWO) is None
    assert read_motion(message("x/Motion", told, {"Source": "vsc_2"}), TWO) == Motion("vs_2", moving=True)
    assert read_motion(message("x/Motion", told, {"Source": "any"}), Sources()) == Motion("any", moving=True)


def test_what_is_deleted_does_not_move() -> None:
    assert read_motion(message("x/Motion", {"State": "true"}, {}, "Deleted"), ONE) == Motion("vs_1", moving=False)


def test_sources_come_from_the_profiles() -> None:
    profiles = [Profile("p", source="vs_1", source_configuration="vsc_1"), Profile("q")]
    assert Sources.of(profiles).channels == {"vs_1": "vs_1", "vsc_1": "vs_1"}


def heard(states: MotionStates, moving: bool, now_s: float, operation: str = "Changed") -> Motion | None:
    return states.heard(Motion("c", moving), operation, now_s)


def test_only_changes_are_told() -> None:
    states = MotionStates()
    assert heard(states, False, 0.0) is None
    assert heard(states, True, 1.0) == Motion("c", moving=True)
    assert heard(states, True, 2.0) is None
    assert heard(states, False, 3.0) == Motion("c", moving=False)
    assert heard(states, False, 4.0) is None


def test_quirk_17_a_state_that_sticks_ends_and_is_not_believed_again_before_something_happens() -> None:
    states = MotionStates(stuck_after_s=100.0)
    heard(states, True, 0.0)
    heard(states, True, 50.0)
    assert list(states.expired(149.0)) == []
    assert list(states.expired(150.0)) == [Motion("c", moving=False)]
    assert heard(states, True, 151.0, "Initialized") is None
    assert heard(states, True, 152.0) == Motion("c", moving=True)


def test_when_nobody_tells_us_any_more_nothing_is_known_to_move() -> None:
    states = MotionStates()
    heard(states, True, 0.0)
    assert list(states.lost()) == [Motion("c", moving=False)]
    assert list(states.lost()) == []


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.booleans(), st.sampled_from(["Changed", "Initialized"]), st.floats(0, 100))
    )
)
def test_ends_follow_beginnings_whatever_a_device_tells(messages: list[tuple[str, bool, str, float]]) -> None:
    states = MotionStates(stuck_after_s=60.0)
    moving = {"a": False, "b": False}
    now_s = 0.0
    for channel, told, operation, later_s in messages:
        now_s += later_s
        for ended in states.expired(now_s):
            assert moving[ended.channel]
            moving[ended.channel] = False
        change = states.heard(Motion(channel, told), operation, now_s)
        if change is not None:
            assert moving[channel] is not change.moving
            moving[channel] = change.moving


def pulled(inside: str) -> etree._Element:
    return parse(
        '<r xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" xmlns:tt="http://www.onvif.org/ver10/schema">'
        f"{inside}</r>".encode()
    )


TOLD = (
    "<wsnt:NotificationMessage>{}<wsnt:Message><tt:Message UtcTime='2026-11-25T00:00:00Z' PropertyOperation='Changed'>"
    "<tt:Source><tt:SimpleItem Name='Source' Value='vs_1'/></tt:Source><tt:Key/>"
    "<tt:Data><tt:SimpleItem Name='State' Value='true'/></tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>"
)


@pytest.mark.parametrize(
    "topic",
    [
        '<wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">tns1:VideoSource/MotionAlarm</wsnt:Topic>',
        "<wsnt:Topic>\n  ns7:VideoSource/MotionAlarm\n</wsnt:Topic>",
        "<Topic>tns1:VideoSource/tnsmaker:MotionAlarm</Topic>",
        "<wsnt:Topic>VideoSource/MotionAlarm</wsnt:Topic>",
    ],
)
def test_quirk_10_a_topic_is_found_however_it_is_written(topic: str) -> None:
    (notification,) = read_notifications(pulled(TOLD.format(topic)))
    assert notification.topic == "VideoSource/MotionAlarm"
    assert (notification.source, notification.data) == ({"Source": "vs_1"}, {"State": "true"})


def test_a_lost_topic_and_an_empty_message_do_no_harm() -> None:
    assert read_notifications(pulled(TOLD.format("")))[0].topic == ""
    assert read_notifications(pulled("<wsnt:NotificationMessage/>")) == [Notification("")]
    assert read_notifications(pulled("")) == []


def test_a_flood_of_messages_is_cut() -> None:
    assert len(read_notifications(pulled("<wsnt:NotificationMessage/>" * (MOST_MESSAGES + 5)))) == MOST_MESSAGES


@given(st.integers(0, 500), st.binary(min_size=1, max_size=12))
def test_a_damaged_message_makes_nothing_fail(place: int, damage: bytes) -> None:
    whole = etree.tostring(pulled(TOLD.format("<wsnt:Topic>tns1:VideoSource/MotionAlarm</wsnt:Topic>")))
    try:
        root = parse(whole[:place] + damage + whole[place + len(damage) :])
    except OnvifFault:
        return
    for notification in read_notifications(root):
        read_motion(notification, ONE)
