"""What calls take and answer is boiled down from Stripe's description without loss."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from sandbox.stripe.call import CARRIERS, PLAYED
from sandbox.stripe.dispatch import find_call
from sandbox.stripe.schema import distill
from sandbox.stripe.schema.description import description

Json = dict[str, Any]
TEXT = {"type": "string", "maxLength": 5000, "description": "Words"}


def reference(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def resource(**properties: Json) -> Json:
    return {"type": "object", "required": ["id"], "properties": {"id": TEXT, "object": TEXT} | properties}


def test_nullable_becomes_a_null_among_the_types() -> None:
    answers = distill.Answers({"charge": resource(), "address": {"type": "object", "properties": {"city": TEXT}}})
    assert answers.schema({"type": "string", "nullable": True}) == {"type": ["string", "null"]}
    assert answers.schema({"type": "string", "nullable": True, "enum": ["a"]}) == {
        "type": ["string", "null"],
        "enum": ["a", None],
    }
    maybe = answers.schema({"anyOf": [reference("address")], "nullable": True})
    assert maybe == {"anyOf": [{"$ref": "#/schemas/address"}, {"type": "null"}]}
    assert answers.kept["address"]["additionalProperties"] is False


def test_an_id_that_may_be_expanded_to_something_the_sandbox_lacks_stays_an_id() -> None:
    answers = distill.Answers({"charge": resource(), "payout": resource()})
    expandable = {"anyOf": [TEXT, reference("charge"), reference("payout")]}
    assert answers.schema(expandable) == {"anyOf": [{"type": "string"}, {"$ref": "#/schemas/charge"}]}
    assert answers.schema(reference("payout")) == {"type": "object"}
    assert list(answers.kept) == ["charge"]


def test_query_and_form_become_one_object() -> None:
    query = {"name": "limit", "in": "query", "required": False, "schema": {"type": "integer"}}
    path = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    form = {"type": "object", "required": ["name"], "properties": {"name": TEXT, "metadata": {"type": "object"}}}
    found = distill.call(
        {
            "parameters": [query, path],
            "requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": form}}},
            "responses": {"200": {"content": {"application/json": {"schema": reference("charge")}}}},
        }
    )
    assert found == {
        "params": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "limit": {"type": "integer"},
                "name": {"type": "string", "maxLength": 5000},
                "metadata": {"type": "object"},
            },
        },
        "answer": reference("charge"),
    }


def test_versions_are_left_open_and_other_choices_are_not() -> None:
    versions = {"type": "string", "enum": ["2011-01-01", "2026-05-27.dahlia"]}
    assert distill.request_schema(versions) == {"type": "string"}
    assert distill.request_schema({"type": "string", "enum": ["a"]}) == {"type": "string", "enum": ["a"]}


def test_what_is_written_has_a_line_for_each_call_and_schema(tmp_path: Path) -> None:
    facts = {"version": "1", "calls": {"GET /v1/a": {}}, "schemas": {"b": {"type": "object"}, "c": {}}}
    distill.write(facts, tmp_path / "out.json")
    text = (tmp_path / "out.json").read_text()
    assert json.loads(text) == facts
    assert text.count("\n") == 10


def test_every_call_described_is_carried_out_and_the_other_way_round() -> None:
    assert set(CARRIERS) == set(description()["calls"])
    assert find_call("GET", "/v1/charges/ch_5") == ("GET /v1/charges/{charge}", "ch_5")
    assert find_call("GET", "/v1/charges") == ("GET /v1/charges", "")


def test_every_parameter_that_is_played_is_described() -> None:
    for name, played in PLAYED.items():
        known = set(description()["calls"][name]["params"]["properties"])
        assert played - known <= {"expand", "created"}, name


def test_all_references_are_kept_and_all_schemas_are_schemas() -> None:
    schemas = description()["schemas"]
    assert set(references(description())) <= set(schemas)
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


def references(inside: Any) -> Iterator[str]:
    if isinstance(inside, dict):
        if isinstance(inside.get("$ref"), str):
            yield inside["$ref"].removeprefix("#/schemas/")
        for value in inside.values():
            yield from references(value)
    elif isinstance(inside, list):
        for value in inside:
            yield from references(value)
