import pytest

from vms_onvif.client import Client


@pytest.fixture(scope="session")
def client() -> Client:
    """One for all tests, as a process has one: the WSDLs are parsed once."""
    return Client(4, timeout_s=5.0)
