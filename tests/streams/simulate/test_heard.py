"""Where beeps begin is found to within a millisecond, as they were sent and as the relay codes them anew."""

from itertools import pairwise

import pytest

from streams.relay.opus import OPUS_HZ, OpusCoder
from streams.simulate.audio import LOOP_S, make_loop
from streams.simulate.heard import Frame, beeps
from streams.types.media import AccessUnit, Codec, Track

NS = 1_000_000_000


def alaw_frames(rounds: int = 1) -> list[Frame]:
    loop = make_loop(Codec.PCMA)
    return [Frame(n * loop.frame_samples, payload) for n, payload in enumerate(loop.payloads * rounds)]


def test_every_full_second_but_the_first_has_its_beep_where_it_was_put():
    # The first has no quiet before it.
    found = beeps(Codec.PCMA, alaw_frames())
    assert [round(at / 8000) for at in found] == list(range(1, LOOP_S))
    assert max(abs(at - 8000 * round(at / 8000)) for at in found) <= 8


@pytest.mark.parametrize("moved_ms", [-70, -5, 5, 70])
def test_what_is_moved_is_found_moved(moved_ms):
    frames = [Frame(frame.timestamp + 80_000 + 8 * moved_ms, frame.payload) for frame in alaw_frames()]
    off_ms = [(at % 8000 + 4000) % 8000 / 8 - 500 for at in beeps(Codec.PCMA, frames)]
    assert all(abs(off - moved_ms) <= 1 for off in off_ms)


def test_what_the_relay_made_of_aac_is_late_by_its_own_coder_alone():
    loop = make_loop(Codec.AAC)
    track = Track(Codec.AAC, loop.clock_rate_hz, 1, loop.config)
    frame_ns = loop.frame_samples * NS // loop.clock_rate_hz
    coder = OpusCoder(track)
    # An RTP payload of AAC has four bytes of header before the one frame.
    pictures = [
        picture
        for number, payload in enumerate(loop.payloads)
        for picture in coder.code(AccessUnit(Codec.AAC, (payload[4:],), 0, 1_000 * NS + number * frame_ns, 0))
    ]
    stamps = [picture.rtp_timestamp for picture in pictures]
    assert {later - earlier for earlier, later in pairwise(stamps)} == {960}
    found = beeps(Codec.OPUS, [Frame(picture.rtp_timestamp, picture.payloads[0]) for picture in pictures])
    off_ms = [((at + OPUS_HZ // 2) % OPUS_HZ - OPUS_HZ // 2) / 48 for at in found]
    assert len(off_ms) >= LOOP_S - 2
    assert all(-2 <= off <= 12 for off in off_ms), off_ms


def test_silence_and_nothing_have_no_beeps():
    assert beeps(Codec.PCMA, []) == []
    assert beeps(Codec.PCMA, [Frame(n * 160, b"\xd5" * 160) for n in range(100)]) == []
    assert beeps(Codec.OPUS, [Frame(0, b"junk"), Frame(960, b"")]) == []
