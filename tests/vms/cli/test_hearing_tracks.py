"""What the bench of hearings makes of what was received: it must find what is late, apart or missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.rtcp import Sent, goodbye, sender_report
from streams.simulate.audio import make_loop
from streams.simulate.heard import Frame
from streams.types.media import Codec
from vms.cli.bench.hearing_tracks import Clock, Moment, PictureTrack, SoundTrack, Unwrapped, lip_sync_ms, reports_in

AT_NS = 1_760_000_000_250_000_000


@given(st.integers(0, 2**32 - 1), st.integers(-(10**6), 10**6))
def test_a_sender_report_says_when_a_timestamp_is_played(timestamp: int, later: int) -> None:
    packet = sender_report(Sent(7, timestamp, 1, 1), AT_NS) + sender_report(Sent(8, 5, 1, 1), AT_NS) + goodbye(7)
    found = dict(reports_in(packet))
    assert set(found) == {7, 8}
    played_s = found[7].utc_of((timestamp + later) % 2**32, 90_000)
    assert played_s == pytest.approx(AT_NS / 1e9 + later / 90_000, abs=1e-5)


@given(st.binary(max_size=60))
def test_whatever_comes_as_a_report_is_read_to_its_end(junk: bytes) -> None:
    list(reports_in(junk))


@given(st.lists(st.integers(-(2**30), 2**30), max_size=20), st.integers(0, 2**32 - 1))
def test_timestamps_go_on_over_their_end(steps: list[int], first: int) -> None:
    line, true = Unwrapped(), first
    line.next(first)
    for step in steps:
        true += step
        assert line.next(true % 2**32) == true


def test_pictures_that_never_came_are_counted() -> None:
    steady = [n * 6000 for n in range(60)]
    assert PictureTrack(pictures=steady).missing() == 0
    assert PictureTrack(pictures=[at + n % 3 * 90 for n, at in enumerate(steady)]).missing() == 0, "a jitter is no loss"
    assert PictureTrack(pictures=steady[:20] + steady[23:40] + steady[41:]).missing() == 4
    assert PictureTrack().missing() == 0


def sound(late_ms: int) -> SoundTrack:
    loop = make_loop(Codec.PCMA)
    start = 1_760_000_000 * 8000 + 8 * late_ms
    frames = [Frame(start + n * loop.frame_samples, data) for n, data in enumerate(loop.payloads)]
    return SoundTrack(Codec.PCMA, 8000, clock=Clock(1_760_000_000.0, 1_760_000_000 * 8000 % 2**32), frames=frames)


@pytest.mark.parametrize("late_ms", [-120, 0, 45])
def test_sound_that_is_late_is_late_by_as_much_beside_the_picture(late_ms: int) -> None:
    heard = list(sound(late_ms).moments())
    assert len(heard) >= 6
    pictures = [Moment(1_760_000_000 + n * 0.7, 10.0) for n in range(12)]
    apart = lip_sync_ms(heard, pictures)
    assert len(apart) > len(heard)
    assert all(abs(one - (late_ms - 10)) <= 1.5 for one in apart)


def test_a_beep_is_compared_with_pictures_near_it_alone() -> None:
    assert lip_sync_ms([Moment(100, 0)], [Moment(102, 0), Moment(101.4, -3), Moment(98.4, 9)]) == [3.0]


def test_sound_that_never_came_is_counted() -> None:
    track = sound(0)
    del track.frames[10:12]
    assert track.missing_ms() == pytest.approx(2 * 320 / 8)
