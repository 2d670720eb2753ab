"""schemathesis over our own OpenAPI document, signed in as each role: whatever is sent, nothing breaks.

Ids in paths and bodies that fit are those of real objects, near ones in paths, so that requests get beyond the first check. What is behind a role's door is
asked with other requests by each role that has the right; at a door that is closed for a role whatever was sent would get the same answer,
before it is looked at, so one request is enough there.
"""

import contextlib
import copy
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from fakes.background_api import Running, api_in_background
from vms.access import Action, Role
from web.openapi import openapi_document
from web.routes import all_routes
from web.routing import Route

with warnings.catch_warnings():
    # What its dependencies announce is no concern of a test.
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis.generation.modes import GenerationMode

EXAMPLES = 8
"""Of each operation and mode."""
EXAMPLES_EACH = 2
"""Of those, what each role that gets behind the door sends."""
DOOR = (403, 404)
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
    """The document, in which every id that fits is one of a real object. (`anyOf` with any other string would be simplified away.)"""
    if isinstance(value, list):
        return [_with_known(one, known) for one in value]
    if not isinstance(value, dict):
        return value
    changed = {key: _with_known(one, known) for key, one in value.items()}
    if value.get("in") == "path" and value.get("name") in known:
        changed["schema"] = {"enum": known[value["name"]]}
    if isinstance(value.get("properties"), dict):
        for name in known.keys() & value["properties"].keys():
            one = value["properties"][name]
            if one.get("type") == "string":
                changed["properties"][name] = {"enum": known[name]}
    return changed


@dataclass(frozen=True)
class _Operation:
    route: Route
    fitting: list[Any]
    unfitting: list[Any]

    def cases(self, turn: int) -> list[Any]:
        """The share of the `turn`th role that gets behind the door."""
        return [
            made[(turn * EXAMPLES_EACH + number) % len(made)]
            for made in (self.fitting, self.unfitting)
            for number in range(min(EXAMPLES_EACH, len(made)))
        ]

    def open_for(self, role: Role, rights: frozenset[str]) -> bool:
        if self.route.public:
            return True
        return self.route.consoles if role is Role.WALL_CONSOLE else self.route.action in rights | {Action.OWN}


def _operations(known: dict[str, list[str]]) -> Iterator[_Operation]:
    """Every operation with requests that fit the document, and others that do not."""
    document = _with_known(copy.deepcopy(openapi_document()), known)
    routes = {route.name: route for route in all_routes()}
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = result.ok()
        name = operation.definition.raw["operationId"]
        if name not in NOT_CALLED:
            modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
            yield _Operation(routes[name], *(_made(operation, mode) for mode in modes))


def _made(operation: Any, mode: GenerationMode) -> list[Any]:
    made: dict[str, Any] = {}

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
        made[case.as_curl_command()] = case

    # Nothing can be wrong about a request without parameters and body.
    with contextlib.suppress(Unsatisfiable):
        make()
    return list(made.values())


def test_no_request_as_any_role_breaks_the_service(api: Running, capsys: pytest.CaptureFixture[str]) -> None:
    # What takes objects away comes last, and what ends the session after everything.
    operations = sorted(
        _operations(api.known), key=lambda one: (one.route.name in ENDS_THE_SESSION, one.route.method == "DELETE")
    )
    turns: Counter[str] = Counter()
    statuses: Counter[int] = Counter()
    tried: set[int] = set()
    broken, unguarded = [], []
    with requests.Session() as session:
        for role in Role:
            send = partial(_send, session, api, role)
            rights = frozenset(
                session.get(f"{api.base_url}/api/session", cookies=api.credentials[role][0]).json()["may"]
            )
            for operation in operations:
                name = operation.route.name
                behind = operation.open_for(role, rights)
                cases = operation.cases(turns[name]) if behind else operation.fitting[:1]
                turns[name] += behind
                for case in cases:
                    status = send(case)
                    statuses[status] += 1
                    tried.add(id(case))
                    if status >= 500:
                        broken.append(f"{role} {name} {status}: {case.as_curl_command()}")
                    elif not behind and status not in DOOR:
                        unguarded.append(f"{role} {name} {status}: {case.as_curl_command()}")
            assert statuses[200] > 0, "the session was lost"
    with capsys.disabled():
        print(
            f"\n  schemathesis: {statuses.total()} requests ({len(tried)} different ones) to {len(operations)} operations "
            f"as {len(Role)} subjects: {dict(sorted(statuses.items()))}"
        )
    assert not broken, "\n".join(broken[:20])
    assert not unguarded, "\n".join(unguarded[:20])
    assert statuses[401] < statuses.total() / 20


def _send(session: requests.Session, api: Running, role: Role, case: Any) -> int:
    cookies, headers = api.credentials[role]
    session.cookies.clear()
    # An object that the role can reach, where the request names a real one.
    near = api.near.get(role, {})
    case.path_parameters = {
        word: near.get(word, value) if value in api.known.get(word, ()) else value
        for word, value in (case.path_parameters or {}).items()
    }
    response = case.call(base_url=api.base_url, headers=headers, cookies=cookies, timeout=20, session=session)
    return int(response.status_code)
