"""Over links as the mountains have them, received and decoded by aiortc, which asks for what it misses."""

import asyncio
import time
from contextlib import asynccontextmanager

from aiortc import RTCPeerConnection, RTCSessionDescription

from fakes.pictures import FPS, coded_loop, play
from fakes.thin_link import Link, ThinLink
from streams.hub import Hub
from streams.relay import Relay, Rung
from streams.types.media import AccessUnit

ADDRESSES = ("127.0.0.1",)


class Ages:
    """aiortc counts pts from the first picture that it put together: the first of the cached ones, or a later one, which makes ages larger."""

    def __init__(self, first: AccessUnit) -> None:
        self._first_ns = first.capture_ns

    def age_s(self, frame) -> float:
        return (time.time_ns() - self._first_ns) / 1e9 - frame.pts / 90_000


@asynccontextmanager
async def watching(main: Hub, sub: Hub | None, down: Link, up: Link):
    """(relay, link, peer, ages) with one view of `main` over the link."""
    relay = await Relay.open("127.0.0.1")
    peer = RTCPeerConnection()
    async with ThinLink(relay.port, down, up) as link:
        peer.addTransceiver("video", direction="recvonly")
        await peer.setLocalDescription(await peer.createOffer())
        ages = Ages(main.cached()[0])
        answer = relay.open_view(
            "view", peer.localDescription.sdp, main, addresses=ADDRESSES, on_closed=lambda *_: None, cheaper=sub
        )
        await peer.setRemoteDescription(RTCSessionDescription(link.answer(answer), "answer"))
        try:
            yield relay, link, peer, ages
        finally:
            await peer.close()
            await relay.close()


async def test_with_two_percent_loss_and_80_ms_round_trip_pictures_stay_whole_and_the_delay_bounded():
    hub = Hub()
    async with asyncio.TaskGroup() as group:
        player = group.create_task(play(hub, coded_loop(4, 640, 360)))
        way = Link(delay_s=0.04, loss_share=0.02)
        async with watching(hub, None, way, way) as (relay, link, peer, ages):
            track = peer.getReceivers()[0].track
            began_s, frames = time.monotonic(), []
            while time.monotonic() - began_s < 8:
                frame = await asyncio.wait_for(track.recv(), 5)
                frames.append((time.monotonic() - began_s, ages.age_s(frame), frame.pts))
            (view,) = relay.views()
            assert link.to_viewer.dropped > 5, "nothing was lost: the test tests nothing"
            assert view.slots[0].resent > 0
            steady = [frame for frame in frames if frame[0] > 3]
            took_s = steady[-1][0] - steady[0][0]
            # Some pictures wait for what was sent again; none is given up, and nothing piles up.
            assert len(steady) > 0.9 * took_s * FPS
            stamps = [pts for _, _, pts in steady]
            assert stamps == sorted(stamps)
            # The link may have lost the first pictures, and with them the zero of aiortc's clock: the best age is what the link itself costs.
            best_s = min(age for _, age, _ in frames)
            # aiortc asks once for what it misses: where that is lost too, it waits until its buffer is full, and then for a keyframe.
            assert max(age for _, age, _ in steady) - best_s < 2.0
            assert sorted(age for _, age, _ in steady)[len(steady) // 2] - best_s < 0.4
            assert view.rung is Rung.FULL, "two percent are mended, not fled from"
        player.cancel()


async def test_a_main_stream_that_a_thin_link_does_not_carry_gives_way_to_the_sub_stream_without_drowning_it():
    main, sub = Hub("main"), Hub("sub")
    big, small = coded_loop(2, 1280, 720), coded_loop(2, 320, 180)
    rate_bps = 8 * sum(unit.size_bytes for unit in big) * FPS // len(big)
    small_bps = 8 * sum(unit.size_bytes for unit in small) * FPS // len(small)
    capacity_bps = (rate_bps + small_bps) // 2
    assert small_bps < 0.6 * capacity_bps
    async with asyncio.TaskGroup() as group:
        players = [group.create_task(play(main, big)), group.create_task(play(sub, small))]
        down = Link(delay_s=0.04, rate_bps=capacity_bps, queue_bytes=capacity_bps // 8 // 3)
        async with watching(main, sub, down, Link(delay_s=0.04)) as (relay, _link, peer, ages):
            told: list[Rung] = []
            relay.on_rung = lambda info: told.append(info.rung)
            track = peer.getReceivers()[0].track
            began_s, frames, best_s = time.monotonic(), [], 3600.0
            # How long it may take is the machine's affair (it also decodes); that the sub stream comes, and in time, is ours.
            while time.monotonic() - began_s < 40 and len(frames) < 120:
                frame = await asyncio.wait_for(track.recv(), 8)
                best_s = min(best_s, ages.age_s(frame))
                if frame.width == 320:
                    frames.append(ages.age_s(frame))
            assert told[0] in (Rung.CHEAPER, Rung.KEYFRAMES)
            assert len(frames) >= 120, f"the sub stream did not come: {told}"
            # What was queued while the link was asked too much is caught up with; then nothing piles up.
            # The link may have lost the first pictures, and with them the zero of aiortc's clock: the best age is what the link itself costs.
            assert max(frames[-30:]) - best_s < 0.7
        for player in players:
            player.cancel()
