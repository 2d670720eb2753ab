import ast
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hatchling.builders.wheel import WheelBuilder

from fakes.scripted_device import soap
from vms_onvif.faults import FaultKind, OnvifFault
from vms_onvif.stubs import Service, Stubs, wsdl_path

ROOT = Path(__file__).parents[2]
URIS = soap(
    '<tr2:GetStreamUriResponse xmlns:tr2="http://www.onvif.org/ver20/media/wsdl"><tr2:Uri>{}</tr2:Uri></tr2:GetStreamUriResponse>'
)
GIVEN = {"Protocol": "RTSP", "ProfileToken": "a"}


@pytest.fixture(scope="module")
def stubs() -> Stubs:
    return Stubs()


def call(stubs: Stubs, answer: bytes, operation: str = "GetStreamUri", params: dict[str, Any] | None = None) -> Any:
    given = GIVEN if params is None else params
    return stubs.call(Service.MEDIA2, "http://127.0.0.1/x", operation, given, lambda envelope, kind: answer)


def test_a_wsdl_is_parsed_once_for_all_devices(stubs: Stubs) -> None:
    client, path = stubs._client(Service.MEDIA2)
    call(stubs, URIS)
    assert stubs._client(Service.MEDIA2)[0] is client
    assert path == wsdl_path(Service.MEDIA2)


def test_devices_that_share_what_was_parsed_get_their_own_answers(stubs: Stubs) -> None:
    barrier = threading.Barrier(8)

    def ask(number: int) -> str:
        barrier.wait(10)
        found: str = call(stubs, URIS.replace(b"{}", f"rtsp://h/{number}".encode()))
        return found

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [f"rtsp://h/{number}" for number in range(8)]


def test_a_typed_fault_comes_through_onvif_zeep_unchanged(stubs: Stubs) -> None:
    fault = OnvifFault(FaultKind.LOCKED, "x")

    def post(envelope: Any, kind: str) -> bytes:
        raise fault

    with pytest.raises(OnvifFault) as caught:
        stubs.call(Service.MEDIA2, "http://127.0.0.1/x", "GetStreamUri", GIVEN, post)
    assert caught.value is fault


@pytest.mark.parametrize("answer", [soap("<a/>"), soap(""), b"<x/>", b"", b"no xml"])
def test_an_answer_to_something_else_does_no_harm_and_is_asked_for_once(stubs: Stubs, answer: bytes) -> None:
    asked = []

    def post(envelope: Any, kind: str) -> bytes:
        asked.append(kind)
        return answer

    try:
        found = stubs.call(Service.MEDIA2, "http://127.0.0.1/x", "GetStreamUri", GIVEN, post)
    except OnvifFault:
        found = None
    assert not isinstance(found, str)
    assert len(asked) == 1


def test_a_request_that_we_made_wrongly_is_our_bug_and_surfaces(stubs: Stubs) -> None:
    with pytest.raises(Exception, match="Protocol") as caught:
        call(stubs, URIS, params={"ProfileToken": "a"})
    assert not isinstance(caught.value, OnvifFault)


@pytest.mark.parametrize("service", list(Service))
def test_every_wsdl_is_there_and_has_its_binding(stubs: Stubs, service: Service) -> None:
    client, _ = stubs._client(service)
    assert service.binding in client.wsdl.bindings


def test_our_wsdl_is_in_the_wheel() -> None:
    files = {file.distribution_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}
    assert "vms_onvif/wsdl/media2.wsdl" in files
    assert "vms_onvif/client.py" in files


def test_onvif_and_zeep_are_imported_in_one_module_and_not_at_its_top() -> None:
    importers = set()
    for folder in ("vms", "streams", "web", "onvif"):
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text())
            names = {
                (alias.name if isinstance(node, ast.Import) else node.module or "").partition(".")[0]
                for node in ast.walk(tree)
                if isinstance(node, ast.Import | ast.ImportFrom)
                for alias in node.names
            }
            if names & {"onvif", "zeep"}:
                importers.add(str(path.relative_to(ROOT)))
                assert not any(isinstance(node, ast.Import) and node.names[0].name == "onvif" for node in tree.body)
    assert importers == {"onvif/vms_onvif/stubs.py"}
