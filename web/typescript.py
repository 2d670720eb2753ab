"""The front end's types, made from the OpenAPI document. Needs nothing to be running.

`python -m web.typescript > web/ui/src/lib/api/schema.ts` writes them; a test fails while the file there is another.
"""

import json
from collections.abc import Iterator
from typing import Any

from web.openapi import openapi_document

Json = dict[str, Any]
_HEAD = "// Made from the OpenAPI document by `python -m web.typescript`. Do not edit.\n"
_PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
_NOTHING = "undefined"


class UnknownSchemaError(Exception):
    """A form of JSON Schema that no wire type had so far. Teach this module before using it."""


def typescript(document: Json | None = None) -> str:
    """The whole file: one type per schema, the actions, and `Operations` by method and path."""
    whole = openapi_document() if document is None else document
    named = [_declaration(name, schema) for name, schema in whole["components"]["schemas"].items()]
    operations = list(_operations(whole["paths"]))
    actions = sorted({operation["x-action"] for operation in _each(whole["paths"]) if "x-action" in operation})
    parts = [_HEAD, *named, f"export type Action = {_union(map(_literal, actions))};\n", _operations_type(operations)]
    return "\n".join(parts)


def _declaration(name: str, schema: Json) -> str:
    comment = f"/** {' '.join(schema['description'].split())} */\n" if "description" in schema else ""
    if schema.get("type") == "object" and "properties" in schema:
        return f"{comment}export interface {name} {_members(schema, '')}\n"
    return f"{comment}export type {name} = {_type(schema)};\n"


def _members(schema: Json, indent: str) -> str:
    required = set(schema.get("required", ()))
    lines = [
        f"{indent}  {name}{'' if name in required else '?'}: {_type(member)};"
        for name, member in schema["properties"].items()
    ]
    return "\n".join(["{", *lines, f"{indent}}}"])


def _type(schema: Json) -> str:
    made = _plain(schema) or _made_of_others(schema)
    if made is None:
        raise UnknownSchemaError(json.dumps(schema))
    return made


def _plain(schema: Json) -> str | None:
    match schema:
        case {"$ref": str(reference)}:
            return reference.rpartition("/")[2]
        case {"const": value}:
            return _literal(value)
        case {"enum": values}:
            return _union(map(_literal, values))
        case {"type": str(kind)}:
            return _PLAIN.get(kind)
    return None


def _made_of_others(schema: Json) -> str | None:
    match schema:
        case {"anyOf": members} | {"oneOf": members}:
            return _union(_type(member) for member in members)
        case {"type": "array", "prefixItems": members}:
            return f"[{', '.join(_type(member) for member in members)}]"
        case {"type": "array", "items": items}:
            item = _type(items)
            return f"({item})[]" if " | " in item else f"{item}[]"
        case {"type": "object", "additionalProperties": dict(values)}:
            return f"Record<string, {_type(values)}>"
    return None


def _literal(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _union(members: Iterator[str]) -> str:
    return " | ".join(dict.fromkeys(members))


def _each(paths: Json) -> Iterator[Json]:
    for item in paths.values():
        yield from item.values()


def _operations(paths: Json) -> Iterator[str]:
    for path, item in paths.items():
        for method, operation in item.items():
            parameters = operation.get("parameters", [])
            members = {
                "params": _parameters(parameters, "path"),
                "query": _parameters(parameters, "query"),
                "body": _body(operation.get("requestBody")),
                "answer": _answer(operation["responses"]),
            }
            inside = "".join(f"    {name}: {kind};\n" for name, kind in members.items())
            yield f"  {_literal(f'{method.upper()} {path}')}: {{\n{inside}  }};\n"


def _operations_type(operations: list[str]) -> str:
    note = (
        "/** What each request takes and is answered with. Bodies and answers that are not JSON are not described. */\n"
    )
    return f"{note}export interface Operations {{\n{''.join(operations)}}}\n"


def _parameters(parameters: list[Json], place: str) -> str:
    members = [
        f"{one['name']}{'' if one['required'] else '?'}: {_type(one['schema'])}"
        for one in parameters
        if one["in"] == place
    ]
    return f"{{ {'; '.join(members)} }}" if members else _NOTHING


def _body(body: Json | None) -> str:
    if body is None:
        return _NOTHING
    content = body["content"]
    return _type(content["application/json"]["schema"]) if "application/json" in content else "BodyInit"


def _answer(responses: Json) -> str:
    success = next(answer for status, answer in responses.items() if status != "default")
    content = success.get("content", {})
    if not content:
        return _NOTHING
    return _type(content["application/json"]["schema"]) if "application/json" in content else "Response"


if __name__ == "__main__":
    import sys

    sys.stdout.write(typescript())
