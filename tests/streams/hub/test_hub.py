from collections.abc import Callable

import structlog

from streams.hub import CacheLimits, Hub
from streams.types.media import AccessUnit, Codec, Track

S = 1_000_000_000


def picture(at_s: float, *, keyframe: bool = False, size: int = 100) -> AccessUnit:
    at_ns = int(at_s * S)
    return AccessUnit(Codec.H264, (bytes(size),), at_ns, at_ns, at_ns, keyframe)


def sound(at_s: float) -> AccessUnit:
    at_ns = int(at_s * S)
    return AccessUnit(Codec.AAC, (b"a",), at_ns, at_ns, at_ns)


class Recorder:
    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        self.units: list[AccessUnit] = []
        self._then = then

    def deliver(self, unit: AccessUnit) -> None:
        self.units.append(unit)
        self._then()


class Broken:
    def deliver(self, unit: AccessUnit) -> None:
        raise RuntimeError("a bug")


def test_a_reader_gets_every_unit_after_it_was_attached():
    hub, reader = Hub(), Recorder()
    hub.on_unit(picture(0, keyframe=True))
    hub.attach(reader)
    hub.on_unit(later := picture(1))
    hub.on_unit(heard := sound(1))
    assert reader.units == [later, heard]


def test_replay_starts_at_the_newest_keyframe():
    hub, reader = Hub(), Recorder()
    for unit in (picture(0, keyframe=True), picture(1), key := picture(2, keyframe=True), last := picture(3)):
        hub.on_unit(unit)
    hub.attach(reader, replay=True)
    assert reader.units == [key, last] == list(hub.cached())
    assert hub.newest is last


def test_pictures_before_the_first_keyframe_are_delivered_but_not_cached():
    hub, reader = Hub(), Recorder()
    hub.attach(reader)
    hub.on_unit(picture(0))
    assert hub.cached() == ()
    assert len(reader.units) == 1


def test_a_reader_that_raises_is_detached_and_the_others_get_their_unit():
    hub, first, last = Hub(), Recorder(), Recorder()
    for reader in (first, Broken(), last):
        hub.attach(reader)
    with structlog.testing.capture_logs() as logs:
        hub.on_unit(picture(0))
        hub.on_unit(picture(1))
    assert len(first.units) == len(last.units) == 2
    assert hub.reader_count == 2
    assert [log["event"] for log in logs] == ["reader raised and was detached"]


def test_a_reader_may_detach_itself_and_others_while_it_is_delivered_to():
    hub = Hub()
    last = Recorder()
    first = Recorder(lambda: (hub.detach(first), hub.detach(last)))
    hub.attach(first)
    hub.attach(last)
    hub.on_unit(picture(0))
    hub.on_unit(picture(1))
    assert (len(first.units), len(last.units), hub.reader_count) == (1, 0, 0)


def test_a_reader_that_leaves_during_its_replay_gets_no_more():
    hub = Hub()
    for second in range(5):
        hub.on_unit(picture(second, keyframe=second == 0))
    reader = Recorder(lambda: hub.detach(reader))
    hub.attach(reader, replay=True)
    assert len(reader.units) == 1


def test_a_reader_attached_during_delivery_with_replay_gets_the_current_unit_once():
    hub, late = Hub(), Recorder()
    first = Recorder(lambda: hub.attach(late, replay=True))
    hub.attach(first)
    hub.on_unit(key := picture(0, keyframe=True))
    assert late.units == [key]


def test_a_gop_longer_than_the_limits_is_not_cached_at_all():
    hub = Hub(limits=CacheLimits(max_bytes=1000, max_units=5))
    for second in range(6):
        hub.on_unit(picture(second, keyframe=second == 0, size=10))
    assert (hub.cached(), hub.cached_bytes) == ((), 0)
    hub.on_unit(picture(7, keyframe=True, size=990))
    hub.on_unit(picture(8, size=11))
    assert hub.cached() == ()
    hub.on_unit(key := picture(9, keyframe=True))
    assert hub.cached() == (key,)


def test_attaching_twice_delivers_once_and_detaching_a_stranger_does_nothing():
    hub, reader = Hub(), Recorder()
    hub.detach(reader)
    hub.attach(reader)
    hub.attach(reader)
    hub.on_unit(picture(0))
    assert len(reader.units) == 1


def test_statistics_tell_rates_gop_and_size_and_fall_to_zero_when_nothing_comes():
    now = 0.0
    hub = Hub(clock_ns=lambda: int(now * S))
    hub.on_tracks((Track(Codec.H264, 90_000, width_px=640, height_px=360),))
    for number in range(15 * 6):
        now = 100 + number / 15
        hub.on_unit(picture(now, keyframe=number % 30 == 0, size=1000))
    measured = hub.statistics()
    assert abs(measured.fps - 15) < 0.5
    assert abs(measured.bitrate_bps - 120_000) < 6_000
    assert abs(measured.gop_s - 2) < 0.01
    assert (measured.codec, measured.width_px, measured.pictures) == (Codec.H264, 640, 90)
    now += 3
    assert (hub.statistics().fps, hub.statistics().bitrate_bps) == (0, 0)


def test_the_number_of_readers_is_told_after_each_change():
    told: list[int] = []
    hub, reader = Hub(on_readers=told.append), Recorder()
    hub.attach(reader)
    hub.detach(reader)
    assert told == [1, 0]
