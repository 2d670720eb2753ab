"""Devices that store on a card of their own: what the simulated ones say, and the habits of others in words of their own."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from fakes.onvif_devices import LOGIN, onvif_device, recorder, simulated
from vms_onvif.client import Client
from vms_onvif.faults import FaultKind, OnvifFault
from vms_onvif.origin import Origin
from vms_onvif.simulate.faults import Fault
from vms_onvif.simulate.quirks import Quirk
from vms_onvif.storage import Recording, Storage, holding
from vms_onvif.stubs import Service


def hour(ago: int = 1) -> tuple[float, float]:
    now_s = time.time()
    return now_s - ago * 3600.0, now_s - ago * 3600.0 + 60.0


@pytest.mark.parametrize("quirk", [None, Quirk.WRONG_STREAM_HOST, Quirk.ONLY_MEDIA2, Quirk.CLOCK_MONTHS_OFF])
async def test_where_a_card_is_played_is_found_whatever_else_the_device_does(
    client: Client, quirk: Quirk | None
) -> None:
    device = replace(onvif_device(*([quirk] if quirk else [])), card=True)
    async with simulated(device) as simulator:
        url = await client.replay_url(simulator.xaddr(1), LOGIN, "video_source_1", hour())
    assert url == "rtsp://127.77.0.2:8554/card/cam/main"


async def test_of_a_day_that_the_card_does_not_have_there_is_no_address(client: Client) -> None:
    async with simulated(replace(onvif_device(), card=True)) as simulator:
        assert await client.replay_url(simulator.xaddr(1), LOGIN, "video_source_1", hour(ago=48)) == ""
        simulator.faults.set([1], Fault.CLOCK_SKEW, 7200.0)
        assert await client.replay_url(simulator.xaddr(1), LOGIN, "video_source_1", hour(ago=25)) == ""
        assert await client.replay_url(simulator.xaddr(1), LOGIN, "video_source_1", hour(ago=23)) != ""


async def test_a_device_without_a_card_has_no_address(client: Client) -> None:
    async with simulated(onvif_device()) as simulator:
        assert await client.replay_url(simulator.xaddr(1), LOGIN, "video_source_1", hour()) == ""


async def test_each_source_of_a_recorder_has_its_own(client: Client) -> None:
    async with simulated(recorder(4, card=True)) as simulator:
        urls = [
            await client.replay_url(simulator.xaddr(100), LOGIN, f"video_source_{place}", hour()) for place in (1, 4, 9)
        ]
    assert [url.partition("/card/")[2] for url in urls] == ["0/main", "3/main", ""]


async def test_searches_are_given_back(client: Client) -> None:
    async with simulated(replace(onvif_device(), card=True)) as simulator:
        for _ in range(12):
            assert await client.replay_url(simulator.xaddr(1), LOGIN, "video_source_1", hour())


class Odd:
    """A device that answers what it is told to; `asked` in order."""

    origin = Origin("192.0.2.1", 80)

    def __init__(self, *results: Any, refuses_end: bool = False) -> None:
        self._results = list(results)
        self._refuses_end = refuses_end
        self.asked: list[str] = []

    def call(self, service: Service, path: str, operation: str, *, secured: bool = True, **params: Any) -> Any:
        del service, path, secured, params
        self.asked.append(operation)
        if operation == "FindRecordings":
            return "search"
        if operation == "EndSearch":
            if self._refuses_end:
                raise OnvifFault(FaultKind.REFUSED, "it ended by itself")
            return None
        return self._results.pop(0) if len(self._results) > 1 else self._results[0]

    def utc_s(self) -> float:
        return 0.0

    def date_offset_s(self) -> float | None:
        return None

    def sign_at(self, clock_offset_s: float) -> None:
        del clock_offset_s


def information(token: object = "r1", **more: object) -> SimpleNamespace:
    return SimpleNamespace(RecordingToken=token, **more)


def results(state: str, *found: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(SearchState=state, RecordingInformation=list(found) or None)


def test_a_search_that_never_says_that_it_is_over_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _s: None)
    device = Odd(results("Searching", information()))
    assert [one.token for one in Storage(device, "/s", "/r").recordings()] == ["r1"]
    assert device.asked.count("GetRecordingSearchResults") == 20
    assert device.asked[-1] == "EndSearch"


def test_a_search_that_ended_by_itself_is_no_fault() -> None:
    device = Odd(results("Completed", information()), refuses_end=True)
    assert len(Storage(device, "/s", "/r").recordings()) == 1


def test_times_without_a_zone_are_utc_and_nonsense_is_no_time() -> None:
    told = results(
        "Completed",
        information("a", EarliestRecording=datetime(2026, 11, 25, 1), LatestRecording="yesterday"),
        information("b", EarliestRecording=datetime(1, 1, 1, tzinfo=UTC), Track=[SimpleNamespace(TrackType="Audio")]),
        information(None),
        information(7),
    )
    first, second = Storage(Odd(told), "/s", "/r").recordings()
    assert (first.earliest_s, first.latest_s) == (datetime(2026, 11, 25, 1, tzinfo=UTC).timestamp(), None)
    assert not second.video


def test_of_two_cards_in_turn_the_newer_and_of_two_sources_at_once_only_the_own() -> None:
    old, new = Recording("old", "x", 0.0, 100.0), Recording("new", "y", 100.0, None)
    assert holding([old, new], "ours", (50.0, 150.0)) == new
    one, two = Recording("1", "a", 0.0, None), Recording("2", "b", 0.0, None)
    assert holding([one, two], "b", (1.0, 2.0)) == two
    assert holding([one, two], "ours", (1.0, 2.0)) is None
    assert holding([replace(one, video=False)], "a", (1.0, 2.0)) is None
    assert holding([], "a", (1.0, 2.0)) is None
