"""What a camera's own card has of a gap, as segments: a sink for its replay. On the event loop; the volume's thread writes.

Only pictures within the gap: the first is a keyframe, so that at most one GOP at its beginning stays missing, and none that exists
already is written twice.
"""

from collections.abc import Iterable
from dataclasses import replace

from streams.record.cutter import CutRules, Cutter, Opening
from streams.record.orders import Begin, End, Link, Order, Piece
from streams.record.volume import Volume
from streams.rtsp.replay import ReplayOver
from streams.types.camera import FaultKind, SourceFault
from streams.types.media import AccessUnit, StreamKind, Track
from streams.types.recording import Backfill, SegmentEnd


class Filling:
    """`media.Sink`. Ends the replay by a `SourceFault` out of `on_unit`. Call `close` when it has ended, whyever."""

    def __init__(
        self, wanted: Backfill, volume: Volume, *, clock_offset_ms: int, rules: CutRules | None = None
    ) -> None:
        self._volume = volume
        self._from_ns, self._to_ns = wanted.from_ms * 1_000_000, wanted.to_ms * 1_000_000
        self._tracks: tuple[Track, ...] = ()
        self._cutter = Cutter(
            wanted.camera_id,
            StreamKind.MAIN,
            tracks=lambda: self._tracks,
            opening=lambda _: Opening((), clock_offset_ms),
            previous=Link(wanted.previous_path, wanted.previous_sha256, closed=True),
            rules=rules,
        )
        self.pictures = 0
        """Given to the volume."""
        self.written_to_ms = 0
        """When the last of them ends."""

    def on_tracks(self, tracks: tuple[Track, ...]) -> None:
        self._tracks = tracks

    def on_unit(self, unit: AccessUnit) -> None:
        if unit.capture_ns < self._from_ns:
            return
        if unit.capture_ns >= self._to_ns:
            if unit.codec.is_video:
                raise ReplayOver
            return
        if unit.keyframe and not self._volume.untroubled:
            raise SourceFault(FaultKind.LOST, "the volume needs all it has for what is live")
        self._carry_out(self._cutter.take(unit))

    def close(self) -> None:
        self._carry_out(self._cutter.end(SegmentEnd.RELEASED))

    def _carry_out(self, orders: Iterable[Order]) -> None:
        for order in orders:
            if isinstance(order, Begin):
                self._volume.put(replace(order, from_card=True))
            elif isinstance(order, End):
                self._end(order.link, order.end_ns, order.ended)
            elif self._volume.put(order):
                self.pictures += sum(unit.codec.is_video for unit in order.units)
            else:
                self._give_up(order)

    def _end(self, link: Link, end_ns: int, ended: SegmentEnd) -> None:
        end_ns = min(end_ns, self._to_ns)
        self.written_to_ms = end_ns // 1_000_000
        self._volume.put(End(link, end_ns, ended))

    def _give_up(self, piece: Piece) -> None:
        """The volume's queue is full: end behind what it took."""
        self._cutter.abandon()
        start_ns = piece.units[0].capture_ns
        self._end(piece.link, start_ns, SegmentEnd.DISK)
        raise SourceFault(FaultKind.LOST, "the volume does not keep up")
