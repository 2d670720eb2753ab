"""The simulator as a child of the demo or a benchmark: `python -m vms.cli.simulator`, a `Simulation` as JSON on standard input."""

import sys

from vms.cli.sentences import expected, sentence
from vms.cli.simulator.run import simulate
from vms.cli.simulator.simulation import Simulation
from vms.processes.child import CONFIGURATION

if __name__ == "__main__":
    try:
        simulate(Simulation.model_validate_json(sys.stdin.buffer.read()), quiet=True)
    except Exception as error:
        known = expected(error)
        if known is None:
            raise
        print(sentence(known), file=sys.stderr)
        sys.exit(CONFIGURATION)
