"""Programs that we did not write, for tests against them."""

import os
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip the test; where everything must run (CI=true), fail it: a test that never runs proves nothing."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is not installed: run `make browser`")
    pytest.skip(f"{what} is not installed: run `make browser`")
