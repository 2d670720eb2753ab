"""Motion as devices word it: topics, items, and what is left out (quirks 10 and 17). Pure."""

from dataclasses import dataclass
from typing import Final

from vms_onvif.simulate.device import MotionShape, OnvifDevice
from vms_onvif.simulate.profiles import source_token
from vms_onvif.simulate.quirks import Quirk
from vms_onvif.simulate.soap import TNS1, x

CONCRETE: Final = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"
OWN_TOPICS: Final = "http://vong.example/topics"
"""The namespace of a maker's own topics."""


@dataclass(frozen=True, slots=True)
class _Wording:
    """`topic` has a prefix wherever a name is not in its parent's namespace; `sources` are filled with the channel's place."""

    topic: str
    sources: tuple[tuple[str, str], ...]
    item: str
    words: tuple[str, str] = ("false", "true")


_WORDINGS: Final = {
    MotionShape.CELL: _Wording(
        "tns1:RuleEngine/CellMotionDetector/Motion",
        (
            ("VideoSourceConfigurationToken", "vsc_{}"),
            ("VideoAnalyticsConfigurationToken", "va_{}"),
            ("Rule", "MyMotionDetectorRule"),
        ),
        "IsMotion",
    ),
    MotionShape.ALARM: _Wording("tns1:VideoSource/MotionAlarm", (("Source", source_token("{}")),), "State"),
    MotionShape.REGION: _Wording(
        "tns1:RuleEngine/MotionRegionDetector/Motion",
        (("VideoSource", source_token("{}")), ("RuleName", "region")),
        "State",
    ),
    MotionShape.VMD: _Wording("tns1:RuleEngine/own:VMD3/own:vmd3_video_1", (("areaid", "0"),), "active", ("0", "1")),
}


def _wording(device: OnvifDevice) -> _Wording:
    return _WORDINGS[MotionShape.ALARM if Quirk.MOTION_ALARM_TOPIC in device.quirks else device.motion]


def topic(device: OnvifDevice) -> str:
    """The topic of this device's motion, without prefixes."""
    return _wording(device).topic.replace("tns1:", "").replace("own:", "")


def notification(device: OnvifDevice, place: int, *, moving: bool, stamp: str, operation: str) -> str:
    """A wsnt:NotificationMessage for the channel in this place. `operation` is Initialized, Changed or Deleted."""
    wording = _wording(device)
    sources = "".join(
        f'<tt:SimpleItem Name="{name}" Value="{x(value.format(place))}"/>' for name, value in wording.sources
    )
    data = f'<tt:Data><tt:SimpleItem Name="{wording.item}" Value="{wording.words[moving]}"/></tt:Data>'
    return (
        f"<wsnt:NotificationMessage>{_topic(device)}<wsnt:Message>"
        f'<tt:Message UtcTime="{x(stamp)}" PropertyOperation="{x(operation)}"><tt:Source>{sources}</tt:Source>'
        f"{'' if Quirk.EMPTY_NO_MOTION in device.quirks and not moving else data}"
        "</tt:Message></wsnt:Message></wsnt:NotificationMessage>"
    )


def description(device: OnvifDevice) -> str:
    """The part of a wstop:TopicSet that tells of motion."""
    wording = _wording(device)
    sources = "".join(
        f'<tt:SimpleItemDescription Name="{name}" Type="tt:ReferenceToken"/>' for name, _ in wording.sources
    )
    inside = (
        f'<tt:MessageDescription IsProperty="true"><tt:Source>{sources}</tt:Source>'
        f'<tt:Data><tt:SimpleItemDescription Name="{wording.item}" Type="xs:boolean"/></tt:Data></tt:MessageDescription>'
    )
    first, *names, last = wording.topic.split("/")
    inside = f'<{last} wstop:topic="true">{inside}</{last}>'
    for name in reversed(names):
        inside = f"<{name}>{inside}</{name}>"
    return f'<{first} xmlns:own="{OWN_TOPICS}">{inside}</{first}>'


def _topic(device: OnvifDevice) -> str:
    written = _wording(device).topic
    if Quirk.TOPIC_VARIANT in device.quirks:
        return f'<wsnt:Topic xmlns:ns7="{TNS1}" xmlns:own="{OWN_TOPICS}">\n  {written.replace("tns1:", "ns7:")}\n</wsnt:Topic>'
    return f'<wsnt:Topic Dialect="{CONCRETE}" xmlns:own="{OWN_TOPICS}">{written}</wsnt:Topic>'
