from pathlib import Path

import pytest

from web.typescript import UnknownSchemaError, typescript

COMMITTED = Path(__file__).parents[2] / "web" / "ui" / "src" / "lib" / "api" / "schema.ts"


def _document(schema: dict[str, object]) -> dict[str, object]:
    return {"components": {"schemas": {"Thing": schema}}, "paths": {}}


def test_the_types_of_the_front_end_are_those_of_the_api() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == typescript(), (
        "run: python -m web.typescript > web/ui/src/lib/api/schema.ts"
    )


def test_what_may_be_left_out_is_optional_and_what_may_be_null_says_so() -> None:
    made = typescript(
        _document(
            {
                "type": "object",
                "properties": {"id": {"type": "string"}, "at_ms": {"anyOf": [{"type": "integer"}, {"type": "null"}]}},
                "required": ["id"],
            }
        )
    )
    assert "export interface Thing {\n  id: string;\n  at_ms?: number | null;\n}" in made


def test_a_list_of_either_is_bracketed() -> None:
    made = typescript(_document({"type": "array", "items": {"enum": ["vi", "en"]}}))
    assert 'export type Thing = ("vi" | "en")[];' in made


def test_a_form_that_is_not_known_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(UnknownSchemaError):
        typescript(_document({"not": {"type": "string"}}))
