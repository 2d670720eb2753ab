"""The benchmarks run, small: their numbers are judged on a machine of their own, that they measure is judged here."""

import json
import os
import shutil
from pathlib import Path

import pytest

from fakes.served import run_vms
from vms.cli.simulator.simulation import VAR

LOOPS = ("--loops", str(VAR / "loops"))
"""Drawn once for all."""

pytestmark = [pytest.mark.xdist_group("bench"), pytest.mark.timeout(180)]


def last_line(*words: str) -> dict[str, object]:
    done = run_vms("bench", *words, "--json", timeout_s=160)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result.pop("how")
    return result


def test_every_device_is_found_and_registered() -> None:
    result = last_line("discovery", "--devices", "2")
    assert (result["found"], result["registered"]) == (2, 2)
    assert 0 < result["found_s"] < 10
    assert result["cpu_s"] > 0


def test_every_tile_of_a_bare_wall_shows_its_own_camera() -> None:
    result = last_line("wall", "--tiles", "2", "--bare")
    assert (result["failed_offers"], result["with_picture"], result["tiles_right"]) == (0, 2, 2)
    assert 0 < result["first_picture_p95_ms"] < 20_000


@pytest.mark.alone
def test_a_wall_of_browser_and_receivers_shows_and_swaps_every_tile() -> None:
    result = last_line("wall", "--tiles", "5", "--in-browser", "2")
    assert (result["page"], result["failed_offers"]) == ("wall", 0)
    assert (result["with_picture"], result["tiles_right"], result["swaps"]) == (5, 2, 5)
    assert 0 < result["first_picture_p95_ms"] < 20_000
    # None is one that never came.
    assert 0 < result["swap_p50_ms"] <= result["swap_p95_ms"] < 10_000
    assert result["browser_fps"] > 1


def test_packets_to_viewers_cost_less_than_aiortcs_and_none_is_lost() -> None:
    few = ("--viewers", "16", "--cameras", "2", "--baseline-viewers", "2", "--seconds", "1")
    result = last_line("egress", *few, *LOOPS)
    assert result["lost_packets"] == 0
    assert 0 < result["us_per_packet"] < result["baseline_aiortc_us_per_packet"]
    assert result["viewers_per_core_600kbps"] > 0


def test_the_delay_that_we_add_is_measured_at_the_viewers() -> None:
    result = last_line("latency", "--cameras", "2", "--walls", "1", "--seconds", "1", *LOOPS)
    assert (result["tiles"], result["lost_packets"]) == (20, 0)
    assert result["pictures"] > 100
    assert 0 < result["added_p50_ms"] <= result["added_p95_ms"] <= result["added_p99_ms"]


def test_every_cause_ends_every_transport_that_it_concerns_and_nothing_else() -> None:
    result = last_line("revoke", "--tiles", "60", "--watch", "2")
    assert (result["tiles"], result["survivors"]) == (60, 0)
    assert 0 < result["p50_ms"] <= result["p99_ms"] <= 2000
    everywhere = {"webrtc", "carrier", "websocket", "rtsp"}
    assert {cause: set(of) for cause, of in result["worst_ms"].items()} == {
        "signed_out": everywhere - {"rtsp"},
        "session_revoked": everywhere - {"rtsp"},
        "account_locked": everywhere,
        "role_ended": everywhere,
        "camera_restricted": everywhere,
        "stream_login_deleted": {"rtsp"},
    }


def test_a_judge_cuts_and_nobody_receives_what_was_captured_after() -> None:
    result = last_line("cut", "--observers", "3", "--rounds", "2")
    assert (result["frames_after"], result["survivors"], result["observers"]) == (0, 0, 3)
    assert result["strips_read"] > 0
    assert 0 <= result["p99_ms"] <= 1000


def test_observers_of_hearings_see_and_hear_everything_in_step() -> None:
    result = last_line("hearing", "--hearings", "2", "--observers", "2", "--seconds", "2.5")
    assert (result["hearings"], result["observers"], result["views"]) == (2, 2, 8)
    assert (result["lost_pictures"], result["lost_packets"], result["lost_sound_ms"]) == (0, 0, 0)
    assert (result["keyframes_without_imprint"], result["keyframes"] >= 12) == (0, True)
    assert result["compared"] >= 6
    assert 0 < result["lip_sync_max_ms"] <= 80
    assert 0 < result["start_p95_ms"] <= 10_000


def test_the_whole_province_at_once_loses_nothing_when_it_is_small() -> None:
    result = last_line("province", "--cameras", "3", "--walls", "1", "--seconds", "2", *LOOPS)
    assert (result["cameras"], result["tiles"]) == (3, 20)
    assert (result["lost_pictures"], result["lost_packets"], result["motion_refused"]) == (0, 0, 0)
    assert result["packets_sent"] > 100
    assert result["cpu_cores"] > 0
    assert 0 < result["rss_mb_start"] <= result["rss_mb_end"] * 2


def test_motion_is_tried_on_drawn_clips_with_and_without_the_gate(tmp_path) -> None:
    few = (
        "--hours",
        "0.1",
        "--crossings",
        "1",
        "--calm",
        "1",
        "--cameras",
        "2",
        "--seconds",
        "1",
        "--only",
        "noise",
        "--only",
        "clouds",
    )
    result = last_line("motion", *few, "--clips", str(tmp_path))
    assert result["crossings"] == 2
    assert result["series"] == "held-out"
    assert result["recall"] == 1.0
    assert 0 < result["decoded_share_trial"] < 1
    assert result["cpu_cores"] > 0


def test_every_picture_is_recorded_exactly_once() -> None:
    few = ("--cameras", "6", "--seconds", "5", "--segment-s", "2", "--baseline-cameras", "2")
    result = last_line("record", *few)
    assert (result["lost_pictures"], result["doubled_pictures"], result["edge_errors"], result["gaps"]) == (0, 0, 0, 0)
    assert result["lost_sound_frames"] == 0
    assert result["edges"] >= 12
    assert result["pictures"] > 6 * 25 * 5
    assert 1 < result["write_amplification"] < 2
    assert result["cpu_cores"] > 0


def test_what_a_kill_leaves_plays_and_is_in_the_index() -> None:
    result = last_line("crash", "--cameras", "2", "--kills", "2")
    assert (result["unplayable_files"], result["index_differs"], result["left_open"]) == (0, 0, 0)
    assert result["losses"] >= 1
    assert result["recovered_files"] >= 1
    assert result["unexplained_s"] == 0
    assert 0 <= result["lost_s_max"] < 5


def test_a_power_cut_leaves_no_damaged_file_or_says_what_it_needs() -> None:
    few = ("power", "--cameras", "4", "--cuts", "1")
    if os.geteuid() == 0 and Path("/dev/loop-control").exists() and shutil.which("mkfs.ext4"):
        result = last_line(*few)
        assert result["unplayable_files"] == 0
        assert result["files"] >= 4
        assert 0 <= result["lost_s_max"] < 10
    else:
        done = run_vms("bench", *few, "--json", timeout_s=100)
        assert done.returncode != 0
        assert "needs root" in done.stderr


def test_a_disk_that_fills_loses_nothing_that_is_locked_and_no_picture_of_a_tile() -> None:
    few = ("disk-full", "--cameras", "2", "--workers", "1", "--mb", "12")
    if os.geteuid() == 0:
        result = last_line(*few, "--fault", "full")
        found = (result["locked_lost"], result["corrupt_files"], result["order_errors"])
        assert (result["live_interruptions"], *found) == (0, 0, 0, 0)
        assert result["deleted"] >= 1
        assert result["locked"] == 1
        assert set(result["back_s"]) == {"full"}
    else:
        done = run_vms("bench", *few, "--json", timeout_s=100)
        assert done.returncode != 0
        assert "needs root" in done.stderr
