"""`vms simulate` as a process of its own, and the commands that talk to it."""

import json
import signal
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.served import environment, free_port, run_vms, vms
from streams.probe import probe
from streams.types.bus import ProbeRequest
from streams.types.camera import Credentials
from vms.cli.simulator.simulation import PASSWORD, USERNAME

pytestmark = pytest.mark.xdist_group("simulate")


class Simulator:
    def __init__(self, folder: Path) -> None:
        self.socket = folder / "simulator.sock"
        ports = {"--rtsp-port": free_port(), "--onvif-port": free_port(), "--discovery-port": free_port()}
        self.words = (
            *("simulate", "--cameras", "1", "--courtrooms", "0", "--socket", str(self.socket)),
            *("--cache", str(folder / "loops")),
            *(word for name, port in ports.items() for word in (name, str(port))),
        )
        self.process = subprocess.Popen(
            vms(*self.words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
        )

    def until_told(self) -> list[str]:
        """What it prints when it is up."""
        assert self.process.stdout is not None
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if "vms fault" in line:
                return lines
        raise AssertionError(self.process.stderr.read() if self.process.stderr else "")

    def tell(self, *words: str) -> subprocess.CompletedProcess[str]:
        return run_vms(*words, "--socket", str(self.socket))


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    running = Simulator(tmp_path_factory.mktemp("simulate"))
    try:
        running.until_told()
        yield running
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(20) == 0
        assert not running.socket.exists()
    finally:
        running.process.kill()
        running.process.communicate()


async def test_its_cameras_are_there_and_follow_a_fault(simulator: Simulator) -> None:
    done = simulator.tell("fault", "set", "unauthorized", "--camera", "1")
    assert (done.returncode, done.stdout) == (0, "[1]\n")
    assert json.loads(simulator.tell("fault", "list").stdout) == {"1": {"unauthorized": 1.0}}
    port = simulator.words[simulator.words.index("--rtsp-port") + 1]
    request = ProbeRequest(
        url=f"rtsp://127.20.0.2:{port}/sub", credentials=Credentials(username=USERNAME, password=PASSWORD)
    )
    assert (await probe(request)).fault == "authentication"
    assert simulator.tell("fault", "clear", "--all").returncode == 0
    assert (await probe(request)).ok


def test_nobody_else_may_tell_it_anything(simulator: Simulator) -> None:
    assert stat.S_IMODE(simulator.socket.stat().st_mode) == 0o600


def test_the_truth_is_one_json_object_a_line(simulator: Simulator) -> None:
    day_ms = 1_760_000_000_000
    words = ("truth", "--camera", "1", "--from-ms", str(day_ms), "--to-ms", str(day_ms + 3_600_000))
    first = simulator.tell(*words).stdout
    crossings = [json.loads(line) for line in first.splitlines()]
    assert crossings
    assert {crossing["camera"] for crossing in crossings} == {1}
    assert all(day_ms < crossing["end_ms"] and crossing["start_ms"] < day_ms + 3_600_000 for crossing in crossings)
    assert simulator.tell(*words).stdout == first


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("fault", "set", "nonsense", "--all"), "There is no fault 'nonsense'"),
        (("fault", "set", "stall"), "No camera is named"),
        (("fault", "set", "stall", "--camera", "99"), "Camera 99 is not simulated"),
        (("fault", "set", "stall", "--area", "atlantis"), "There is no site, courtroom, unit or district atlantis"),
        (("truth", "--all", "--from-ms", "5", "--to-ms", "4"), "The time must run forward"),
    ],
)
def test_an_order_that_cannot_be_is_one_sentence(simulator: Simulator, words: tuple[str, ...], sentence: str) -> None:
    refused = simulator.tell(*words)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"vms: {sentence}")
    assert refused.stderr.count("\n") == 1


def test_a_second_one_at_the_same_addresses_is_refused(simulator: Simulator) -> None:
    second = run_vms(*simulator.words)
    assert second.returncode == 1
    assert "Traceback" not in second.stderr
    assert json.loads(simulator.tell("fault", "list").stdout) == {}


def test_without_a_simulator_there_is_one_sentence(tmp_path: Path) -> None:
    refused = run_vms("fault", "list", "--socket", str(tmp_path / "none.sock"))
    assert refused.returncode == 1
    assert refused.stderr.startswith("vms: No simulator listens at")


def test_a_folder_without_a_province_is_one_sentence(tmp_path: Path) -> None:
    refused = run_vms("simulate", "--province", str(tmp_path))
    assert refused.returncode == 1
    assert refused.stderr.startswith("vms: There is no cameras.csv in")
