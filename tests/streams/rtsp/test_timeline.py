from hypothesis import given
from hypothesis import strategies as st

from streams.rtsp.timeline import CameraClock, Timeline

S = 1_000_000_000
MS = 1_000_000
NOW = 1_800_000_000 * S
RATE = 90_000


class Stream:
    """A camera whose clock is `offset_s` ahead and whose pictures take `delay_s` to come."""

    def __init__(self, *, offset_s: float = 0.0, delay_s: float = 0.0, first: int = 5000) -> None:
        self.clock = CameraClock()
        self.line = Timeline(RATE, self.clock)
        self.offset_ns = int(offset_s * S)
        self.delay_ns = int(delay_s * S)
        self.first = first

    def stamp(self, at_s: float) -> int:
        return (self.first + round(at_s * RATE)) % (1 << 32)

    def picture(self, at_s: float, late_s: float = 0.0) -> int:
        """The capture time found, minus the true one, in ns."""
        taken_ns = NOW + int(at_s * S)
        _, capture_ns = self.line.place(self.stamp(at_s), taken_ns + self.delay_ns + int(late_s * S))
        return capture_ns - taken_ns

    def report(self, at_s: float, late_s: float = 0.0) -> None:
        sent_ns = NOW + int(at_s * S)
        self.line.report(sent_ns + self.offset_ns, self.stamp(at_s), sent_ns + int(late_s * S))


@given(offset_s=st.floats(-1e8, 1e8), first=st.integers(0, 2**32 - 1), delay_s=st.floats(0, 5))
def test_capture_is_the_true_time_whatever_the_cameras_clock_says_and_however_late_the_picture(
    offset_s, first, delay_s
):
    stream = Stream(offset_s=offset_s, first=first, delay_s=delay_s)
    stream.report(0)
    for number in range(1, 100):
        assert abs(stream.picture(number / 15)) < 2 * MS
    assert abs(stream.clock.offset_ns - stream.offset_ns) < MS


@given(age_s=st.floats(0, 20))
def test_a_burst_of_old_pictures_behind_the_first_report_is_as_old_as_it_is(age_s):
    stream = Stream(offset_s=-40, first=90_000 * 30)
    stream.report(0)
    for number in range(20):
        at_s = number / 15 - age_s
        if at_s < 0:
            taken_ns = NOW + int(at_s * S)
            _, capture_ns = stream.line.place(stream.stamp(at_s), NOW + MS)
            assert abs(capture_ns - taken_ns) < 25 * MS


def test_before_the_first_report_the_least_delayed_picture_counts_as_not_delayed():
    stream = Stream()
    errors = [stream.picture(number / 25, late_s=0.2 if number % 3 else 0.01) for number in range(100)]
    assert all(abs(error) < 15 * MS for error in errors[5:])


def test_a_late_report_does_not_disturb_the_measured_offset():
    stream = Stream(offset_s=-3)
    stream.report(0, late_s=0.3)
    stream.report(5, late_s=0.002)
    stream.report(10, late_s=0.8)
    assert abs(stream.clock.offset_ns + 3 * S) < 5 * MS


def test_a_step_of_the_cameras_clock_does_not_move_our_times():
    stream = Stream(offset_s=2)
    stream.report(0)
    stream.picture(0.1)
    stream.offset_ns -= 90 * S
    stream.report(5)
    assert abs(stream.picture(5.1)) < 2 * MS
    assert abs(stream.clock.offset_ns - stream.offset_ns) < 2 * MS


def test_timestamps_that_jump_back_go_on_growing_and_capture_stays_true():
    stream = Stream()
    stream.report(0)
    stamps = []
    for number in range(60):
        at_s = number / 15
        if number == 30:
            stream.first -= 500 * RATE
        taken_ns = NOW + int(at_s * S)
        timestamp, capture_ns = stream.line.place(stream.stamp(at_s), taken_ns)
        stamps.append(timestamp)
        assert abs(capture_ns - taken_ns) < 5 * MS
    assert stamps == sorted(set(stamps))
    assert stream.line.jumps == 1


def test_a_restart_of_the_sender_goes_on_from_where_we_were():
    stream = Stream()
    stream.report(0)
    stream.picture(1)
    stream.line.restart()
    stream.first = 77
    assert abs(stream.picture(1.1)) < 2 * MS
    stream.report(1.2)
    assert abs(stream.picture(1.3)) < 2 * MS


def test_a_report_that_has_nothing_to_do_with_the_stream_is_not_believed():
    stream = Stream()
    stream.picture(0)
    stream.line.report(NOW, (stream.first + (1 << 30)) % (1 << 32), NOW)
    assert abs(stream.picture(0.1)) < 5 * MS


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 10**10), st.booleans()), max_size=60))
def test_capture_times_grow_and_never_lie_in_the_future_of_ordered_arrivals(steps):
    line = Timeline(RATE, CameraClock())
    now_ns, last_ns = NOW, 0
    for number, (stamp, after_ns, report) in enumerate(steps):
        now_ns += after_ns + 2 * MS
        if report:
            line.report(after_ns, stamp, now_ns)
        else:
            _, capture_ns = line.place(stamp, now_ns)
            assert capture_ns > last_ns
            assert capture_ns <= now_ns + number * MS
            last_ns = capture_ns
