import json
from collections.abc import Iterator
from typing import Any

from fakes.api_browser import Browser
from web.openapi import openapi_document
from web.routes import all_routes

DOCUMENT = openapi_document()


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, member in value.items():
            if key == "$ref":
                yield member
            else:
                yield from _references(member)
    elif isinstance(value, list):
        for member in value:
            yield from _references(member)


def test_the_document_can_be_made_without_starting_anything_and_is_json() -> None:
    assert json.loads(json.dumps(DOCUMENT))["openapi"] == "3.1.0"


def test_every_route_is_in_the_document() -> None:
    described = {(method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item}
    assert described == {(route.method, route.path) for route in all_routes()}


def test_every_reference_leads_somewhere() -> None:
    names = {reference.removeprefix("#/components/schemas/") for reference in _references(DOCUMENT)}
    assert {"Me", "Account", "CreatedAccount", "Error", "Tick"} <= names
    assert names <= set(DOCUMENT["components"]["schemas"])


def test_the_messages_of_the_event_socket_are_described() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["EventMessage"]["discriminator"]["propertyName"] == "type"
    assert {"Tick", "AlarmMessage", "TreeChanged", "JobProgress", "SignedOut", "CameraTruth", "Alarm"} <= set(schemas)


def test_what_we_send_is_never_left_out_and_what_we_take_may_be() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert set(schemas["Error"]["required"]) == {"code", "detail", "field"}
    assert schemas["RoleGrant"]["required"] == ["role", "unit_id"]


def test_private_routes_say_that_they_need_a_session_and_what_they_do() -> None:
    for route in all_routes():
        operation = DOCUMENT["paths"][route.path][route.method.lower()]
        assert ("security" in operation) == (not route.public)
        assert operation.get("x-action") == (None if route.public else str(route.action))


async def test_the_document_is_served(browser: Browser) -> None:
    answer = await browser.get("/api/openapi.json")
    assert answer.body == json.loads(json.dumps(DOCUMENT))
