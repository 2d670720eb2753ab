"""From the RTP and RTCP packets of one track to access units in a sink. No sockets, no waiting; arrival times are passed in."""

import secrets
from collections.abc import Callable
from typing import Protocol

from streams.rtsp.coded_video import CodedVideo
from streams.rtsp.h264 import h264_nals
from streams.rtsp.h265 import h265_nals
from streams.rtsp.rtcp import Reception, build_receiver_report, parse_sender_reports
from streams.rtsp.rtp import GAP, Gatherer
from streams.rtsp.sdp import Media
from streams.rtsp.sound import aac_frames, aac_framing, sound_track
from streams.rtsp.timeline import CameraClock, Timeline
from streams.types.media import AccessUnit, Codec, Sink, Track

_CNAME = "vong"


class Receiver(Protocol):
    """What a connection feeds, for either kind of track."""

    reports: "ReportKeeper"

    @property
    def track(self) -> Track: ...
    @property
    def lost(self) -> int: ...
    @property
    def received(self) -> int: ...
    @property
    def newest_ns(self) -> int: ...
    def feed(self, packets: list[bytes], arrival_ns: int) -> None: ...


class Times(Protocol):
    """Where a track's units are placed in time: `timeline.Timeline`, or what a replay says."""

    def place(self, rtp_timestamp: int, arrival_ns: int) -> tuple[int, int]: ...
    def report(self, camera_ns: int, rtp_timestamp: int, arrival_ns: int) -> None: ...
    def restart(self) -> None: ...


class ReportKeeper:
    """One track's RTCP: takes sender reports, writes receiver reports."""

    __slots__ = (
        "_before",
        "_gatherer",
        "_ntp_middle",
        "_own_ssrc",
        "_report_ns",
        "_timeline",
    )

    def __init__(self, gatherer: Gatherer, timeline: Times) -> None:
        self._gatherer = gatherer
        self._timeline = timeline
        self._own_ssrc = secrets.randbits(32)
        self._ntp_middle = 0
        self._report_ns = 0
        self._before = (0, 0)

    def take(self, packets: list[bytes], arrival_ns: int) -> None:
        for packet in packets:
            for report in parse_sender_reports(packet):
                # Before the first picture any sender may be ours; afterwards only the one that we hear.
                if self._gatherer.received and report.ssrc != self._gatherer.ssrc:
                    continue
                self._timeline.report(report.camera_ns, report.rtp_timestamp, arrival_ns)
                self._ntp_middle, self._report_ns = report.ntp_middle, arrival_ns

    def write(self, now_ns: int) -> bytes:
        """A receiver report for now; empty before the first packet."""
        gatherer = self._gatherer
        if not gatherer.received:
            return b""
        received, lost = gatherer.received - self._before[0], gatherer.lost - self._before[1]
        self._before = (gatherer.received, gatherer.lost)
        share = 256 * lost // (received + lost) if received + lost else 0
        reception = Reception(
            gatherer.ssrc, gatherer.highest_sequence, gatherer.lost, share, self._ntp_middle, now_ns - self._report_ns
        )
        return build_receiver_report(self._own_ssrc, _CNAME, reception)


class VideoReceiver:
    """H.264 or H.265. A picture with a hole is not delivered; the next one says `discontinuity`."""

    __slots__ = (
        "_announce",
        "_arrival_ns",
        "_codec",
        "_coded",
        "_discontinuity",
        "_gatherer",
        "_last_timestamp",
        "_nals",
        "_sink",
        "_timeline",
        "dropped_pictures",
        "newest_ns",
        "reports",
    )

    def __init__(
        self,
        media: Media,
        clock: CameraClock,
        sink: Sink,
        announce: Callable[[], None],
        times: Times | None = None,
    ) -> None:
        """`announce` tells the sink all tracks anew after this one's parameter sets changed."""
        assert media.codec is not None
        self._codec = media.codec
        self._nals = h264_nals if media.codec is Codec.H264 else h265_nals
        self._coded = CodedVideo(media.codec, media.clock_rate_hz)
        self._coded.offer(media.parameter_sets())
        self._coded.changed = False
        self._timeline: Times = times or Timeline(media.clock_rate_hz, clock)
        self._gatherer = Gatherer(media.payload_type, self._picture, self._restarted)
        self._sink = sink
        self._announce = announce
        self._arrival_ns = 0
        self._last_timestamp = -1
        self._discontinuity = False
        self.newest_ns = 0
        self.dropped_pictures = 0
        self.reports = ReportKeeper(self._gatherer, self._timeline)

    @property
    def track(self) -> Track:
        return self._coded.track

    @property
    def lost(self) -> int:
        return self._gatherer.lost

    @property
    def received(self) -> int:
        return self._gatherer.received

    def feed(self, packets: list[bytes], arrival_ns: int) -> None:
        self._arrival_ns = arrival_ns
        self._gatherer.feed(packets)

    def _restarted(self) -> None:
        self._timeline.restart()
        self._discontinuity = True

    def _picture(self, timestamp: int, packets: list[bytes], after_gap: bool) -> None:  # noqa: FBT001 called by position per picture
        nals, damaged = self._nals(packets)
        if after_gap and not damaged:
            damaged = not self._begins_picture(nals)
            self._discontinuity = True
        if damaged:
            self._discontinuity = True
            self.dropped_pictures += 1
            return
        picture = self._coded.picture(nals)
        if picture is None:
            return
        if timestamp == self._last_timestamp and not self._begins_picture(nals):
            # The camera marks every slice: from now on only a new timestamp ends a picture.
            self._gatherer.trust_marker = False
        self._last_timestamp = timestamp
        self._deliver(timestamp, *picture)

    def _deliver(self, rtp_timestamp: int, parts: tuple[bytes, ...], keyframe: bool) -> None:  # noqa: FBT001 as returned by picture()
        arrival_ns = self._arrival_ns
        timestamp, capture_ns = self._timeline.place(rtp_timestamp, arrival_ns)
        if self._coded.changed:
            self._coded.changed = False
            self._announce()
        discontinuity, self._discontinuity = self._discontinuity, False
        self.newest_ns = arrival_ns
        self._sink.on_unit(AccessUnit(self._codec, parts, timestamp, capture_ns, arrival_ns, keyframe, discontinuity))

    def _begins_picture(self, nals: list[bytes]) -> bool:
        """Whether the first slice is the first of its picture: first_mb_in_slice 0, or first_slice_segment_in_pic_flag."""
        for nal in nals:
            if self._codec is Codec.H264:
                if 1 <= nal[0] & 0x1F <= 5:
                    return len(nal) > 1 and nal[1] & 0x80 != 0
            elif len(nal) > 2 and (nal[0] >> 1) & 0x3F < 32:
                return nal[2] & 0x80 != 0
        return True


class SoundReceiver:
    """AAC or G.711: one unit per packet."""

    __slots__ = (
        "_arrival_ns",
        "_discontinuity",
        "_framing",
        "_gatherer",
        "_sink",
        "_timeline",
        "newest_ns",
        "reports",
        "track",
    )

    def __init__(
        self, media: Media, clock: CameraClock, sink: Sink, *, leads: bool, times: Times | None = None
    ) -> None:
        """`leads`: no video track is there to measure the camera's clock."""
        self.track = sound_track(media)
        self._framing = aac_framing(media) if media.codec is Codec.AAC else None
        self._timeline: Times = times or Timeline(media.clock_rate_hz, clock, leads=leads)
        self._gatherer = Gatherer(media.payload_type, self._packets, self._restarted)
        self._sink = sink
        self._arrival_ns = 0
        self._discontinuity = False
        self.newest_ns = 0
        self.reports = ReportKeeper(self._gatherer, self._timeline)

    @property
    def lost(self) -> int:
        return self._gatherer.lost

    @property
    def received(self) -> int:
        return self._gatherer.received

    def feed(self, packets: list[bytes], arrival_ns: int) -> None:
        self._arrival_ns = arrival_ns
        self._gatherer.feed(packets)

    def _restarted(self) -> None:
        self._timeline.restart()
        self._discontinuity = True

    def _packets(self, timestamp: int, packets: list[bytes], after_gap: bool) -> None:  # noqa: FBT001 called by position per packet
        self._discontinuity |= after_gap or GAP in packets
        payloads = [packet[12:] for packet in packets if packet]
        parts = aac_frames(payloads, self._framing) if self._framing is not None else payloads
        if not parts:
            return
        unwrapped, capture_ns = self._timeline.place(timestamp, self._arrival_ns)
        self.newest_ns = self._arrival_ns
        unit = AccessUnit(
            self.track.codec, tuple(parts), unwrapped, capture_ns, self._arrival_ns, discontinuity=self._discontinuity
        )
        self._discontinuity = False
        self._sink.on_unit(unit)
