"""What a microphone check hears of the simulated rooms, whose sound is known: a beep of 100 ms at -9 dBFS each second over a faint hum."""

import asyncio
from base64 import b64decode

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.hub import Hub
from streams.simulate.audio import AudioLoop, make_loop
from streams.sound.hearing import heard, units_of
from streams.sound.levels import level, steps
from streams.types.bus import RefusalCode, Refused
from streams.types.gate import Audience
from streams.types.media import AccessUnit, Codec, StreamKind, Track
from streams.types.sound import HEARD_HZ, LEAST_DBFS, HearSound
from streams.worker.sound_desk import SoundDesk

_AU_HEADER_BYTES = 4


def _units(loop: AudioLoop) -> list[AccessUnit]:
    cut = _AU_HEADER_BYTES if loop.codec is Codec.AAC else 0
    step_ns = loop.frame_samples * 1_000_000_000 // loop.clock_rate_hz
    return [
        AccessUnit(loop.codec, (payload[cut:],), number * loop.frame_samples, number * step_ns, number * step_ns)
        for number, payload in enumerate(loop.payloads)
    ]


def _track(loop: AudioLoop) -> Track:
    return Track(loop.codec, loop.clock_rate_hz, 1, loop.config)


@pytest.mark.parametrize("codec", [Codec.AAC, Codec.PCMA])
def test_the_beeps_of_a_room_are_measured_as_loud_as_they_are(codec: Codec) -> None:
    loop = make_loop(codec)
    answer = heard(_track(loop), _units(loop), 5_000, keep=True)
    assert len(answer.steps) == 50
    assert answer.whole is not None
    assert answer.whole.peak_dbfs == pytest.approx(20 * np.log10(0.36), abs=1.5)
    loud = [number for number, step in enumerate(answer.steps) if step.peak_dbfs > -15]
    assert {number // 10 for number in loud} == {0, 1, 2, 3, 4}, "one beep in each second"
    assert len(loud) <= 12, "and nothing between them"
    assert len(b64decode(answer.pcm_base64)) == 2 * 5 * HEARD_HZ


def test_what_is_only_measured_is_not_handed_out() -> None:
    loop = make_loop(Codec.PCMA)
    assert heard(_track(loop), _units(loop), 2_000, keep=False).pcm_base64 == ""


def test_nothing_heard_is_no_level() -> None:
    loop = make_loop(Codec.AAC)
    assert heard(_track(loop), [], 2_000, keep=True).whole is None
    torn = [AccessUnit(Codec.AAC, (b"\xff\x00torn",), 0, 0, 0)]
    assert heard(_track(loop), torn, 2_000, keep=True).whole is None


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=4000))
def test_a_level_is_between_silence_and_full_scale(samples: list[int]) -> None:
    found = level(np.array(samples, np.int16))
    assert LEAST_DBFS <= found.rms_dbfs <= found.peak_dbfs <= 0
    assert len(steps(np.array(samples, np.int16), HEARD_HZ)) == len(samples) // 1600


def test_silence_and_full_scale_are_the_ends() -> None:
    assert level(np.zeros(100, np.int16)).peak_dbfs == LEAST_DBFS
    assert level(np.full(100, -32768, np.int16)).rms_dbfs == 0


async def test_listening_takes_the_sound_alone_and_ends_by_itself() -> None:
    loop = make_loop(Codec.PCMA)
    hub, track = Hub("main"), _track(loop)
    asked = asyncio.create_task(units_of(hub, track, 200))
    await asyncio.sleep(0)
    hub.on_unit(AccessUnit(Codec.H264, (b"\x65",), 0, 0, 0, keyframe=True))
    for unit in _units(loop)[:20]:
        hub.on_unit(unit)
    taken = await asked
    assert {unit.codec for unit in taken} == {Codec.PCMA}
    assert taken[-1].capture_ns - taken[0].capture_ns == 200_000_000
    assert await units_of(hub, track, 100, starts_within_s=0) == [], "nothing comes: it does not wait for ever"


class _Camera:
    """One stream behind a gate that may shut."""

    def __init__(self, *tracks: Track) -> None:
        self.camera_id = "camera-1"
        self.hub = Hub("main")
        self.hub.on_tracks(tracks)
        self.open = True
        self.holds: set[str] = set()

    async def stream(self, _kind: StreamKind, hold: str, _audience: Audience) -> Hub:
        self.holds.add(hold)
        return self.hub

    def release(self, hold: str) -> None:
        self.holds.discard(hold)

    def shows(self, _audience: Audience) -> bool:
        return self.open


async def test_a_gate_that_closes_while_somebody_listens_leaves_them_nothing() -> None:
    loop = make_loop(Codec.PCMA)
    camera = _Camera(Track(Codec.H264, 90_000), _track(loop))
    desk = SoundDesk(lambda _camera_id: camera)  # type: ignore[arg-type, return-value]  # the part that listening uses
    wanted = HearSound(camera_id="camera-1", audience=Audience.COURT, for_ms=100, keep=True)
    asked = asyncio.create_task(desk.hear(wanted))
    await asyncio.sleep(0)
    assert camera.holds
    camera.open = False
    for unit in _units(loop)[:10]:
        camera.hub.on_unit(unit)
    with pytest.raises(Refused) as refused:
        await asked
    assert refused.value.code is RefusalCode.CLOSED
    assert not camera.holds


async def test_a_camera_without_a_microphone_says_so() -> None:
    camera = _Camera(Track(Codec.H264, 90_000))
    desk = SoundDesk(lambda _camera_id: camera)  # type: ignore[arg-type, return-value]  # the part that listening uses
    with pytest.raises(Refused) as refused:
        await desk.hear(HearSound(camera_id="camera-1", audience=Audience.COURT, for_ms=100))
    assert refused.value.code is RefusalCode.NO_STREAM
    assert not camera.holds
