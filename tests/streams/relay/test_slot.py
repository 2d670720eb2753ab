from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fakes.imprints import stamp
from streams.relay.extensions import ABS_SEND_TIME, PLAYOUT_DELAY, Extensions
from streams.relay.pacer import Pacer
from streams.relay.packets import Picture
from streams.relay.queue import SendQueue
from streams.relay.slot import PayloadType, Slot
from streams.relay.srtp import Lead, headers
from streams.types.media import Codec

TYPES = {Codec.H264: PayloadType(102, 90_000), Codec.PCMA: PayloadType(8, 8000), Codec.OPUS: PayloadType(111, 48_000)}
MS = 1_000_000


@dataclass
class Plain:
    """Writes down what would be encrypted under which index."""

    overhead_bytes: int = 16
    under: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def rtp_run(self, payloads, lead: Lead) -> list[bytes]:
        packets = [header + payload for header, payload in zip(headers(lead, len(payloads)), payloads, strict=True)]
        for number, packet in enumerate(packets):
            known = self.under.setdefault((lead.ssrc, lead.packet_index + number), packet)
            assert known == packet, "two different packets under one nonce"
        return packets


@dataclass
class Outlet:
    """A transport with a clock that the test moves."""

    rate_bps: int = 1_000_000_000
    now_ns: int = 1_700_000_000_000 * MS
    full: bool = False
    protection: Plain | None = field(default_factory=Plain)
    sent: list[bytes] = field(default_factory=list)
    queue: SendQueue = field(init=False)

    def __post_init__(self) -> None:
        self.queue = SendQueue(Pacer(self.rate_bps))

    def submit(self, slot: Slot, picture: Picture) -> bool:
        return self.queue.submit(slot, picture, self.now_ns)

    def send_media(self, packets, known=None) -> bool:
        if not self.full:
            self.sent += packets
        return not self.full

    def withdraw(self, slot: Slot) -> None:
        self.queue.withdraw(slot)


def picture(at_ms: int, packets: int = 3, *, keyframe: bool = False) -> Picture:
    payloads = tuple(f"{at_ms}/{n}".encode() for n in range(packets))
    return Picture(payloads, at_ms * MS, keyframe, Codec.H264, sum(map(len, payloads)))


def timestamp(packet: bytes) -> int:
    return int.from_bytes(packet[4:8], "big")


def seq(packet: bytes) -> int:
    return int.from_bytes(packet[2:4], "big")


def slot_on(outlet: Outlet, extensions: Extensions | None = None) -> Slot:
    return Slot(outlet, 0x1234, TYPES, extensions)


def test_the_rtp_timestamp_is_the_capture_time():
    outlet = Outlet()
    slot_on(outlet).send(picture(1_700_000_000_123, keyframe=True))
    assert {timestamp(packet) for packet in outlet.sent} == {1_700_000_000_123 * 90 % 2**32}
    assert [packet[1] for packet in outlet.sent] == [102, 102, 102 | 0x80]


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("send"), st.integers(0, 5000), st.booleans()),
            st.tuples(st.just("swap"), st.integers(0, 5000), st.booleans()),
            st.tuples(st.just("nack"), st.integers(0, 60), st.booleans()),
            st.tuples(st.just("wait"), st.integers(0, 200), st.booleans()),
            st.tuples(st.just("full"), st.just(0), st.booleans()),
        ),
        max_size=60,
    ),
    st.sampled_from([300_000, 1_000_000_000]),
)
def test_whatever_happens_no_two_packets_share_a_nonce_and_time_never_goes_back(said, rate_bps):
    outlet = Outlet(rate_bps)
    slot = slot_on(outlet, Extensions.of({ABS_SEND_TIME: 2, PLAYOUT_DELAY: 5}))
    first_sent: list[bytes] = []
    for what, number, flag in said:
        before = len(outlet.sent)
        if what == "send":
            slot.send(picture(number, 1 + number % 40, keyframe=flag))
        elif what == "swap":
            slot.stop()
            slot.start([picture(number, 5, keyframe=True), picture(number + 66)])
        elif what == "wait":
            outlet.now_ns += number * MS
            outlet.queue.flush(outlet.now_ns)
        elif what == "full":
            outlet.full = flag
        else:
            slot.resend([(seq(outlet.sent[-1]) - number) & 0xFFFF] if outlet.sent else [number])
            continue
        first_sent += outlet.sent[before:]
    stamps = [timestamp(packet) for packet in first_sent]
    assert stamps == sorted(stamps)
    numbers = [seq(packet) for packet in first_sent]
    if not any(what == "full" for what, _, _ in said):
        assert all((b - a) & 0xFFFF == 1 for a, b in pairwise(numbers))


@given(st.lists(st.booleans(), min_size=1, max_size=80))
def test_after_a_picture_that_did_not_leave_nothing_leaves_before_the_next_keyframe(fulls):
    outlet = Outlet()
    slot = slot_on(outlet)
    decodable, at_ms = False, 0
    for outlet.full in fulls:
        at_ms += 66
        keyframe = at_ms // 66 % 10 == 1
        before = len(outlet.sent)
        slot.send(picture(at_ms, keyframe=keyframe))
        left = len(outlet.sent) > before
        assert not left or keyframe or decodable
        decodable = left and (keyframe or decodable)


def test_a_swap_follows_tick_by_tick_until_the_new_cameras_time_has_caught_up():
    outlet = Outlet()
    slot = slot_on(outlet)
    slot.send(picture(10_000, 1, keyframe=True))
    boundary = slot.boundary(8_000 * MS)
    slot.stop()
    slot.start([picture(8_000, 1, keyframe=True), picture(8_066, 1), picture(10_050, 1)])
    assert [timestamp(packet) - 900_000 for packet in outlet.sent] == [0, 1, 2, 4_500]
    assert boundary == 900_001


def test_a_resent_packet_is_the_very_same_also_when_time_has_gone_on():
    outlet = Outlet()
    slot = slot_on(outlet, Extensions.of({ABS_SEND_TIME: 2}))
    slot.send(picture(1000, 4, keyframe=True))
    first = list(outlet.sent)
    outlet.now_ns += 700 * MS
    assert slot.resend([seq(first[2]), seq(first[3])]) == len(first[2]) + len(first[3])
    assert outlet.sent[4:] == first[2:]
    assert slot.counters.resent == 2


def test_what_was_shown_before_is_not_sent_again_after_its_view_has_ended():
    outlet = Outlet()
    slot = slot_on(outlet)
    slot.send(picture(1000, 4, keyframe=True))
    slot.stop()
    assert slot.resend([seq(outlet.sent[0])]) == 0


def test_keyframes_alone_are_sent_where_the_link_carries_no_more():
    outlet = Outlet()
    slot = slot_on(outlet)
    slot.keyframes_only = True
    for number in range(20):
        slot.send(picture(1000 + number * 66, 1, keyframe=number % 10 == 0))
    assert len(outlet.sent) == 2


def test_a_wish_for_a_keyframe_is_granted_once_a_second():
    outlet = Outlet()
    slot = slot_on(outlet)
    gop = [picture(1000, 2, keyframe=True)]
    assert slot.replay(gop, 5_000 * MS)
    assert not slot.replay(gop, 5_900 * MS)
    assert slot.replay(gop, 6_000 * MS)
    assert len(outlet.sent) == 4


def test_keyframes_ask_to_be_shown_at_once_and_every_packet_says_when_it_left():
    extensions = Extensions.of({ABS_SEND_TIME: 2, PLAYOUT_DELAY: 5})
    assert extensions.encoded(1_500_000_000, keyframe=False) == bytes.fromhex("bede0001 22060000")
    assert extensions.encoded(1_500_000_000, keyframe=True) == bytes.fromhex("bede0002 22060000 52000000")
    assert extensions.encoded(64 * 10**9, keyframe=False)[5:] == b"\0\0\0"
    assert Extensions.of({ABS_SEND_TIME: 15, PLAYOUT_DELAY: 0}).encoded(0, keyframe=True) == b""


def test_a_codec_that_was_not_agreed_on_is_told_and_not_sent():
    outlet = Outlet()
    slot = slot_on(outlet)
    slot.send(Picture((b"x",), 0, keyframe=True, codec=Codec.H265, payload_bytes=1))
    assert slot.unplayable
    assert outlet.sent == []


def test_an_imprinted_keyframe_is_numbered_like_any_other_and_sent_again_as_it_was():
    outlet = Outlet()
    slot = slot_on(outlet)
    slot.stamp = stamp()
    key = Picture((b"\x67" * 9, b"\x65" * 900, b"\x65" * 900), 1_000 * MS, keyframe=True, payload_bytes=1809)
    slot.send(key)
    slot.send(picture(1_040))
    assert [(seq(after) - seq(before)) & 0xFFFF for before, after in pairwise(outlet.sent)] == [1] * 6
    assert [packet[12] & 0x1F for packet in outlet.sent[:4]] == [7, 6, 5, 5]
    assert [packet[1] & 0x80 for packet in outlet.sent[:4]] == [0, 0, 0, 0x80]
    first = list(outlet.sent)
    slot.resend([seq(packet) for packet in first])
    assert outlet.sent[len(first) :] == first


def test_only_keyframes_of_a_stamped_slot_are_imprinted():
    outlet = Outlet()
    slot = slot_on(outlet)
    slot.stamp = stamp()
    slot.send(picture(1_000, keyframe=True))
    slot.send(picture(1_040))
    slot.stamp = None
    slot.send(picture(2_000, keyframe=True))
    assert len(outlet.sent) == 4 + 3 + 3
