"""One transport for many cameras, against a real browser."""

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise

import pytest

from fakes.browser import chromium
from fakes.pictures import FPS, coded_loop
from streams.hub import Hub
from streams.relay import OfferRefused, Relay
from streams.types.bus import RefusalCode
from streams.types.media import Codec, Track

ADDRESSES = ("127.0.0.1",)
NEAR_MS, FAR_MS = 20, 500
SLOTS = 4

PAGE = """async (slots) => {
  const pc = window.pc = new RTCPeerConnection();
  window.seen = {};
  for (let n = 0; n < slots; n++) {
    const receiver = pc.addTransceiver('video', {direction: 'recvonly'}).receiver;
    const video = document.createElement('video');
    video.muted = true; video.autoplay = true; document.body.append(video);
    video.srcObject = new MediaStream([receiver.track]);
    const seen = window.seen[n] = [];
    const next = (now, meta) => {
      seen.push({wall: Date.now(), rtp: meta.rtpTimestamp, width: meta.width});
      video.requestVideoFrameCallback(next);
    };
    video.requestVideoFrameCallback(next);
  }
  await pc.setLocalDescription(await pc.createOffer());
  await pc.setRemoteDescription({type: 'answer', sdp: await window.answerFor(pc.localDescription.sdp)});
  return pc.getTransceivers().map(found => found.mid);
}"""

WAIT = """async ({slot, width, after}) => {
  for (let turn = 0; turn < 600; turn++) {
    const found = window.seen[slot].find(each => each.width === width && each.wall >= after);
    if (found) return found.wall;
    await new Promise(done => requestAnimationFrame(done));
  }
  return null;
}"""


async def play(hub: Hub, loop, width: int, latency_ms: int) -> None:
    """Pictures that were captured `latency_ms` before they come."""
    hub.on_tracks((Track(Codec.H264, 90_000, width_px=width, height_px=180),))
    for number in range(10**9):
        now_ns = time.time_ns()
        hub.on_unit(replace(loop[number % len(loop)], capture_ns=now_ns - latency_ms * 10**6, arrival_ns=now_ns))
        await asyncio.sleep(1 / FPS)


@asynccontextmanager
async def two_cameras():
    near, far = Hub("near"), Hub("far")
    relay = await Relay.open("127.0.0.1")
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(play(near, coded_loop(4, 320, gop=30), 320, NEAR_MS)),
            group.create_task(play(far, coded_loop(4, 352, gop=30), 352, FAR_MS)),
        ]
        try:
            yield relay, near, far
        finally:
            for task in tasks:
                task.cancel()
            await relay.close()


def age_ms(frame) -> float:
    return (((frame["wall"] * 90 - frame["rtp"]) + 2**31) % 2**32 - 2**31) / 90


async def test_chromium_shows_a_swapped_camera_within_300_ms_and_never_freezes_or_falls_behind():
    ended: list[tuple[str, str]] = []
    async with two_cameras() as (relay, near, far), chromium() as browser:
        page = await browser.new_page()

        async def answer(offer: str) -> str:
            return relay.open_carrier("wall", offer, addresses=ADDRESSES, on_closed=lambda *e: ended.append(e))

        def fill(mid: str, view_id: str, hub: Hub):
            return relay.fill("wall", mid, view_id, hub, on_closed=lambda *e: ended.append(e))

        await page.expose_function("answerFor", answer)
        mids = await page.evaluate(PAGE, SLOTS)
        assert len(mids) == SLOTS
        for number, mid in enumerate(mids[:3]):
            fill(mid, f"first-{number}", near)
        for number in range(3):
            assert await page.evaluate(WAIT, {"slot": number, "width": 320, "after": 0})
        boundary = 0
        for turn, (hub, width) in enumerate([(far, 352), (near, 320), (far, 352), (near, 320)]):
            at_ms = time.time() * 1000
            filled = fill(mids[0], f"swap-{turn}", hub)
            boundary = filled.first_rtp_timestamp
            shown_ms = await page.evaluate(WAIT, {"slot": 0, "width": width, "after": at_ms})
            assert shown_ms is not None
            assert shown_ms - at_ms < 300
        frames = await page.evaluate("window.seen[0]")
        # What the answer says of the boundary is what is on the screen.
        assert all(
            (frame["width"] == 320) == (((frame["rtp"] - boundary) & 0xFFFFFFFF) < 2**31)
            for frame in frames
            if frame["wall"] >= at_ms
        )
        await page.evaluate("new Promise(done => setTimeout(done, 1500))")
        frames, others = await page.evaluate("[window.seen[0], window.seen[1]]")
        # The far camera was 480 ms older: nothing of that stays.
        assert max(age_ms(frame) for frame in frames[-10:]) < NEAR_MS + 150
        gaps = [later["wall"] - earlier["wall"] for earlier, later in pairwise(others)]
        assert max(gaps) < 400, "swapping in one slot disturbed another"
        assert [view_id for view_id, _ in ended] == ["first-0", "swap-0", "swap-1", "swap-2"]
        relay.close_view("swap-3", "no right")
        assert {view.view_id for view in relay.views()} == {"first-1", "first-2"}
        count = len(await page.evaluate("window.seen[0]"))
        await page.evaluate("new Promise(done => setTimeout(done, 600))")
        frames, others = await page.evaluate("[window.seen[0], window.seen[1]]")
        assert len(frames) <= count + 2, "the slot went on after its right had gone"
        assert time.time() * 1000 - others[-1]["wall"] < 500, "another slot stopped with it"
        assert (await page.evaluate("window.pc.connectionState")) == "connected"


OFFER = "\r\n".join(
    [
        "v=0",
        "a=ice-ufrag:abcd",
        "a=ice-pwd:0123456789abcdef01234567",
        "a=fingerprint:sha-256 " + ":".join(["AB"] * 32),
        "m=video 9 UDP/TLS/RTP/SAVPF 102",
        "a=mid:0",
        "a=recvonly",
        "a=rtpmap:102 H264/90000",
        "a=fmtp:102 packetization-mode=1;profile-level-id=42e01f",
        "m=audio 9 UDP/TLS/RTP/SAVPF 8",
        "a=mid:1",
        "a=recvonly",
        "a=rtpmap:8 PCMA/8000",
        "",
    ]
)


@pytest.fixture
async def relay():
    opened = await Relay.open("127.0.0.1")
    yield opened
    await opened.close()


def hub_of(*codecs: Codec) -> Hub:
    hub = Hub()
    hub.on_tracks(tuple(Track(codec, 90_000 if codec.is_video else 8000) for codec in codecs))
    return hub


async def test_a_slot_refuses_what_the_browser_does_not_take_and_what_is_not_there(relay: Relay):
    ended: list[tuple[str, str]] = []

    def fill(mid: str, view_id: str, hub: Hub) -> None:
        relay.fill("wall", mid, view_id, hub, on_closed=lambda *e: ended.append(e))

    def refusal(mid: str, hub: Hub, view_id: str = "refused") -> RefusalCode:
        with pytest.raises(OfferRefused) as refused:
            fill(mid, view_id, hub)
        return refused.value.code

    relay.open_carrier("wall", OFFER, addresses=ADDRESSES, on_closed=lambda *e: ended.append(e))
    fill("0", "running", hub_of(Codec.H264))
    assert refusal("0", hub_of(Codec.H265)) is RefusalCode.CODEC
    assert refusal("0", hub_of()) is RefusalCode.NO_PICTURE
    assert refusal("1", hub_of(Codec.H264)) is RefusalCode.NO_STREAM
    assert refusal("1", hub_of(Codec.H264, Codec.PCMU)) is RefusalCode.CODEC
    assert refusal("7", hub_of(Codec.H264)) is RefusalCode.NOT_FOUND
    assert refusal("0", hub_of(Codec.H264), "running") is RefusalCode.NOT_FOUND
    # What was refused left the slot as it was.
    assert [view.view_id for view in relay.views()] == ["running"]
    assert ended == []
    fill("1", "sound", hub_of(Codec.H264, Codec.PCMA))
    relay.close_carrier("wall", "the viewer left")
    assert ended == [("running", "the viewer left"), ("sound", "the viewer left")]
    assert relay.views() == ()


async def test_an_offer_for_64_tiles_is_answered_in_a_moment(relay: Relay):
    head, section = OFFER.split("m=video", 1)
    section = "m=video" + section.split("m=audio", maxsplit=1)[0]
    codecs = "".join(f"a=rtpmap:{n} VP8/90000\r\na=rtcp-fb:{n} nack\r\na=fmtp:{n} x=1\r\n" for n in range(35, 60))
    wall = head + "".join(section.replace("a=mid:0", f"a=mid:{n}") + codecs for n in range(64))
    began_s = time.perf_counter()
    answer = relay.open_carrier("wall", wall, addresses=ADDRESSES, on_closed=lambda *_: None)
    assert answer.count("m=video") == 64
    assert answer.count("VP8") == 0
    assert time.perf_counter() - began_s < 0.25
