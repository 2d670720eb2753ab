"""What makers call motion, made into (channel, moving). Pure; time is passed in.

Topics and items differ by maker, "no motion" may come as a message without data, and states stick on true (quirk 17).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from vms_onvif.events.notifications import Notification
from vms_onvif.media import Profile

STUCK_AFTER_S: Final = 120.0
"""Motion that is not told again for this long has ended: devices that mean it tell it again."""
_VALUES: Final = ("IsMotion", "State", "active", "Active", "Motion", "LogicalState", "Value")
_SOURCES: Final = ("VideoSource", "Source", "VideoSourceToken", "VideoSourceConfigurationToken", "channel", "Channel")
_TRUE: Final = frozenset({"true", "1", "on", "yes", "active"})
_MOST_CHANNELS: Final = 256


@dataclass(frozen=True, slots=True)
class Motion:
    """`channel` is the video source's token, as in a description's channels."""

    channel: str
    moving: bool


@dataclass(frozen=True, slots=True)
class Sources:
    """How a device's tokens map to its channels: events name a source, or its configuration, or nothing at all."""

    channels: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, profiles: Iterable[Profile]) -> "Sources":
        found: dict[str, str] = {}
        for profile in profiles:
            found[profile.source] = profile.source
            found.setdefault(profile.source_configuration, profile.source)
        found.pop("", None)
        return cls(found)

    def channel(self, source: Mapping[str, str]) -> str | None:
        """None when the device has several channels and does not say which."""
        tokens = [source[name] for name in _SOURCES if source.get(name)]
        known = next((self.channels[token] for token in tokens if token in self.channels), None)
        if known is not None:
            return known
        different = set(self.channels.values())
        if len(different) == 1:
            return next(iter(different))
        return next(iter(tokens), "") if not different else None


def read_motion(notification: Notification, sources: Sources) -> Motion | None:
    """What a message says about motion, or None when it says nothing about it."""
    if not _is_motion(notification):
        return None
    channel = sources.channel(notification.source)
    if channel is None:
        return None
    said = next((notification.data[name] for name in _VALUES if name in notification.data), "")
    return Motion(channel, said.strip().lower() in _TRUE and notification.operation != "Deleted")


def _is_motion(notification: Notification) -> bool:
    names = [name.lower() for name in notification.topic.split("/")]
    if not notification.topic:  # lost: this item has no other meaning
        return "IsMotion" in notification.data
    return any("motion" in name or name.startswith("vmd") for name in names)


class MotionStates:
    """The channels of one device, and which of them move. Tells changes only; bounded."""

    def __init__(self, stuck_after_s: float = STUCK_AFTER_S) -> None:
        self._stuck_after_s = stuck_after_s
        self._moving: dict[str, float] = {}
        self._stuck: set[str] = set()

    def heard(self, motion: Motion, operation: str, now_s: float) -> Motion | None:
        """The change that a message means, if any. `now_s` is monotonic."""
        if not motion.moving:
            self._stuck.discard(motion.channel)
            return motion if self._moving.pop(motion.channel, None) is not None else None
        # After a new subscription a stuck device says true once more: that is its old state, no new motion.
        if operation == "Initialized" and (motion.channel in self._stuck or motion.channel in self._moving):
            return None
        if motion.channel not in self._moving and len(self._moving) >= _MOST_CHANNELS:
            return None
        began = motion.channel not in self._moving
        self._stuck.discard(motion.channel)
        self._moving[motion.channel] = now_s
        return motion if began else None

    def expired(self, now_s: float) -> Iterator[Motion]:
        """Ends of motion that the device did not tell."""
        for channel in [c for c, since_s in self._moving.items() if now_s - since_s >= self._stuck_after_s]:
            del self._moving[channel]
            self._stuck.add(channel)
            yield Motion(channel, moving=False)

    def lost(self) -> Iterator[Motion]:
        """Nobody tells us any more: what moved is not known to move."""
        for channel in list(self._moving):
            del self._moving[channel]
            yield Motion(channel, moving=False)
