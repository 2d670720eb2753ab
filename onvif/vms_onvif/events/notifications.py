"""Notification messages (WS-BaseNotification 1.3, ONVIF Core 9.4) out of an answer to PullMessages. Pure.

Read by local names: zeep loses the topic (its schema has mixed content in the wrong place, quirk 10), and devices give it other
prefixes, white space, or no dialect.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from vms_onvif.hostile_xml import child, children, text_of

MOST_MESSAGES: Final = 256
_MOST_ITEMS: Final = 32
_PREFIX: Final = re.compile(r"[^/|:]*:")


@dataclass(frozen=True, slots=True)
class Notification:
    """`topic` is without prefixes, as `VideoSource/MotionAlarm`; empty when it was lost. All text is hostile."""

    topic: str
    operation: str = ""
    source: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)


def read_notifications(payload: etree._Element) -> list[Notification]:
    """The first 256 messages of a PullMessagesResponse."""
    found = list(children(payload, "NotificationMessage"))[:MOST_MESSAGES]
    return [_notification(message) for message in found]


def _notification(message: etree._Element) -> Notification:
    inside = child(message, "Message", "Message")
    return Notification(
        topic=_PREFIX.sub("", text_of(child(message, "Topic"), 500)),
        operation="" if inside is None else str(inside.get("PropertyOperation", ""))[:40],
        source=_items(child(inside, "Source")),
        data=_items(child(inside, "Data")),
    )


def _items(group: etree._Element | None) -> dict[str, str]:
    if group is None:
        return {}
    items = list(children(group, "SimpleItem"))[:_MOST_ITEMS]
    return {str(item.get("Name", ""))[:100]: str(item.get("Value", ""))[:500] for item in items}
