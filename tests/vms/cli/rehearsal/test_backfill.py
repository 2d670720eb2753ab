"""A real system and a camera with a card: what the network swallowed is on the timeline a little later, each picture at its time."""

import asyncio
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from streams.simulate import strip
from streams.types.recording import OPEN_SUFFIX
from streams.types.segment_file import check_file, read_head, read_tail
from vms.cli.bench.system import RunningSystem, Wanted, system
from vms.cli.client import Api
from vms.cli.province import CONFIG
from vms.cli.rehearsal.people import ADMINISTRATOR, DUTY_OFFICER
from vms.cli.simulator.orders import ClearFault, SetFault, Whom

# It waits more than it works: beside the other systems rather than behind them.
pytestmark = pytest.mark.timeout(180)

NUMBER = 3
"""A maker whose cameras have a card."""
AWAY_S = 8.0
RECOVERED_WITHIN_S = 100.0
GOP_MS = 4000


def province_of_one(folder: Path) -> Path:
    shutil.copytree(CONFIG, folder)
    rows = (folder / "cameras.csv").read_text(encoding="utf-8").splitlines()
    chosen = [row for row in rows if row.startswith((f"{NUMBER},", "number,"))]
    (folder / "cameras.csv").write_text("\n".join(chosen) + "\n", encoding="utf-8")
    return folder


async def timeline(api: Api, camera_id: str, from_ms: int) -> dict[str, Any]:
    told: dict[str, Any] = await api.call(
        "GET", f"/api/cameras/{camera_id}/timeline?from_ms={from_ms}&to_ms={from_ms + 3_600_000}"
    )
    return told


async def now_ms(api: Api, camera_id: str) -> int:
    return int((await timeline(api, camera_id, 1_790_000_000_000))["now_ms"])


async def until_recorded(api: Api, camera_id: str, from_ms: int) -> None:
    while not (await timeline(api, camera_id, from_ms))["recorded"]:  # noqa: ASYNC110 nothing tells of a segment
        await asyncio.sleep(0.5)


async def recovered(api: Api, camera_id: str, from_ms: int) -> list[dict[str, Any]]:
    """The gaps, once no more than a GOP of them is missing still."""
    while True:
        gaps = (await timeline(api, camera_id, from_ms))["gaps"]
        missing_ms = sum(gap["end_ms"] - gap["start_ms"] for gap in gaps if not gap["recovered"])
        if any(gap["recovered"] for gap in gaps) and missing_ms < GOP_MS:
            return list(gaps)
        await asyncio.sleep(0.5)


async def test_what_the_network_swallowed_comes_from_the_cameras_card(tmp_path: Path) -> None:
    wanted = Wanted(
        cameras=1,
        province=province_of_one(tmp_path / "province"),
        settings={"media": "workers = 1", "recording": "segment_s = 5"},
    )
    async with system(wanted) as running:
        camera_id = (await running.register())[NUMBER]
        async with running.api(ADMINISTRATOR) as administrator, running.api(DUTY_OFFICER) as api:
            await administrator.call("PUT", f"/api/cameras/{camera_id}/recording", {"mode": "continuous"})
            from_ms = await now_ms(api, camera_id) - 60_000
            await until_recorded(api, camera_id, from_ms)
            await running.tell(SetFault(fault="stall", whom=Whom(cameras=(NUMBER,))))
            await asyncio.sleep(AWAY_S)
            await running.tell(ClearFault(whom=Whom(everywhere=True)))
            async with asyncio.timeout(RECOVERED_WITHIN_S):
                gaps = await recovered(api, camera_id, from_ms)
        judge_files(running, camera_id)
    (filled,) = [gap for gap in gaps if gap["recovered"]]
    assert filled["cause"] == "link"
    assert filled["end_ms"] - filled["start_ms"] > AWAY_S * 1000 - GOP_MS


def judge_files(running: RunningSystem, camera_id: str) -> None:
    """All that is on the disk follows each other without a second picture of any moment, and shows when it was taken."""
    folder = running.settings.data_dir / "recordings" / camera_id
    found = []
    for path in sorted(folder.rglob("*.mp4")):
        assert OPEN_SUFFIX not in path.name
        with path.open("rb") as file:
            assert check_file(file).wrong is None
            found.append((read_head(file), read_tail(file), path))
    found.sort(key=lambda one: one[0].start_ns)
    assert {head.from_card for head, _, _ in found} == {False, True}
    for (_, tail, _), (head, _, _) in pairwise(found):
        assert tail.end_ms <= head.start_ms + 50
    for head, _, path in found:
        if head.from_card:
            errors = strip_errors_ms(path, head.start_ns / 1e6)
            assert errors
            assert max(map(abs, errors)) < 100


def strip_errors_ms(path: Path, start_ms: float) -> list[float]:
    errors = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            read = strip.decode(np.asarray(frame.to_ndarray(format="gray")))
            assert read is not None
            assert frame.time is not None
            at_ms = start_ms + frame.time * 1000
            errors.append(at_ms - strip.full_time_ms(read.capture_ms, int(at_ms)))
    return errors
