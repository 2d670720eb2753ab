"""Whole: against aiortc and against a real browser, neither of which we wrote."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from aiortc import RTCPeerConnection, RTCSessionDescription

from fakes.browser import chromium
from fakes.imprints import stamp
from fakes.pictures import coded_loop, play
from streams.hub import Hub
from streams.relay import OfferRefused, Relay, RelayLimits
from streams.relay.transport import State
from streams.types.bus import RefusalCode
from streams.types.imprint import Stamp

ADDRESSES = ("127.0.0.1",)


@asynccontextmanager
async def playing(limits: RelayLimits | None = None):
    hub = Hub()
    loop = coded_loop()
    relay = await Relay.open("127.0.0.1", limits=limits)
    async with asyncio.TaskGroup() as group:
        player = group.create_task(play(hub, loop))
        try:
            yield relay, hub
        finally:
            player.cancel()
            await relay.close()


async def watch(
    relay: Relay, hub: Hub, view_id: str, closed: asyncio.Queue, imprint: Stamp | None = None
) -> RTCPeerConnection:
    peer = RTCPeerConnection()
    peer.addTransceiver("video", direction="recvonly")
    await peer.setLocalDescription(await peer.createOffer())
    try:
        answer = relay.open_view(
            view_id,
            peer.localDescription.sdp,
            hub,
            addresses=ADDRESSES,
            on_closed=lambda *ended: closed.put_nowait(ended),
            stamp=imprint,
        )
    except OfferRefused:
        await peer.close()
        raise
    await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    return peer


async def test_aiortc_decodes_imprinted_pictures_and_leaving_ends_the_view():
    closed: asyncio.Queue = asyncio.Queue()
    async with playing() as (relay, hub):
        peer = await watch(relay, hub, "view", closed, stamp())
        frames = [await asyncio.wait_for(peer.getReceivers()[0].track.recv(), 15) for _ in range(20)]
        assert {(frame.width, frame.height) for frame in frames} == {(320, 180)}
        (view,) = relay.views()
        assert view.state is State.CONNECTED
        await peer.close()
        assert (await asyncio.wait_for(closed.get(), 5))[0] == "view"
        assert relay.views() == ()
        assert hub.reader_count == 0


async def test_a_view_that_is_closed_stops_at_once_and_does_not_call_back():
    closed: asyncio.Queue = asyncio.Queue()
    async with playing() as (relay, hub):
        peer = await watch(relay, hub, "view", closed)
        await asyncio.wait_for(peer.getReceivers()[0].track.recv(), 15)
        relay.close_view("view", "right taken away")
        relay.close_view("view", "twice is harmless")
        assert relay.views() == ()
        assert hub.reader_count == 0
        assert closed.empty()
        await peer.close()


async def test_a_full_worker_refuses_and_an_empty_camera_has_no_picture():
    closed: asyncio.Queue = asyncio.Queue()
    async with playing(RelayLimits(max_views=0)) as (relay, hub):
        with pytest.raises(OfferRefused) as refused:
            await watch(relay, hub, "view", closed)
        assert refused.value.code is RefusalCode.FULL
    async with playing() as (relay, _hub):
        with pytest.raises(OfferRefused) as refused:
            await watch(relay, Hub(), "view", closed)
        assert refused.value.code is RefusalCode.NO_PICTURE


async def test_a_peer_with_another_certificate_than_it_offered_gets_nothing():
    closed: asyncio.Queue = asyncio.Queue()
    async with playing() as (relay, hub):
        peer = RTCPeerConnection()
        peer.addTransceiver("video", direction="recvonly")
        await peer.setLocalDescription(await peer.createOffer())
        lines = peer.localDescription.sdp.splitlines()
        forged = [
            line if "fingerprint" not in line else "a=fingerprint:sha-256 " + ":".join(["00"] * 32) for line in lines
        ]
        answer = relay.open_view(
            "view", "\r\n".join(forged) + "\r\n", hub, addresses=ADDRESSES, on_closed=lambda *e: closed.put_nowait(e)
        )
        await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        assert "certificate" in (await asyncio.wait_for(closed.get(), 15))[1]
        assert hub.reader_count == 0
        await peer.close()


PAGE = """async (answerFor) => {
  const pc = window.pc = new RTCPeerConnection();
  pc.addTransceiver('video', {direction: 'recvonly'});
  const video = document.createElement('video');
  video.muted = true; video.autoplay = true; document.body.append(video);
  pc.ontrack = event => { video.srcObject = new MediaStream([event.track]); };
  await pc.setLocalDescription(await pc.createOffer());
  const began = performance.now();
  await pc.setRemoteDescription({type: 'answer', sdp: await window.answerFor(pc.localDescription.sdp)});
  const seen = [];
  await new Promise((done, fail) => {
    setTimeout(() => fail(new Error('no picture: ' + pc.connectionState)), 10000);
    const next = (now, meta) => {
      seen.push({at: performance.now() - began, rtp: meta.rtpTimestamp, wall: Date.now()});
      if (seen.length < 40) video.requestVideoFrameCallback(next); else done();
    };
    video.requestVideoFrameCallback(next);
  });
  return {seen, width: video.videoWidth};
}"""


async def test_chromium_shows_an_imprinted_picture_within_a_second_and_reads_its_capture_time_from_it():
    closed: asyncio.Queue = asyncio.Queue()
    async with playing() as (relay, hub), chromium() as browser:
        page = await browser.new_page()

        async def answer(offer: str) -> str:
            return relay.open_view(
                "view",
                offer,
                hub,
                addresses=ADDRESSES,
                on_closed=lambda *ended: closed.put_nowait(ended),
                stamp=stamp(),
            )

        await page.expose_function("answerFor", answer)
        result = await page.evaluate(PAGE)
        assert result["width"] == 320
        assert result["seen"][0]["at"] < 1000
        ages = [((frame["wall"] * 90 - frame["rtp"]) & 0xFFFFFFFF) / 90 for frame in result["seen"][20:]]
        assert max(ages) < 500, ages
        (view,) = relay.views()
        assert view.slots[0].dropped_pictures == 0
        await page.evaluate("window.pc.close()")
        assert (await asyncio.wait_for(closed.get(), 5))[0] == "view"


async def test_unauthenticated_datagrams_are_never_answered():
    async with playing() as (relay, _hub):
        loop = asyncio.get_running_loop()
        heard: list[bytes] = []

        class Ears(asyncio.DatagramProtocol):
            def datagram_received(self, data, addr):
                heard.append(data)

        transport, _ = await loop.create_datagram_endpoint(Ears, remote_addr=("127.0.0.1", relay.port))
        for junk in (
            b"\x00\x01\x00\x00" + bytes(16),
            b"\x16\xfe\xfd" + bytes(60),
            b"\x80\xc8" + bytes(40),
            b"",
            b"\x00",
        ):
            transport.sendto(junk)
        for _turn in range(50):  # loopback delivers at once; the loop only has to come round
            await asyncio.sleep(0)
        transport.close()
        assert heard == []
