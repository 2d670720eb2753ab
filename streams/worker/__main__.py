"""Start a media worker: `python -m streams.worker`, configuration as JSON on standard input."""

import sys

from streams.worker.config import WorkerConfig
from streams.worker.run import CannotListen, main

CONFIGURATION = 78  # EX_CONFIG of sysexits.h: starting again would not help

if __name__ == "__main__":
    try:
        main(WorkerConfig.model_validate_json(sys.stdin.buffer.read()))
    except CannotListen as error:
        print(f"vms: {error}", file=sys.stderr)  # noqa: T201 for the person at the terminal
        sys.exit(CONFIGURATION)
