"""Motion as devices word it: topics, items, and what is left out (quirks 10 and 17). Pure."""

from typing import Final

from vms_onvif.simulate.profiles import source_token
from vms_onvif.simulate.quirks import Quirk
from vms_onvif.simulate.soap import TNS1, x

CELL_MOTION: Final = "RuleEngine/CellMotionDetector/Motion"
MOTION_ALARM: Final = "VideoSource/MotionAlarm"
CONCRETE: Final = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"


def topic(quirks: frozenset[Quirk]) -> str:
    """The topic of this device's motion, below tns1."""
    return MOTION_ALARM if Quirk.MOTION_ALARM_TOPIC in quirks else CELL_MOTION


def notification(quirks: frozenset[Quirk], place: int, *, moving: bool, stamp: str, operation: str) -> str:
    """A wsnt:NotificationMessage for the channel in this place. `operation` is Initialized, Changed or Deleted."""
    return (
        f"<wsnt:NotificationMessage>{_topic(quirks)}<wsnt:Message>"
        f'<tt:Message UtcTime="{x(stamp)}" PropertyOperation="{x(operation)}">{_source(quirks, place)}'
        f"{_data(quirks, moving=moving)}</tt:Message></wsnt:Message></wsnt:NotificationMessage>"
    )


def description(quirks: frozenset[Quirk]) -> str:
    """The part of a wstop:TopicSet that tells of motion."""
    names = topic(quirks).split("/")
    item = "State" if Quirk.MOTION_ALARM_TOPIC in quirks else "IsMotion"
    inside = (
        '<tt:MessageDescription IsProperty="true"><tt:Source>'
        f'<tt:SimpleItemDescription Name="{_source_names(quirks)[0]}" Type="tt:ReferenceToken"/></tt:Source>'
        f'<tt:Data><tt:SimpleItemDescription Name="{item}" Type="xs:boolean"/></tt:Data></tt:MessageDescription>'
    )
    for depth, name in enumerate(reversed(names)):
        tag = f"tns1:{name}" if depth == len(names) - 1 else name
        mark = ' wstop:topic="true"' if depth == 0 else ""
        inside = f"<{tag}{mark}>{inside}</{tag}>"
    return inside


def _topic(quirks: frozenset[Quirk]) -> str:
    if Quirk.TOPIC_VARIANT in quirks:
        return f'<wsnt:Topic xmlns:ns7="{TNS1}">\n  ns7:{topic(quirks)}\n</wsnt:Topic>'
    return f'<wsnt:Topic Dialect="{CONCRETE}">tns1:{topic(quirks)}</wsnt:Topic>'


def _source_names(quirks: frozenset[Quirk]) -> tuple[str, ...]:
    if Quirk.MOTION_ALARM_TOPIC in quirks:
        return ("Source",)
    return ("VideoSourceConfigurationToken", "VideoAnalyticsConfigurationToken", "Rule")


def _source(quirks: frozenset[Quirk], place: int) -> str:
    values: tuple[str, ...] = (f"vsc_{place}", f"va_{place}", "MyMotionDetectorRule")
    if Quirk.MOTION_ALARM_TOPIC in quirks:
        values = (source_token(place),)
    items = "".join(
        f'<tt:SimpleItem Name="{name}" Value="{x(value)}"/>'
        for name, value in zip(_source_names(quirks), values, strict=True)
    )
    return f"<tt:Source>{items}</tt:Source>"


def _data(quirks: frozenset[Quirk], *, moving: bool) -> str:
    if Quirk.EMPTY_NO_MOTION in quirks and not moving:
        return ""
    item = "State" if Quirk.MOTION_ALARM_TOPIC in quirks else "IsMotion"
    return f'<tt:Data><tt:SimpleItem Name="{item}" Value="{"true" if moving else "false"}"/></tt:Data>'
