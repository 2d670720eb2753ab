"""The OpenAPI 3.1 document, made from the declared routes and the wire types. Needs nothing to be running.

`python -m web.openapi` prints it, for the front end's build.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from web.routing import Route
from web.security.origin import CSRF_HEADER
from web.wire import Error, EventMessage, LiveMessage

Json = dict[str, Any]
_REF = "#/components/schemas/{model}"
_MESSAGES: Mapping[str, Any] = MappingProxyType({"EventMessage": EventMessage, "LiveMessage": LiveMessage})
"""What travels on WebSockets, by the name that the front end knows it by."""


def openapi_document(routes: Iterable[Route] | None = None) -> Json:
    """The document as plain data."""
    declared = list(_all_routes() if routes is None else routes)
    paths: Json = {}
    for route in declared:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Vọng", "version": "0.1.0", "description": "Times are UTC in ms; ids are opaque."},
        "paths": paths,
        "components": {
            "schemas": _schemas(declared),
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "vong"},
                "csrf": {"type": "apiKey", "in": "header", "name": CSRF_HEADER},
            },
        },
    }


@cache
def openapi_json() -> bytes:
    """The document of all routes as it is served."""
    return json.dumps(openapi_document(), ensure_ascii=False, indent=1).encode()


def _all_routes() -> Iterable[Route]:
    from web.routes import all_routes  # noqa: PLC0415 the route that serves the document is one of them

    return all_routes()


def _operation(route: Route) -> Json:
    operation: Json = {
        "operationId": route.name,
        "tags": [route.handler.__module__.rpartition(".")[2]],
        "responses": {str(route.status): _answer(route), "default": _content(_ref(Error), "an error")},
    }
    if route.handler.__doc__:
        operation["description"] = route.handler.__doc__.strip()
    if not route.public:
        operation["security"] = [{"session": [], "csrf": []} if route.changes else {"session": []}]
        operation["x-action"] = str(route.action)
    if parameters := _path_parameters(route) + _query_parameters(route):
        operation["parameters"] = parameters
    if route.request is not None:
        operation["requestBody"] = {"required": True, **_content(_ref(route.request))}
    elif route.consumes:
        body = {media: {"schema": {"type": "string"}} for media in route.consumes}
        operation["requestBody"] = {"required": True, "content": body}
    return operation


def _answer(route: Route) -> Json:
    if route.produces != "application/json":
        return {"description": "", "content": {route.produces: {"schema": {"type": "string", "format": "binary"}}}}
    if route.response is None:
        return {"description": ""}
    return _content(_inline(route.response))


def _content(schema: Json, description: str | None = "") -> Json:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _inline(response: Any) -> Json:
    """A reference to a class, or an array of such."""
    if isinstance(response, type) and issubclass(response, BaseModel):
        return _ref(response)
    return _without_defs(TypeAdapter(response).json_schema(ref_template=_REF, mode="serialization"))


def _ref(model: type) -> Json:
    return {"$ref": _REF.format(model=model.__name__)}


def _path_parameters(route: Route) -> list[Json]:
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in route.parameters]


def _query_parameters(route: Route) -> list[Json]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema(ref_template=_REF)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": member}
        for name, member in schema["properties"].items()
    ]


def _schemas(routes: Sequence[Route]) -> Json:
    """What is sent to us may leave out what has a default; what we send never does. A class that goes both ways is the former."""
    incoming = {route.request for route in routes if route.request is not None}
    outgoing = [TypeAdapter(route.response) for route in routes if route.response is not None]
    outgoing += [TypeAdapter(Error), *(TypeAdapter(message) for message in _MESSAGES.values())]
    schemas: Json = {}
    _, sent = TypeAdapter.json_schemas(
        [(index, "serialization", one) for index, one in enumerate(outgoing)], ref_template=_REF
    )
    schemas.update(sent.get("$defs", {}))
    for name, message in _MESSAGES.items():
        schemas[name] = _without_defs(TypeAdapter(message).json_schema(mode="serialization", ref_template=_REF))
    mode: JsonSchemaMode = "validation"
    _, received = models_json_schema(
        [(model, mode) for model in sorted(incoming, key=lambda one: one.__name__)], ref_template=_REF
    )
    schemas.update(received.get("$defs", {}))
    for route in routes:
        if route.query is not None:
            schemas.update(route.query.model_json_schema(ref_template=_REF).get("$defs", {}))
    return dict(sorted(schemas.items()))


def _without_defs(schema: Json) -> Json:
    return {key: value for key, value in schema.items() if key != "$defs"}


if __name__ == "__main__":
    import sys

    sys.stdout.write(openapi_json().decode() + "\n")
