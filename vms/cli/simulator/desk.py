"""Carries out orders on the running province."""

from dataclasses import asdict

from streams.simulate.faults import Fault
from streams.simulate.province import MediaSimulator
from streams.types.media import StreamKind
from vms.cli.simulator.areas import NoSuchArea, numbers_in
from vms.cli.simulator.orders import AskTruth, ClearFault, Describe, ListFaults, Order, Reply, SetFault, Whom
from vms.cli.simulator.simulation import Simulation
from vms_onvif.simulate.province import OnvifSimulator

LONGEST_TRUTH_MS = 24 * 3_600_000


class Unclear(Exception):
    """The order cannot be carried out. One sentence."""


class Desk:
    def __init__(self, simulation: Simulation, media: MediaSimulator, onvif: OnvifSimulator) -> None:
        self._simulation = simulation
        self._media = media
        self._onvif = onvif
        self.numbers = [channel.number for device in simulation.media() for channel in device.channels]

    def carry_out(self, order: Order) -> Reply:
        """Never raises for what an order can hold."""
        try:
            return Reply(result=self._done(order))
        except (Unclear, NoSuchArea) as error:
            return Reply(error=str(error))

    def _done(self, order: Order) -> object:
        match order:
            case SetFault():
                return self._set(order)
            case ClearFault():
                return self._clear(order)
            case ListFaults():
                return self._list()
            case AskTruth():
                return self._truth(order)
            case Describe():
                return self._describe()

    def _set(self, order: SetFault) -> list[int]:
        fault, numbers = self._fault(order.fault), self._whom(order.whom)
        self._media.faults.set(numbers, fault, order.value)
        return numbers

    def _clear(self, order: ClearFault) -> list[int]:
        numbers = self._whom(order.whom)
        self._media.faults.clear(numbers, self._fault(order.fault) if order.fault else None)
        return numbers

    def _list(self) -> dict[str, dict[str, float]]:
        active = {number: self._media.faults.active(number) for number in self.numbers}
        return {
            str(number): {str(fault): value for fault, value in faults.items()}
            for number, faults in active.items()
            if faults
        }

    def _truth(self, order: AskTruth) -> list[dict[str, object]]:
        if not 0 <= order.end_ms - order.start_ms <= LONGEST_TRUTH_MS:
            raise Unclear("The time must run forward, for a day at most.")
        interval_ms = (order.start_ms, order.end_ms)
        crossings = [c for number in self._whom(order.whom) for c in self._media.truth(number, interval_ms, order.kind)]
        return [asdict(crossing) for crossing in sorted(crossings, key=lambda crossing: crossing.start_ms)]

    def _describe(self) -> list[dict[str, object]]:
        return [
            {
                "camera": number,
                "xaddr": self._onvif.xaddr(number),
                **{str(kind): self._media.rtsp_url(number, kind) for kind in StreamKind},
            }
            for number in self.numbers
        ]

    def _fault(self, name: str) -> Fault:
        try:
            return Fault(name)
        except ValueError:
            raise Unclear(f"There is no fault {name[:40]!r}; there are {', '.join(Fault)}.") from None

    def _whom(self, whom: Whom) -> list[int]:
        if whom.everywhere:
            return self.numbers
        chosen = dict.fromkeys(whom.cameras)
        for area in whom.areas:
            chosen.update(dict.fromkeys(numbers_in(self._simulation, area)))
        if unknown := [number for number in chosen if number not in self.numbers]:
            raise Unclear(f"Camera {unknown[0]} is not simulated.")
        if not chosen:
            raise Unclear("No camera is named: use --camera, --area or --all.")
        return list(chosen)
