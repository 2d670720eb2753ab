"""One observer of a hearing, as the product's page is one: every angle and the room's sound, a transport to each worker with any of it."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from streams.relay.srtp import BadMedia
from streams.types.media import Codec
from vms.cli.bench.hearing_tracks import PictureTrack, SoundTrack, Track, reports_in
from vms.cli.bench.media_opener import MediaOpener
from vms.cli.bench.viewer import ClientIdentity, Viewer
from vms.cli.bench.wall_receivers import ssrcs
from vms.cli.client import Api
from vms.cli.faults import CannotRun

_READY_WITHIN_S: Final = 20.0
_LOOK_S: Final = 0.1
_RATES_HZ: Final = {Codec.OPUS: 48_000, Codec.PCMA: 8_000, Codec.PCMU: 8_000}


class SlotRefused(CannotRun):
    """A picture or the sound was not shown."""


class TrackViewer(Viewer):
    """Hands each packet to the track of its SSRC."""

    def __init__(self, identity: ClientIdentity, host: str) -> None:
        super().__init__(identity, host)
        self.tracks: dict[int, Track] = {}
        self._opener: MediaOpener | None = None

    @property
    def lost_packets(self) -> int:
        return sum(stream.gaps for stream in self.streams.values())

    def _count(self, datagram: bytes) -> None:
        super()._count(datagram)
        if 192 <= datagram[1] <= 223:
            self._hear(datagram)
            return
        track = self.tracks.get(int.from_bytes(datagram[8:12], "big"))
        if track is not None:
            if self._opener is None:
                self._opener = MediaOpener(self._keys())
            track.take(datagram, self._opener)

    def _hear(self, datagram: bytes) -> None:
        if self._protection is None:
            return
        try:
            packet = self._protection.open_rtcp(datagram)
        except BadMedia:
            return
        for ssrc, clock in reports_in(packet):
            if (track := self.tracks.get(ssrc)) is not None:
                track.clock = clock


@dataclass(slots=True)
class HearingObserver:
    """`cameras`: the angles of the room; `sound` is the one that has the microphone; `stream` what pictures are asked for."""

    api: Api
    cameras: Sequence[str]
    sound: str
    stream: str
    identity: ClientIdentity
    pictures: list[PictureTrack] = field(default_factory=list)
    heard: SoundTrack | None = None
    asked_s: float = 0.0
    _carriers: Mapping[str, str] = field(default_factory=dict)
    _viewers: list[TrackViewer] = field(default_factory=list)

    async def ready(self, hearing_id: str) -> None:
        """What the page knows before anybody presses Watch: which worker carries which angle. Raises `SlotRefused` when none does."""
        deadline_s = time.monotonic() + _READY_WITHIN_S
        while not self._carriers.keys() >= set(self.cameras):
            if time.monotonic() > deadline_s:
                raise SlotRefused("an angle is carried by no worker")
            angles = (await self.api.call("GET", f"/api/hearings/{hearing_id}"))["angles"]
            self._carriers = {one["camera_id"]: one["carrier"] for one in angles if one["carrier"] and one["visible"]}
            await asyncio.sleep(_LOOK_S)

    async def watch(self) -> None:
        """Open everything side by side; return when every slot is filled. Raises `ApiError`, `SlotRefused`."""
        self.asked_s = time.monotonic()
        mine: defaultdict[str, list[str]] = defaultdict(list)
        for camera_id in sorted(self.cameras, key=lambda one: one != self.sound):
            mine[self._carriers[camera_id]].append(camera_id)
        async with asyncio.TaskGroup() as group:
            for carrier, cameras in mine.items():
                group.create_task(self._carrier(carrier, cameras), name=f"observer on {carrier}")

    async def _carrier(self, carrier: str, cameras: Sequence[str]) -> None:
        """The nth sound plays in step with the nth picture: the room's angle with the microphone comes first."""
        viewer = TrackViewer(self.identity, "127.0.0.1")
        self._viewers.append(viewer)
        sounds = int(self.sound in cameras)
        answer, location = await self.api.opened(
            f"/api/carriers/{carrier}", viewer.description(len(cameras), sounds=sounds)
        )
        numbers = ssrcs(answer)
        for ssrc in numbers[: len(cameras)]:
            viewer.tracks[ssrc] = track = PictureTrack()
            self.pictures.append(track)
        viewer.start(answer)
        slots = [{"mid": str(place), "camera_id": one, "stream": self.stream} for place, one in enumerate(cameras)]
        filled: dict[str, Any] = await self.api.call("PUT", f"{location}/slots", {"slots": slots})
        refused = [slot["error"] for slot in filled["slots"] if slot["view"] is None]
        if refused:
            raise SlotRefused(str(refused[0]))
        if sounds:
            wanted = {"camera_id": self.sound, "stream": self.stream}
            view = await self.api.call("PUT", f"{location}/slots/{len(cameras)}", wanted)
            codec = Codec(view["codec"])
            self.heard = viewer.tracks[numbers[-1]] = SoundTrack(codec, _RATES_HZ[codec])

    def starts_ms(self) -> Iterator[float]:
        """From asking to the last packet of the first picture, for each angle; infinite for one that never came."""
        for track in self.pictures:
            yield float("inf") if track.first_s is None else (track.first_s - self.asked_s) * 1000

    @property
    def sound_start_ms(self) -> float:
        """From asking to the first packet of sound; infinite when none came."""
        if self.heard is None or self.heard.first_s is None:
            return float("inf")
        return (self.heard.first_s - self.asked_s) * 1000

    @property
    def complete(self) -> bool:
        """Whether every angle and the sound have begun."""
        tracks: list[Track | None] = [self.heard, *self.pictures]
        return len(tracks) > len(self.cameras) and all(track and track.first_s is not None for track in tracks)

    @property
    def lost_sound_ms(self) -> float:
        return self.heard.missing_ms() if self.heard is not None else 0.0

    @property
    def lost_packets(self) -> int:
        return sum(viewer.lost_packets for viewer in self._viewers)

    def close(self) -> None:
        for viewer in self._viewers:
            viewer.close()
