"""RTP timestamps and sender reports into capture times on our clock.

Our clock is the authority. A camera's clock may be wrong by years and may step; what we use of it is how its wall clock relates to
its RTP timestamps. Pure: all times are passed in, UTC nanoseconds on our clock unless the name says `camera`.
"""

_NS_PER_S = 1_000_000_000
_WRAP = 1 << 32
_HALF = 1 << 31

_JUMP_BACK_NS = _NS_PER_S
_JUMP_AHEAD_NS = 3 * _NS_PER_S
_STEP_NS = 100_000_000
_BELIEVABLE_LAG_NS = 60 * _NS_PER_S
_MIN_SPACING_NS = 1_000_000
# Crystals of cameras and servers differ by up to about this much; a bound that only ever tightened would follow the wrong one.
_DRIFT_PER_NS = 10_000


class CameraClock:
    """The camera's clock minus ours. All tracks of a camera share one.

    A report's age on arrival can only make (camera time − arrival) too small, so the largest seen is the best; it is let down by
    100 ppm so that a drifting clock is followed.
    """

    __slots__ = (
        "_measured_ns",
        "offset_ns",
    )

    def __init__(self) -> None:
        self.offset_ns: int | None = None
        self._measured_ns = 0

    def measure(self, camera_ns: int, arrival_ns: int) -> None:
        sample_ns = camera_ns - arrival_ns
        if self.offset_ns is None:
            self.offset_ns = sample_ns
        else:
            drift_ns = max(0, arrival_ns - self._measured_ns) // _DRIFT_PER_NS
            self.offset_ns = max(sample_ns, self.offset_ns - drift_ns)
        self._measured_ns = arrival_ns

    def step(self, by_ns: int) -> None:
        """The camera's wall clock was set: its offset moves with it, our times do not."""
        if self.offset_ns is not None:
            self.offset_ns += by_ns


class Timeline:
    """One track's timestamps. `place` is called for every unit in order, `report` for every sender report of the track.

    Before the first report the capture time comes from arrival: the least delayed unit so far counts as not delayed at all.
    """

    __slots__ = (
        "_arrival_ns",
        "_camera",
        "_capture_ns",
        "_last",
        "_leads",
        "_least_ns",
        "_rate_hz",
        "_raw",
        "_report",
        "jumps",
    )

    def __init__(self, clock_rate_hz: int, camera: CameraClock, *, leads: bool = True) -> None:
        """Only the track that `leads` measures the camera's clock; the others use what it found."""
        self._rate_hz = clock_rate_hz
        self._camera = camera
        self._leads = leads
        self._last: int | None = None
        self._raw = 0
        self._arrival_ns = 0
        self._capture_ns = 0
        self._least_ns: int | None = None
        self._report: tuple[int, int] | None = None
        self.jumps = 0

    def place(self, rtp_timestamp: int, arrival_ns: int) -> tuple[int, int]:
        """(growing timestamp, capture time) of the unit with this 32-bit RTP timestamp."""
        timestamp = self._unwrap(rtp_timestamp, arrival_ns)
        media_ns = timestamp * _NS_PER_S // self._rate_hz
        least_ns = arrival_ns - media_ns
        known_ns = self._least_ns
        if known_ns is not None:
            elapsed_ns = arrival_ns - self._arrival_ns
            if elapsed_ns > 0:
                known_ns += elapsed_ns // _DRIFT_PER_NS
            least_ns = min(least_ns, known_ns)
        self._least_ns = least_ns
        self._arrival_ns = arrival_ns
        capture_ns = self._reported(timestamp, arrival_ns) if self._report is not None else None
        if capture_ns is None:
            capture_ns = media_ns + least_ns
        capture_ns = min(capture_ns, arrival_ns)
        # Strictly growing: two pictures with one time would be one picture to a browser.
        earliest_ns = self._capture_ns + _MIN_SPACING_NS
        self._capture_ns = capture_ns = max(earliest_ns, capture_ns)
        return timestamp, capture_ns

    def report(self, camera_ns: int, rtp_timestamp: int, arrival_ns: int) -> None:
        """A sender report said that `rtp_timestamp` was `camera_ns` on the camera's clock (RFC 3550 section 6.4.1)."""
        if self._last is None:
            # Nothing to relate it to yet; the first timestamp will be near this one.
            self._raw, self._last, self._arrival_ns = rtp_timestamp, rtp_timestamp, arrival_ns
        delta = ((rtp_timestamp - self._raw + _HALF) % _WRAP) - _HALF
        timestamp = self._last + delta
        if self._report is not None and self._leads:
            known_ns, known_timestamp = self._report
            step_ns = camera_ns - known_ns - (timestamp - known_timestamp) * _NS_PER_S // self._rate_hz
            if abs(step_ns) > _STEP_NS:
                self._camera.step(step_ns)
        self._report = (camera_ns, timestamp)
        if self._leads:
            self._camera.measure(camera_ns, arrival_ns)

    def restart(self) -> None:
        """The sender began anew (other SSRC): its next timestamp says nothing about the last."""
        self._report = None
        self._least_ns = None
        self._raw = -1

    def _unwrap(self, rtp_timestamp: int, arrival_ns: int) -> int:
        if self._last is None:
            self._raw = self._last = rtp_timestamp
            return rtp_timestamp
        elapsed_ns = max(0, arrival_ns - self._arrival_ns)
        if self._raw >= 0:
            delta = ((rtp_timestamp - self._raw + _HALF) % _WRAP) - _HALF
            delta_ns = delta * _NS_PER_S // self._rate_hz
            # A camera may begin with pictures that are older than its first report: a cached GOP, sent in one burst.
            back_ns = _JUMP_BACK_NS if self._capture_ns else _BELIEVABLE_LAG_NS
            jumped = delta_ns < -back_ns or delta_ns > elapsed_ns + _JUMP_AHEAD_NS
        else:
            delta, jumped = 0, True
        if jumped:
            # Go on from where we were; the old report and the old least delay belong to the old line.
            self.jumps += 1
            self._report = None
            self._least_ns = None
            delta = max(1, elapsed_ns * self._rate_hz // _NS_PER_S)
        self._raw = rtp_timestamp
        self._last += delta
        return self._last

    def _reported(self, timestamp: int, arrival_ns: int) -> int | None:
        if self._report is None or self._camera.offset_ns is None:
            return None
        camera_ns, reported = self._report
        capture_ns = camera_ns + (timestamp - reported) * _NS_PER_S // self._rate_hz - self._camera.offset_ns
        # A report whose timestamp has nothing to do with the stream's (seen in the field) places pictures hours away.
        return capture_ns if abs(arrival_ns - capture_ns) < _BELIEVABLE_LAG_NS else None
