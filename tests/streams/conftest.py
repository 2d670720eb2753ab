"""Drawn loops are kept between runs, outside of version control: their file names are hashes of what they are made from."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def loops() -> Path:
    return Path(__file__).parents[2] / "var" / "test-loops"
