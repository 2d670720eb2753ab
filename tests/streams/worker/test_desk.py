"""What a worker's desk says by itself, with a relay and cameras that are not there."""

import asyncio

import pytest

from streams.hub import Hub
from streams.relay import Relay
from streams.types.bus import (
    SUBJECT_KEYFRAME,
    SUBJECT_VIEW_MOVED,
    CarrierOpen,
    RefusalCode,
    Refused,
    Shown,
    SlotFill,
    ViewClose,
)
from streams.types.gate import Audience
from streams.types.media import Codec, StreamKind, Track
from streams.worker.carrier_desk import CarrierDesk
from streams.worker.desk import Desk

OFFER = "\r\n".join(
    [
        "v=0",
        "a=ice-ufrag:abcd",
        "a=ice-pwd:0123456789abcdef01234567",
        "a=fingerprint:sha-256 " + ":".join(["AB"] * 32),
        "m=video 9 UDP/TLS/RTP/SAVPF 102",
        "a=mid:0",
        "a=rtpmap:102 H264/90000",
        "a=fmtp:102 packetization-mode=1",
        "m=audio 9 UDP/TLS/RTP/SAVPF 8",
        "a=mid:sound",
        "a=rtpmap:8 PCMA/8000",
        "",
    ]
)


class Camera:
    """Two streams, nothing cached."""

    def __init__(self, camera_id: str) -> None:
        self.camera_id = camera_id
        self.hubs = {kind: Hub(kind.value) for kind in StreamKind}
        for hub in self.hubs.values():
            hub.on_tracks((Track(Codec.H264, 90_000),))
        self.holds: set[str] = set()

    async def stream(self, kind: StreamKind, hold: str, audience: Audience) -> Hub:
        self.holds.add(hold)
        return self.hubs[kind]

    def release(self, hold: str) -> None:
        self.holds.discard(hold)

    def cheaper(self, fanout: Hub) -> Hub | None:
        return self.hubs[StreamKind.SUB] if fanout is self.hubs[StreamKind.MAIN] else None

    def kind_of(self, fanout: Hub) -> StreamKind | None:
        return next((kind for kind, hub in self.hubs.items() if hub is fanout), None)

    def shown(self, fanout: Hub) -> Shown:
        return Shown(self.kind_of(fanout).value)

    def shows(self, audience: Audience) -> bool:
        return True

    def keyframe(self, audience: Audience) -> tuple:
        return ()


class Said:
    """The bus's client: what was published."""

    is_closed = False

    def __init__(self) -> None:
        self.client = self
        self.messages: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()

    async def publish(self, subject: str, body: bytes) -> None:
        self.messages.put_nowait((subject, body))


@pytest.fixture
async def relay():
    opened = await Relay.open("127.0.0.1")
    yield opened
    await opened.close()


@pytest.fixture
async def said():
    return Said()


@pytest.fixture
async def desks(relay: Relay, said: Said):
    cameras = {name: Camera(name) for name in ("camera-1", "camera-2")}
    desk = Desk(relay, cameras.get, None, None)
    carriers = CarrierDesk(desk, relay)
    await carriers.open(CarrierOpen(transport_id="wall", offer_sdp=OFFER, addresses=("127.0.0.1",)))
    telling = asyncio.create_task(desk._tell(said, "w0"))
    yield desk, carriers, cameras
    telling.cancel()


def fill(view_id: str, camera_id: str, mid: str = "0") -> SlotFill:
    return SlotFill(transport_id="wall", mid=mid, view_id=view_id, camera_id=camera_id, kind=StreamKind.MAIN)


async def test_the_view_that_a_swap_ends_is_told_of_and_holds_its_camera_no_longer(desks, said: Said):
    _desk, carriers, cameras = desks
    filled = await carriers.fill(fill("one", "camera-1"))
    assert (filled.codec, filled.shown) == (Codec.H264, "main")
    await carriers.fill(fill("two", "camera-2"))
    subject, body = await said.messages.get()
    assert subject == SUBJECT_VIEW_MOVED.format(worker_id="w0")
    assert b'"view_id":"one"' in body
    assert (cameras["camera-1"].holds, cameras["camera-2"].holds) == (set(), {"two"})


async def test_a_slot_that_is_refused_holds_nothing(desks):
    _desk, carriers, cameras = desks
    for request in (fill("one", "camera-1", mid="7"), fill("two", "camera-3")):
        with pytest.raises(Refused):
            await carriers.fill(request)
    assert cameras["camera-1"].holds == set()


async def test_sound_that_is_in_the_main_stream_alone_is_heard_beside_the_small_picture(desks):
    _desk, carriers, cameras = desks
    cameras["camera-1"].hubs[StreamKind.MAIN].on_tracks((Track(Codec.H264, 90_000), Track(Codec.PCMA, 8000)))
    small = {"transport_id": "wall", "kind": StreamKind.SUB}
    await carriers.fill(SlotFill(**small, mid="0", view_id="picture", camera_id="camera-1"))
    filled = await carriers.fill(SlotFill(**small, mid="sound", view_id="sound", camera_id="camera-1"))
    assert filled.codec is Codec.PCMA
    with pytest.raises(Refused) as refused:
        await carriers.fill(SlotFill(**small, mid="sound", view_id="silent", camera_id="camera-2"))
    assert refused.value.code is RefusalCode.NO_STREAM
    assert cameras["camera-1"].holds == {"picture", "sound"}
    assert cameras["camera-2"].holds == set()


async def test_closing_a_transport_ends_what_is_in_its_slots(desks, relay: Relay):
    desk, carriers, cameras = desks
    await carriers.fill(fill("one", "camera-1"))
    assert (await desk.close(ViewClose(view_ids=("wall",)))).closed == 1
    assert relay.views() == ()
    assert cameras["camera-1"].holds == set()


async def test_a_viewer_without_a_keyframe_lets_the_camera_be_asked_but_seldom(desks, said: Said, relay: Relay):
    _desk, carriers, cameras = desks
    await carriers.fill(fill("one", "camera-1"))
    feed = relay._feed(cameras["camera-1"].hubs[StreamKind.MAIN])
    for _ in range(5):
        relay._want_keyframe(feed)
    subject, body = await said.messages.get()
    assert (subject, body) == (SUBJECT_KEYFRAME.format(worker_id="w0"), b'{"camera_id":"camera-1","kind":"main"}')
    await asyncio.sleep(0)
    assert said.messages.empty()
