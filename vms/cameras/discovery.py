"""Find devices as one job."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from vms.cameras.devices import DeviceClient, DeviceFault, DiscoveryPlan, DiscoveryProgress, FoundDevice
from vms.cameras.jobs import Job, Jobs
from vms.cameras.words import clean
from vms.clock import Clock

MOST_FOUND = 5000
"""More than this from one probe is somebody answering for the whole network."""


@dataclass(kw_only=True, eq=False)
class DiscoveryJob(Job):
    kind: ClassVar[Literal["discovery", "registration"]] = "discovery"
    to_probe: int = 0
    probed: int = 0
    found: list[FoundDevice] = field(default_factory=list)
    failure: str = ""

    def crashed(self) -> None:
        self.failure = "internal"


class Discoverer:
    def __init__(self, devices: DeviceClient, jobs: Jobs, clock: Clock) -> None:
        self._devices = devices
        self._jobs = jobs
        self._clock = clock

    def start(self, owner_id: str, plan: DiscoveryPlan) -> DiscoveryJob:
        """Begin to look. Raises `vms.cameras.jobs.TooManyJobs`."""
        to_probe = len(plan.addresses) + int(plan.multicast)
        job = DiscoveryJob(owner_id=owner_id, created_ms=self._clock(), to_probe=to_probe)
        self._jobs.keep(job)
        self._jobs.start(job, lambda: self._work(job, plan))
        return job

    async def _work(self, job: DiscoveryJob, plan: DiscoveryPlan) -> None:
        def on_progress(progress: DiscoveryProgress) -> None:
            job.probed, job.to_probe = progress.probed, progress.to_probe
            job.found = _shown(progress.found)
            self._jobs.moved(job)

        try:
            job.found = _shown(await self._devices.discover(plan, on_progress))
            job.probed = job.to_probe
        except DeviceFault as fault:
            job.failure = fault.kind.value


def _shown(found: Sequence[FoundDevice]) -> list[FoundDevice]:
    """What devices said of themselves, fit to be shown, by address."""
    return sorted((_clean(device) for device in found[:MOST_FOUND]), key=lambda device: _order(device.address))


def _clean(device: FoundDevice) -> FoundDevice:
    return FoundDevice(
        clean(device.address),
        clean(device.xaddr, 500),
        clean(device.name),
        clean(device.hardware),
        clean(device.location),
        clean(device.endpoint),
    )


def _order(address: str) -> tuple[tuple[int, str], ...]:
    """10.0.0.9 before 10.0.0.10."""
    return tuple((len(part), part) for part in address.replace(":", ".").split("."))
