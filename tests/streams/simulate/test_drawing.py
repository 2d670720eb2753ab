"""What is drawn: noise, day and night, movers where the truth says, real footage."""

import cv2
import numpy as np
import pytest

from fakes.media_files import filmed
from fakes.woven import FPS, decode, small_spec, woven
from streams.simulate import clip
from streams.simulate.device import with_clip
from streams.simulate.encode import load_or_encode
from streams.simulate.paint import SPACER_PX, Canvas, pictures
from streams.simulate.rtp import nal_units
from streams.simulate.scenes import COURT, QUIET_S, all_scenes
from streams.simulate.stream import PictureStream
from streams.simulate.timeline import truth

CANVAS = Canvas(320, 180, FPS)


def luma(scene, count):
    drawn = pictures(scene, CANVAS)
    return [next(drawn)[: CANVAS.height_px].copy() for _ in range(count)]


@pytest.mark.parametrize("scene", all_scenes()[::5], ids=lambda scene: scene.key)
def test_quiet_pictures_differ_by_noise_everywhere_and_by_nothing_else(scene):
    first, second = (picture[SPACER_PX:].astype(int) for picture in luma(scene, 2))
    difference = np.abs(first - second)
    assert 0.5 < difference.mean() < 8
    cells = difference[:160, :320].reshape(10, 16, 20, 16).mean(axis=(1, 3))
    assert cells.min() > 0.1
    assert cells.max() < 12


def test_nights_are_darker_than_days_and_noisier():
    by_key = {scene.key: scene for scene in all_scenes()}
    for day_key in ("road-0", "yard-0", "square-0"):
        day, night = by_key[day_key], by_key[day_key.replace("-0", "-1")]
        assert night.night
        assert not day.night
        assert luma(night, 1)[0].mean() < 0.8 * luma(day, 1)[0].mean()
        assert night.noise > day.noise


def test_every_place_is_drawn_and_courtrooms_are_always_lit():
    assert len({scene.key for scene in all_scenes()}) == 24
    assert not any(scene.night for scene in all_scenes() if scene.place in COURT)


@pytest.mark.parametrize("index", [0, 5, 16])
def test_the_truth_of_crossings_is_what_the_decoded_pixels_show(index, loops):
    spec = small_spec(scene=index)
    _, weave = woven(spec, loops)
    stream = PictureStream(3, weave, activity_percent=100)
    start = 1_790_000_000 // 8 * 8 * FPS
    planes = decode(
        spec.codec, [nal_units(spec.codec, stream.payloads(stream.content.at(start + k))) for k in range(8 * FPS)]
    )
    quiet = decode(spec.codec, woven(spec, loops)[0].pictures[: QUIET_S * FPS])
    background = np.median([plane.astype(np.float32) for plane in quiet], axis=0)
    times_ms = [stream.grid.time_ns(start + k) // 1_000_000 for k in range(8 * FPS)]
    crossings = truth(spec, 3, 100, (times_ms[0], times_ms[-1]))
    assert len(crossings) >= 2
    outside_s = 0
    for at_ms, plane in zip(times_ms, planes, strict=True):
        blurred = cv2.blur(np.abs(plane[spec.above_px :].astype(np.float32) - background), (9, 9))
        moved = blurred > 14
        said = np.zeros_like(moved)
        for crossing in crossings:
            box = next((b for b in crossing.path if abs(b[0] - at_ms) <= 50), None)
            if box is None:
                continue
            area = inside(said, spec, box, margin_px=14)
            said[area] = True
            tight = moved[inside(said, spec, box, margin_px=0)]
            if box[1] > 0.05 and box[1] + box[3] < 0.95:
                assert tight.mean() > 0.15, (crossing.kind, at_ms)
        outside_s += (moved & ~said).mean() > 0.004
    assert outside_s <= 2


def inside(plane, spec, box, *, margin_px):
    _, left, top, width, height = box
    x0, x1 = left * spec.width_px - margin_px, (left + width) * spec.width_px + margin_px
    y0, y1 = (
        top * spec.height_px - spec.above_px - margin_px,
        (top + height) * spec.height_px - spec.above_px + margin_px,
    )
    return (
        slice(max(0, round(y0)), max(0, min(round(y1), plane.shape[0]))),
        slice(max(0, round(x0)), max(0, min(round(x1), plane.shape[1]))),
    )


def test_a_loop_is_drawn_once_and_a_broken_file_is_made_again(tmp_path):
    spec = small_spec()
    first = load_or_encode(spec, tmp_path)
    (file,) = tmp_path.iterdir()
    written = file.read_bytes()
    assert load_or_encode(spec, tmp_path) == first
    file.write_bytes(written[:-40] + b"x" + written[-39:])
    assert load_or_encode(spec, tmp_path) == first
    assert file.read_bytes() == written


def test_footage_from_a_file_is_shown_below_strip_and_clock(loops, tmp_path):
    footage = filmed(tmp_path / "room.mp4", seconds=3)
    spec = with_clip(small_spec(), footage)
    _, weave = woven(spec, loops)
    stream = PictureStream(3, weave, activity_percent=0)
    first = 1_790_000_000 // 4 * 4 * FPS
    (plane,) = decode(spec.codec, [nal_units(spec.codec, stream.payloads(stream.content.at(first)))])
    canvas = Canvas(spec.width_px, spec.scene_height_px, FPS)
    wanted = next(clip.pictures(footage, canvas, 1))[: spec.scene_height_px]
    assert np.abs(plane[spec.above_px :].astype(int) - wanted.astype(int)).mean() < 6
    assert truth(spec, 3, 100, (0, 100_000)) == []


def test_a_file_without_pictures_is_refused(tmp_path):
    broken = tmp_path / "sound.wav"
    broken.write_bytes(
        b"RIFF\x34\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data\x10\x00\x00\x00"
        + bytes(16)
    )
    with pytest.raises(ValueError, match="no picture"):
        next(clip.pictures(broken, CANVAS, 1))
