"""Start a media worker: `python -m streams.worker`, configuration as JSON on standard input."""

import sys

from streams.worker.config import WorkerConfig
from streams.worker.run import main

if __name__ == "__main__":
    main(WorkerConfig.model_validate_json(sys.stdin.buffer.read()))
