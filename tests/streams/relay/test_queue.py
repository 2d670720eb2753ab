from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from streams.relay.pacer import BURST_NS, DELAY_NS, Pacer
from streams.relay.packets import Picture
from streams.relay.queue import LEAST_RUN, SendQueue, wire_bytes
from streams.types.media import Codec


@dataclass
class Log:
    """A slot that writes down what leaves when."""

    left: list[tuple[int, Picture, int, int]] = field(default_factory=list)

    def emit(self, picture: Picture, first: int, end: int, now_ns: int) -> None:
        self.left.append((now_ns, picture, first, end))


def picture(packets: int, codec: Codec = Codec.H264) -> Picture:
    return Picture((b"x" * 1180,) * packets, 0, keyframe=True, codec=codec, payload_bytes=1180 * packets)


def drain(queue: SendQueue, now_ns: int) -> int:
    while (wait_ns := queue.flush(now_ns)) is not None:
        now_ns += max(wait_ns, 1_000_000)
    return now_ns


def test_a_keyframe_leaves_a_thin_link_no_faster_than_it_carries():
    queue, slot = SendQueue(Pacer(2_000_000)), Log()
    keyframe = picture(100)
    assert queue.submit(slot, keyframe, 0)
    drain(queue, 0)
    for now_ns, _, _, end in slot.left:
        allowed_bytes = (now_ns + BURST_NS) * 2_000_000 / 8e9 + LEAST_RUN * 1240
        assert end * 1240 <= allowed_bytes
    assert slot.left[-1][0] > 0.9 * wire_bytes(keyframe) * 8e9 / 2_000_000 - BURST_NS


def test_on_a_wide_link_everything_leaves_at_once_in_one_run():
    queue, slot = SendQueue(Pacer(1_000_000_000)), Log()
    assert queue.submit(slot, picture(100), 0)
    assert [(first, end) for _, _, first, end in slot.left] == [(0, 100)]
    assert queue.waiting == 0


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 60), st.integers(0, 100)), max_size=40),
    st.integers(200_000, 50_000_000),
)
def test_pictures_leave_whole_and_in_order_and_never_later_than_the_bound(said, rate_bps):
    queue, slots, now_ns, taken = SendQueue(Pacer(rate_bps)), [Log(), Log(), Log()], 0, []
    for number, packets, pause_ms in said:
        now_ns += pause_ms * 1_000_000
        queue.flush(now_ns)
        found = picture(packets)
        if queue.submit(slots[number], found, now_ns):
            taken.append((slots[number], found, now_ns))
    end_ns = drain(queue, now_ns)
    for slot in slots:
        pieces = [(found, first, end) for _, found, first, end in slot.left]
        whole = [found for owner, found, _ in taken if owner is slot]
        expected = [(found, number) for found in whole for number in range(len(found.payloads))]
        assert [(f, n) for f, first, end in pieces for n in range(first, end)] == expected
    for owner, found, at_ns in taken:
        began_ns = next(when for when, each, _, _ in owner.left if each is found)
        assert began_ns - at_ns <= DELAY_NS + 60 * 1240 * 8e9 / rate_bps + BURST_NS + 2_000_000
    assert end_ns >= now_ns
    assert queue.flush(end_ns) is None


def test_sound_passes_by_pictures_that_wait():
    queue, slot = SendQueue(Pacer(500_000)), Log()
    queue.submit(slot, picture(100), 0)
    sound = picture(1, Codec.PCMA)
    assert queue.submit(slot, sound, 0)
    assert slot.left[-1][1] is sound


def test_nothing_of_a_withdrawn_slot_leaves_any_more():
    queue, gone, other = SendQueue(Pacer(500_000)), Log(), Log()
    queue.submit(gone, picture(50), 0)
    queue.submit(other, picture(5), 0)
    before = len(gone.left)
    queue.withdraw(gone)
    drain(queue, 0)
    assert len(gone.left) == before
    assert sum(end - first for _, _, first, end in other.left) == 5
