"""Main and sub stream of every video source, chosen from the profiles. Pure; asks for addresses through a function."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from vms_onvif.media import Profile

MOST_SOURCES: Final = 256
WALL_PIXELS: Final = 1280 * 720
"""A sub stream is for tiles and for motion: larger than this it costs more than it shows."""
_USABLE: Final = ("H264", "H265")
_MOST_TRIES: Final = 4


@dataclass(frozen=True, slots=True)
class Stream:
    url: str
    profile: Profile


@dataclass(frozen=True, slots=True)
class Channel:
    """A video source with at least one stream."""

    source: str
    main: Stream
    sub: Stream | None = None
    snapshot_url: str = ""


UrlOf = Callable[[Profile], str | None]
"""The address of a profile's stream, corrected to the host that answered; None when it has none."""


def choose(profiles: Iterable[Profile], url_of: UrlOf) -> list[Channel]:
    """The channels, in the order in which the device names its sources."""
    sources: dict[str, list[Profile]] = {}
    for profile in profiles:
        sources.setdefault(profile.source, []).append(profile)
    chosen = (_channel(source, group, url_of) for source, group in list(sources.items())[:MOST_SOURCES])
    return [channel for channel in chosen if channel is not None]


def _channel(source: str, profiles: list[Profile], url_of: UrlOf) -> Channel | None:
    usable = sorted(_distinct(p for p in profiles if p.codec in _USABLE), key=_quality, reverse=True)
    # A profile is not always a stream (quirk 19); one without a known encoder still may be (quirk 4), when nothing else is.
    main = _first(usable, url_of) or _first([p for p in profiles if not p.codec], url_of)
    if main is None:
        return None
    others = (stream for p in _for_walls(usable, main.profile) if (stream := _first([p], url_of)) is not None)
    return Channel(source, main, next((stream for stream in others if stream.url != main.url), None))


def _for_walls(usable: Sequence[Profile], main: Profile) -> list[Profile]:
    """Candidates for the sub stream, best first: H.264, which every browser shows, then of wall size, then large."""
    others = [
        p
        for p in usable
        if p.token != main.token and (p.pixels < main.pixels or (p.codec == "H264" and main.codec == "H265"))
    ]
    return sorted(others, key=lambda p: (p.codec != "H264", p.pixels > WALL_PIXELS, _distance(p)))[:_MOST_TRIES]


def _distance(profile: Profile) -> int:
    """From the largest that still is wall size: up from there the smallest, down from there the largest."""
    return abs(WALL_PIXELS - profile.pixels)


def _quality(profile: Profile) -> tuple[int, float, int]:
    return profile.pixels, profile.fps, profile.bitrate_bps


def _distinct(profiles: Iterable[Profile]) -> Iterator[Profile]:
    """One profile of each encoder: several profiles over one encoder are one stream."""
    seen: set[str] = set()
    for profile in profiles:
        if not profile.encoder or profile.encoder not in seen:
            seen.add(profile.encoder)
            yield profile


def _first(profiles: Sequence[Profile], url_of: UrlOf) -> Stream | None:
    for profile in profiles[:_MOST_TRIES]:
        url = url_of(profile)
        if url is not None:
            return Stream(url, profile)
    return None
