"""A whole province in one process: 240 cameras and 15 encoders, all found by one probe, at next to no cost."""

import asyncio
import time

from fakes.onvif_probe import probe, prober
from fakes.onvif_rehearsal import device, rehearsal

DEVICES = 255
MEASURED_S = 1.0


async def test_a_province_starts_at_once_is_found_by_one_probe_and_idles_for_nothing() -> None:
    devices = [device(number=number) for number in range(1, DEVICES + 1)]
    started_s = time.process_time()
    async with rehearsal(*devices, discovery=True) as at:
        start_cpu_s = time.process_time() - started_s
        with prober(at.simulator.discovery_port) as asking:
            before_s = time.process_time()
            found = await asking.ask(probe(), expect=DEVICES)
            found_cpu_s = time.process_time() - before_s
        idle_s = time.process_time()
        await asyncio.sleep(MEASURED_S)
        idle_cores = (time.process_time() - idle_s) / MEASURED_S
    print({"start_cpu_s": start_cpu_s, "found_cpu_s": found_cpu_s, "idle_cores": idle_cores})
    assert len({match.source[0] for match in found}) == DEVICES
    assert 1000 < min(match.size_bytes for match in found) < 3000
    assert start_cpu_s < 3
    assert idle_cores < 0.02
