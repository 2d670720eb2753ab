import pytest

from vms.papers.fonts import Typeface, load_typeface


@pytest.fixture(scope="session")
def typeface() -> Typeface:
    return load_typeface()
