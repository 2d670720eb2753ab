"""What a simulated camera has on its card, read through the source of replays: times by our clock, strips right, an end that is known."""

import time
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.simulated import LOGIN, NUMBER, StripReader, one_camera
from streams.contract import Timeouts
from streams.rtsp.faults import BadBytes
from streams.rtsp.replay import ReplaySource, StampedTimes, Stretch, stamp_of
from streams.simulate.card import BEGIN, CLEAN, END, TERMINAL, Card, Piece, asked_range, extension, pieces
from streams.simulate.faults import Fault
from streams.simulate.sender import Unit
from streams.simulate.stream import PictureStream
from streams.simulate.timeline import Grid
from streams.types.camera import FaultKind, SourceFault, StreamSpec
from streams.types.media import AccessUnit, StreamKind, Track

S = 1_000_000_000
PATIENT = Timeouts(connect_s=10.0, response_s=30.0, stall_s=10.0, close_s=0.5)


class Seen:
    def __init__(self) -> None:
        self.units: list[AccessUnit] = []
        self.strips = StripReader()

    def on_tracks(self, tracks: tuple[Track, ...]) -> None:
        del tracks

    def on_unit(self, unit: AccessUnit) -> None:
        self.units.append(unit)
        self.strips.deliver(unit)

    @property
    def pictures(self) -> list[AccessUnit]:
        return [unit for unit in self.units if unit.codec.is_video]


def replay(url: str, stretch: Stretch) -> ReplaySource:
    return ReplaySource(StreamSpec(kind=StreamKind.MAIN, url=url), LOGIN, PATIENT, time.time_ns, stretch)


def card_url(url: str) -> str:
    return url.replace("/main", "/card/main")


async def test_a_past_stretch_comes_with_the_times_of_our_clock_although_the_cameras_is_wrong(loops: Path) -> None:
    async with one_camera(loops, 0, card=True) as (simulator, url):
        simulator.faults.set([NUMBER], Fault.CLOCK_SKEW, 3600.0)
        from_ns = time.time_ns() - 600 * S
        seen = Seen()
        await replay(card_url(url), Stretch(from_ns, from_ns + 10 * S, 3600 * S, 64 << 20)).run_once(seen)
    pictures = seen.pictures
    assert pictures[0].keyframe
    assert from_ns - 3 * S < pictures[0].capture_ns <= from_ns
    steps_ms = {round((b.capture_ns - a.capture_ns) / 1e6) for a, b in pairwise(pictures)}
    assert steps_ms <= {66, 67}
    assert 0 < from_ns + 10 * S - pictures[-1].capture_ns <= 67_000_000
    assert len(seen.strips.errors_ms) == len(pictures)
    assert max(map(abs, seen.strips.errors_ms)) <= 1
    assert len(seen.units) - len(pictures) > 140, "sound comes along"


class Taken:
    """A stream at two pictures a second with a GOP of 2 s, as far as a card looks at it."""

    def __init__(self) -> None:
        self.grid = Grid(2, 0)
        self.content = self

    def live_key(self, picture: int) -> int:
        return picture - picture % 4

    def recorded(self, picture: int) -> Unit:
        at_ns = self.grid.time_ns(picture)
        return Unit((b"x",), picture, keyframe=picture % 4 == 0, now_ns=at_ns, clock_ns=at_ns, timestamp_now=0)


def test_without_power_nothing_is_stored_and_behind_it_a_keyframe_begins() -> None:
    now_s = [1000]
    card = Card(lambda: now_s[0] * S)
    for at_s, off in ((1003, True), (1007, False)):
        now_s[0] = at_s
        card.power(off=off)
    now_s[0] = 1012
    found = list(pieces(card, cast("PictureStream", Taken()), None, (1001 * S, 1012 * S)))
    assert [(piece.unit.now_ns / S, piece.flags) for piece in found if piece.flags] == [
        (1000, CLEAN | BEGIN),
        (1002, CLEAN),
        (1002.5, END),
        (1008, CLEAN | BEGIN),
        (1010, CLEAN),
        (1011.5, END | TERMINAL),
    ]


async def test_a_camera_without_a_card_has_no_such_address(loops: Path) -> None:
    async with one_camera(loops, 0) as (_, url):
        now_ns = time.time_ns()
        with pytest.raises(SourceFault) as caught:
            await replay(card_url(url), Stretch(now_ns - 5 * S, now_ns, 0, 1 << 20)).run_once(Seen())
    assert caught.value.kind is FaultKind.NOT_FOUND


async def test_a_replay_is_read_no_faster_than_was_said(loops: Path) -> None:
    async with one_camera(loops, 0, card=True) as (_, url):
        from_ns = time.time_ns() - 600 * S
        await replay(card_url(url), Stretch(from_ns, from_ns + S, 0, 64 << 20)).run_once(Seen())
        seen, began_s = Seen(), time.monotonic()
        await replay(card_url(url), Stretch(from_ns, from_ns + 20 * S, 0, 400_000)).run_once(seen)
        size = sum(unit.size_bytes for unit in seen.units)
    # The buffers of both ends hold the first of it, so that only the rest is paced.
    assert time.monotonic() - began_s > (size - 600_000) / 400_000 / 2 > 0


def test_a_unit_without_a_time_counts_on_and_one_that_jumps_is_refused() -> None:
    times = StampedTimes(90_000, 0)
    with pytest.raises(BadBytes):
        times.place(0, 0)
    unit = Unit((b"x",), 4_294_967_000, keyframe=True, now_ns=0, clock_ns=1_790_000_000 * S, timestamp_now=0)
    packet = b"\x90\xe0\x00\x01" + unit.timestamp.to_bytes(4, "big") + b"\0\0\0\1" + extension(Piece(0, unit, CLEAN))
    times.stamp([packet])
    assert abs(times.place(4_294_967_000, 0)[1] - 1_790_000_000 * S) < 2
    assert abs(times.place(5704, 0)[1] - 1_790_000_000 * S - S * 6000 // 90_000) < 2, "over the wrap"
    with pytest.raises(BadBytes):
        times.place(2_000_000_000, 0)


@given(st.integers(0, 2_300_000_000 * S), st.integers(0, 255))
def test_the_extension_says_what_was_written_up_to_a_nanosecond(clock_ns: int, flags: int) -> None:
    unit = Unit((b"x",), 7, keyframe=True, now_ns=0, clock_ns=clock_ns, timestamp_now=0)
    said = stamp_of(b"\x90\xe0\0\1\0\0\0\7\0\0\0\1" + extension(Piece(0, unit, flags)))
    assert said is not None
    assert said[1] == flags
    assert 0 <= clock_ns - said[0] <= 1


@given(st.binary(max_size=40))
def test_no_bytes_break_the_reading_of_times(packet: bytes) -> None:
    StampedTimes(90_000, 0).stamp([packet, b"\x90" + packet])


@given(st.text(max_size=60))
def test_a_range_that_is_none_is_told_from_one(text: str) -> None:
    assert asked_range(text) is None


def test_a_range_is_read_to_the_millisecond() -> None:
    assert asked_range("clock=19700101T000001.500Z-19700101T000002Z") == (1_500_000_000, 2_000_000_000)
    assert asked_range("clock=19700101T000001Z-") == (1_000_000_000, None)
    assert asked_range("clock=19701301T000001Z-") is None
