"""What a device recorded itself, on its own card (ONVIF Profile G): the search and replay services of one device. Runs on a thread.

What devices do with it: a search that never says that it is over; recordings without a beginning or an end, for as long as they
go on; a card taken from another camera, with a second recording that nothing is added to; times without a zone, which are UTC.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from vms_onvif.calls import Calls
from vms_onvif.faults import OnvifFault
from vms_onvif.stubs import Service
from vms_onvif.values import at, items, text

_KEEP_ALIVE: Final = timedelta(seconds=10)
_WAIT: Final = timedelta(seconds=2)
_MOST_ASKED: Final = 20
_MOST_RECORDINGS: Final = 256
_EMPTY_PAUSE_S: Final = 0.1
_OVER: Final = frozenset({"Completed", "Unknown"})
_SETUP: Final = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}


@dataclass(frozen=True, slots=True)
class Recording:
    """Times are the device's, UTC in seconds; None where it does not say. `source` is what made it, in the words of whoever set it up."""

    token: str
    source: str = ""
    earliest_s: float | None = None
    latest_s: float | None = None
    video: bool = True


class Storage:
    def __init__(self, calls: Calls, search: str, replay: str) -> None:
        """Paths of the two services."""
        self._calls = calls
        self._search = search
        self._replay = replay

    def recordings(self) -> list[Recording]:
        """Raises `OnvifFault`."""
        token = self._calls.call(Service.SEARCH, self._search, "FindRecordings", Scope={}, KeepAliveTime=_KEEP_ALIVE)
        search = token.strip() if isinstance(token, str) else text(token, "SearchToken")
        found: dict[str, Recording] = {}
        try:
            for _ in range(_MOST_ASKED):
                answer = self._calls.call(
                    Service.SEARCH, self._search, "GetRecordingSearchResults", SearchToken=search, WaitTime=_WAIT
                )
                results = at(answer, "ResultList") or answer
                told = [_recording(item) for item in items(at(results, "RecordingInformation"))]
                before = len(found)
                found |= {one.token: one for one in told if one.token}
                if text(results, "SearchState") in _OVER or len(found) >= _MOST_RECORDINGS:
                    break
                if len(found) == before:
                    # It says that it still looks, and answers at once with what we have already, or with nothing.
                    time.sleep(_EMPTY_PAUSE_S)
        finally:
            self._end(search)
        return list(found.values())

    def replay_uri(self, token: str) -> str:
        """As the device says it; empty when it has none. Raises `OnvifFault`."""
        answer = self._calls.call(
            Service.REPLAY, self._replay, "GetReplayUri", StreamSetup=_SETUP, RecordingToken=token
        )
        return answer.strip() if isinstance(answer, str) else text(answer, "Uri")

    def _end(self, search: str) -> None:
        """Searches are as scarce as pull points. One that has ended by itself is no fault."""
        try:
            self._calls.call(Service.SEARCH, self._search, "EndSearch", SearchToken=search)
        except OnvifFault:
            return


def holding(recordings: Iterable[Recording], source: str, span_s: tuple[float, float]) -> Recording | None:
    """The recording that may have something of a stretch (by the device's clock): that of the video source where devices name one, else
    the one that goes furthest.
    """
    possible = [one for one in recordings if one.video and _touches(one, span_s)]
    named = [one for one in possible if source and one.source == source]
    if not named and len({one.source for one in possible}) > 1 and _names_sources(possible):
        return None
    return max(named or possible, key=lambda one: one.latest_s or float("inf"), default=None)


def _names_sources(recordings: list[Recording]) -> bool:
    """Whether several sources have recordings at the same time: which one is ours is then not for us to guess."""
    ordered = sorted(recordings, key=lambda one: one.earliest_s or 0.0)
    return any((before.latest_s or float("inf")) > (after.earliest_s or 0.0) for before, after in pairwise(ordered))


def _touches(one: Recording, span_s: tuple[float, float]) -> bool:
    """What does not say when it begins or ends may have it."""
    if one.earliest_s is not None and one.earliest_s >= span_s[1]:
        return False
    return one.latest_s is None or one.latest_s > span_s[0]


def _recording(item: Any) -> Recording:
    kinds = {text(track, "TrackType") for track in items(at(item, "Track"))}
    return Recording(
        token=text(item, "RecordingToken"),
        source=text(item, "Source", "SourceId"),
        earliest_s=_utc_s(at(item, "EarliestRecording")),
        latest_s=_utc_s(at(item, "LatestRecording")),
        video=not kinds or "Video" in kinds,
    )


def _utc_s(said: Any) -> float | None:
    if not isinstance(said, datetime):
        return None
    try:
        return (said if said.tzinfo is not None else said.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
