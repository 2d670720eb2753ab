import asyncio
import threading
import time
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest
from aiortc import RTCPeerConnection, RTCSessionDescription
from hypothesis import given
from hypothesis import strategies as st

from fakes.pictures import coded_loop, play
from streams.hub import Hub
from streams.relay import Relay
from streams.relay.opus import FRAME_SAMPLES, OPUS_HZ, OpusCoder
from streams.relay.soundline import TOLERATED_NS, SoundLine
from streams.types.media import AccessUnit, Codec, Track

AAC_HZ, AAC_SAMPLES = 16_000, 1024
NS = 1_000_000_000
FRAME_NS = AAC_SAMPLES * NS // AAC_HZ
TONE_HZ = 1000


def aac(seconds: float) -> tuple[Track, list[bytes]]:
    """A tone that is silent in every other second."""
    encoder = av.CodecContext.create("aac", "w")
    encoder.sample_rate, encoder.layout, encoder.format = AAC_HZ, "mono", "fltp"
    encoder.time_base = Fraction(1, AAC_HZ)
    encoder.open()
    frames = []
    for number in range(int(seconds * AAC_HZ / AAC_SAMPLES)):
        at = np.arange(number * AAC_SAMPLES, (number + 1) * AAC_SAMPLES)
        loud = (at // AAC_HZ) % 2 == 0
        wave = (0.5 * np.sin(2 * np.pi * TONE_HZ * at / AAC_HZ) * loud).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(wave[None, :], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = AAC_HZ, number * AAC_SAMPLES
        frames += [bytes(packet) for packet in encoder.encode(frame)]
    return Track(Codec.AAC, AAC_HZ, 1, bytes(encoder.extradata)), frames


@given(
    st.lists(st.integers(-20_000_000, 20_000_000), min_size=2, max_size=100),
    st.integers(0, 10**18),
)
def test_sound_is_counted_by_its_samples_however_its_capture_times_jitter(jitter_ns, start_ns):
    line = SoundLine(Codec.PCMA, 8000)
    stamps = [
        line.place(b"x" * 160, 160, start_ns + number * 20_000_000 + each).rtp_timestamp
        for number, each in enumerate(jitter_ns)
    ]
    assert {later - earlier for earlier, later in pairwise(stamps)} == {160}


def test_after_a_gap_sound_is_placed_anew_by_its_capture_time():
    line = SoundLine(Codec.PCMA, 8000)
    first = line.place(b"", 160, NS)
    second = line.place(b"", 160, NS + TOLERATED_NS + 50_000_000)
    assert (first.rtp_timestamp, second.rtp_timestamp) == (8000, 8000 + 880)


def test_aac_becomes_opus_of_the_same_length_at_the_same_time():
    track, frames = aac(4)
    coder = OpusCoder(track)
    start_ns = 1_700_000_000 * NS
    coded = [
        picture
        for number, frame in enumerate(frames)
        for picture in coder.code(AccessUnit(Codec.AAC, (frame,), 0, start_ns + number * FRAME_NS, 0))
    ]
    assert abs(len(coded) * FRAME_SAMPLES / OPUS_HZ - len(frames) * AAC_SAMPLES / AAC_HZ) < 0.1
    stamps = [picture.rtp_timestamp for picture in coded]
    assert {later - earlier for earlier, later in pairwise(stamps)} == {FRAME_SAMPLES}
    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout = OPUS_HZ, "stereo"
    heard = [
        (picture.capture_ns, float(np.abs(np.asarray(frame.to_ndarray(), float)).mean()))
        for picture in coded
        for frame in decoder.decode(av.Packet(picture.payloads[0]))
    ]
    loudest = max(level for _, level in heard)
    begins = [
        at_ns for (at_ns, level), (_, before) in zip(heard[1:], heard, strict=False) if level > loudest / 3 > before
    ]
    # The encoder of the test itself delays by one frame; what counts is that nothing else moves.
    late_ms = [(at_ns - start_ns - FRAME_NS - 2 * NS) / 1e6 for at_ns in begins[-1:]]
    assert late_ms
    assert abs(late_ms[0]) < 40


@given(st.binary(min_size=1, max_size=200))
def test_what_is_no_aac_is_left_out(junk):
    coder = OpusCoder(Track(Codec.AAC, AAC_HZ, 1, bytes.fromhex("1408")))
    list(coder.code(AccessUnit(Codec.AAC, (junk,), 0, 0, 0)))


def coders_ended() -> None:
    for thread in threading.enumerate():
        if thread.name == "opus":
            thread.join(5)
            assert not thread.is_alive(), "sound is coded for nobody"


async def speak(hub: Hub, track: Track, frames: list[bytes], period_ns: int) -> None:
    """In real time, whatever the clock of this machine does between two frames."""
    began_ns, number = time.time_ns(), 0
    while True:
        due_ns = began_ns + number * period_ns
        await asyncio.sleep(max(0.0, (due_ns - time.time_ns()) / 1e9))
        begins_ns = due_ns - period_ns  # sound comes when its last sample has been taken
        unit = AccessUnit(track.codec, (frames[number % len(frames)],), 0, begins_ns, due_ns)
        hub.on_unit(unit)
        number += 1


@pytest.mark.parametrize("codec", [Codec.AAC, Codec.PCMA])
async def test_a_viewer_hears_the_camera_in_step_with_its_picture_and_nothing_is_coded_for_nobody(codec):
    relay = await Relay.open("127.0.0.1")
    if codec is Codec.AAC:
        track, frames = aac(4)
        period_ns = FRAME_NS
    else:
        track, frames, period_ns = Track(codec, 8000, 1), [bytes([0xD5] * 160)], 20_000_000

    class WithSound(Hub):
        """The tracks of a camera with sound, whatever `play` announces."""

        @property
        def tracks(self):
            return (Track(Codec.H264, 90_000), track)

    hub = WithSound()
    peer = RTCPeerConnection()
    async with asyncio.TaskGroup() as group:
        players = [group.create_task(play(hub, coded_loop())), group.create_task(speak(hub, track, frames, period_ns))]
        peer.addTransceiver("video", direction="recvonly")
        peer.addTransceiver("audio", direction="recvonly")
        await peer.setLocalDescription(await peer.createOffer())
        answer = relay.open_view(
            "view", peer.localDescription.sdp, hub, addresses=("127.0.0.1",), on_closed=lambda *_: None
        )
        assert ("a=rtpmap:96 opus/48000/2" in answer) or codec is Codec.PCMA
        await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        picture, sound = (receiver.track for receiver in peer.getReceivers())
        for _ in range(60):
            await asyncio.wait_for(sound.recv(), 10)
        shown = await asyncio.wait_for(picture.recv(), 10)
        assert shown.width == 320
        slots = relay._views["view"].slots
        assert slots[1].counters.packets > 50
        # Both count on one clock, ours, from what was captured: that is what keeps sound and picture in step.
        ages_s = [time.time_ns() / 1e9 - slot._timestamp / slot._clock_rate_hz for slot in slots]
        assert all(0 <= age_s < 0.5 for age_s in ages_s), ages_s
        await peer.close()
        relay.close_view("view", "end")
        assert relay._feeds == {}
        await asyncio.to_thread(coders_ended)
        for player in players:
            player.cancel()
    await relay.close()
