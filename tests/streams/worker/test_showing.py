"""What a browser gets that cannot decode what it asked for."""

from dataclasses import dataclass, field

import pytest

from streams.hub import Hub
from streams.relay import OfferRefused, Relay
from streams.types.bus import RefusalCode, Refused, Shown
from streams.types.gate import Audience
from streams.types.media import Codec, Fanout, StreamKind, Track
from streams.worker.desk import Desk


def hub(codec: Codec) -> Hub:
    made = Hub(codec.value)
    made.on_tracks((Track(codec, 90_000),))
    return made


@dataclass
class OneCamera:
    source: Hub
    h264: Hub | None
    held: list[str] = field(default_factory=list)

    async def stream(self, kind: StreamKind, hold: str, audience: Audience) -> Fanout:
        self.held.append(hold)
        return self.source

    async def as_h264(self, hold: str) -> Fanout:
        if self.h264 is None:
            raise Refused(RefusalCode.CODEC, "every slot for transcoding is taken")
        return self.h264

    def shows(self, audience: Audience) -> bool:
        return True

    def release(self, hold: str) -> None:
        self.held.remove(hold)

    def cheaper(self, fanout: Fanout) -> Fanout | None:
        return None

    def shown(self, fanout: Fanout) -> Shown:
        return Shown.TRANSCODED if fanout is self.h264 else Shown.MAIN


@dataclass(frozen=True)
class Wish:
    view_id: str = "view-1"
    camera_id: str = "camera-1"
    kind: StreamKind = StreamKind.MAIN
    audience: Audience = Audience.ANYONE


async def desk_with(camera: OneCamera) -> Desk:
    async def nothing(*_: object) -> bytes:
        return b""

    return Desk(await Relay.open("127.0.0.1"), lambda _id: camera, nothing, nothing)  # type: ignore[arg-type]


def only(codec: Codec):
    """A browser that takes this codec alone."""

    def show(fanout: Fanout, _cheaper: Fanout | None) -> Fanout:
        if fanout.tracks[0].codec is not codec:
            raise OfferRefused(RefusalCode.CODEC, "no")
        return fanout

    return show


async def test_a_browser_without_h265_is_shown_h264() -> None:
    camera = OneCamera(hub(Codec.H265), hub(Codec.H264))
    desk = await desk_with(camera)
    shown, pictures, fanout = await desk.showing(Wish(), only(Codec.H264))
    assert shown is fanout is camera.h264
    assert pictures.shown(fanout) is Shown.TRANSCODED
    assert camera.held == ["view-1"]
    await desk._relay.close()


async def test_a_browser_with_h265_is_shown_what_the_camera_sends() -> None:
    camera = OneCamera(hub(Codec.H265), None)
    desk = await desk_with(camera)
    shown, _, _ = await desk.showing(Wish(), only(Codec.H265))
    assert shown is camera.source
    await desk._relay.close()


@pytest.mark.parametrize(("source", "h264"), [(Codec.H265, None), (Codec.H264, None), (Codec.H265, hub(Codec.H265))])
async def test_when_nothing_fits_the_view_is_refused_and_nothing_is_held(source: Codec, h264: Hub | None) -> None:
    camera = OneCamera(hub(source), h264)
    desk = await desk_with(camera)
    takes = Codec.H264 if source is Codec.H265 else Codec.H265
    with pytest.raises(Refused) as refused:
        await desk.showing(Wish(), only(takes))
    assert refused.value.code is RefusalCode.CODEC
    assert camera.held == []
    await desk._relay.close()
