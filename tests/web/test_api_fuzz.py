"""schemathesis over our own OpenAPI document, signed in as each role: whatever is sent, nothing breaks.

Ids in paths and bodies are sometimes those of real objects, so that requests get beyond the first check.
"""

import contextlib
import copy
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from fakes.background_api import Running, api_in_background
from vms.access import Role
from web.openapi import openapi_document

with warnings.catch_warnings():
    # What its dependencies announce is no concern of a test.
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis.generation.modes import GenerationMode

EXAMPLES = 2
ENDS_THE_SESSION = frozenset({"sign_out"})
NOT_CALLED = {"metrics": "numbers of the whole process, other tests' too"}


@schemathesis.serializer("application/sdp", "application/trickle-ice-sdpfrag")
def _as_it_is(_ctx: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with api_in_background(tmp_path_factory.mktemp("fuzzed")) as running:
        yield running


def _with_known(value: Any, known: dict[str, list[str]]) -> Any:
    """The document, in which every id may also be one of a real object."""
    if isinstance(value, list):
        return [_with_known(one, known) for one in value]
    if not isinstance(value, dict):
        return value
    changed = {key: _with_known(one, known) for key, one in value.items()}
    if value.get("in") == "path" and value.get("name") in known:
        changed["schema"] = {"anyOf": [{"enum": known[value["name"]]}, value["schema"]]}
    if isinstance(value.get("properties"), dict):
        for name in known.keys() & value["properties"].keys():
            one = value["properties"][name]
            if one.get("type") == "string":
                changed["properties"][name] = {"anyOf": [{"enum": known[name]}, one]}
    return changed


def _cases(known: dict[str, list[str]]) -> Iterator[tuple[str, Any]]:
    """A few requests of every operation that fit the document, and a few that do not."""
    document = _with_known(copy.deepcopy(openapi_document()), known)
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = result.ok()
        name = operation.definition.raw["operationId"]
        if name in NOT_CALLED:
            continue
        for mode in GenerationMode:
            yield from ((name, case) for case in _made(operation, mode))


def _made(operation: Any, mode: GenerationMode) -> list[Any]:
    made: list[Any] = []

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def make(case: Any) -> None:
        made.append(case)

    # Nothing can be wrong about a request without parameters and body.
    with contextlib.suppress(Unsatisfiable):
        make()
    return made


def test_no_request_as_any_role_breaks_the_service(api: Running, capsys: pytest.CaptureFixture[str]) -> None:
    cases = sorted(_cases(api.known), key=lambda one: one[0] in ENDS_THE_SESSION)
    statuses: Counter[int] = Counter()
    broken = []
    with requests.Session() as session:
        for role in Role:
            cookies, headers = api.credentials[role]
            for name, case in cases:
                session.cookies.clear()
                response = case.call(
                    base_url=api.base_url, headers=headers, cookies=cookies, timeout=20, session=session
                )
                statuses[response.status_code] += 1
                if response.status_code >= 500:
                    broken.append(f"{role} {name} {response.status_code}: {case.as_curl_command()}")
            assert statuses[200] > 0, "the session was lost"
    with capsys.disabled():
        print(
            f"\n  schemathesis: {sum(statuses.values())} requests as {len(Role)} subjects: {dict(sorted(statuses.items()))}"
        )
    assert not broken, "\n".join(broken[:20])
    assert statuses[401] < statuses.total() / 20
