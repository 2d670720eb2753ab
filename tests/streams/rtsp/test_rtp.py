import random

from hypothesis import given
from hypothesis import strategies as st

from fakes.rtp_packets import IDR, Camera, P, rtp
from streams.rtsp.reorder import ReorderWindow
from streams.rtsp.rtp import GAP, Gatherer, plain


class Gathered:
    def __init__(self) -> None:
        self.pictures: list[tuple[int, list[bytes], bool]] = []
        self.restarts = 0
        self.gatherer = Gatherer(96, lambda *picture: self.pictures.append(picture), self._restart)

    def _restart(self) -> None:
        self.restarts += 1


@given(start=st.integers(65_500, 65_535), batch=st.integers(1, 9))
def test_pictures_are_complete_across_the_wrap_of_sequence_and_timestamp(start, batch):
    got, camera = Gathered(), Camera(sequence=start, timestamp=(1 << 32) - 20_000)
    packets = [packet for number in range(30) for packet in camera.picture(P if number else IDR)]
    for at in range(0, len(packets), batch):
        got.gatherer.feed(packets[at : at + batch])
    assert len(got.pictures) == 30
    assert got.gatherer.lost == 0
    assert [packet for _, held, _ in got.pictures for packet in held] == packets
    assert got.gatherer.highest_sequence & 0xFFFF == (camera.sequence - 1) & 0xFFFF


def test_a_lost_packet_leaves_a_gap_in_its_picture_and_is_counted():
    got, camera = Gathered(), Camera()
    packets = camera.picture(IDR)
    got.gatherer.feed([*packets[:1], *packets[2:]])
    assert GAP in got.pictures[0][1]
    assert got.gatherer.lost == 1


def test_loss_between_pictures_is_told_with_the_next_one():
    got, camera = Gathered(), Camera()
    got.gatherer.feed(camera.picture(P))
    camera.picture(P)
    got.gatherer.feed(camera.picture(P))
    assert [gap for _, _, gap in got.pictures] == [False, True]


def test_a_camera_without_markers_ends_pictures_by_their_timestamp():
    got = Gathered()
    got.gatherer.feed([rtp(P, number, number // 2 * 3000) for number in range(6)])
    assert [len(held) for _, held, _ in got.pictures] == [2, 2]


def test_duplicates_and_late_packets_are_ignored():
    got, camera = Gathered(), Camera()
    packets = camera.picture(IDR)
    got.gatherer.feed([packets[0], packets[0], *packets[1:], packets[1]])
    assert got.pictures == [(0, packets, False)]


def test_another_ssrc_is_a_restart():
    got = Gathered()
    got.gatherer.feed(Camera(ssrc=1).picture(P))
    got.gatherer.feed(Camera(ssrc=2, sequence=40_000).picture(P))
    assert (len(got.pictures), got.restarts, got.gatherer.lost) == (2, 1, 0)


def test_a_picture_without_end_is_dropped_before_it_fills_memory():
    got = Gathered()
    for number in range(0, 400, 4):
        got.gatherer.feed([rtp(bytes(60_000), number + i, 0) for i in range(4)])
    got.gatherer.feed([rtp(P, 400, 0, marker=True)])
    ((_, held, _),) = got.pictures
    assert GAP in held
    assert sum(map(len, held)) < 9 << 20


def test_extension_csrc_and_padding_are_taken_off():
    packet = (
        bytes((0x80 | 0x20 | 0x10 | 1,))
        + rtp(b"", 1, 2)[1:]
        + b"CSRC"
        + b"\xbe\xde\x00\x01abcd"
        + b"payload"
        + b"\x00\x02"
    )
    assert plain(packet) == packet[:12] + b"payload"


@given(st.lists(st.binary(max_size=80), max_size=30))
def test_hostile_packets_never_raise(packets):
    got = Gathered()
    got.gatherer.feed(packets)
    got.gatherer.feed([b"\x80\x60" + packet for packet in packets])
    got.gatherer.feed([b"\xbf\xe0" + packet for packet in packets])


@given(st.integers(0, 2**32), st.integers(65_400, 65_535))
def test_reordering_within_the_window_is_undone(seed, start):
    packets = [rtp(b"x", start + number, 0) for number in range(200)]
    mixed = list(packets)
    dice = random.Random(seed)
    for at in range(1, len(mixed) - 8, 8):
        piece = mixed[at : at + 8]
        dice.shuffle(piece)
        mixed[at : at + 8] = piece
    window = ReorderWindow()
    assert [out for packet in mixed for out in window.push(packet, 0)] == packets


@given(st.sets(st.integers(1, 150), max_size=60))
def test_the_window_never_waits_for_ever_for_what_is_lost(lost):
    window = ReorderWindow(size=16)
    packets = [rtp(b"x", number, 0) for number in range(300) if number not in lost]
    out = [ready for packet in packets for ready in window.push(packet, 0)]
    assert out == packets[: len(out)]
    assert len(packets) - len(out) < 16


def test_the_window_gives_up_on_a_lost_packet_in_time():
    window = ReorderWindow(hold_ns=100)
    assert window.push(rtp(b"a", 1, 0), 0)
    assert not window.push(rtp(b"c", 3, 0), 10)
    assert len(window.push(rtp(b"d", 4, 0), 110)) == 2
    assert not window.push(rtp(b"b", 2, 0), 120)
