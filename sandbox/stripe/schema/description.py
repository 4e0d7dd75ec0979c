"""What `distill.py` wrote, and an object of a kind with nothing in it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from sandbox.store import Json

# What Stripe's library of today asks for. The description kept here is of an older version with the same objects.
API_VERSION = "2026-10-28.endive"


@cache
def description() -> Json:
    """Return `{version, calls, schemas}`."""
    return dict(json.loads(Path(__file__).with_name("openapi.json").read_text(encoding="utf-8")))


def blank(schema: str) -> Json:
    """Return an object of this schema in which everything that may be null is null, as Stripe shows it."""
    nothing = {name: None for name, inside in properties(schema).items() if _may_be_null(inside)}
    if schema == "charge":
        del nothing["refunds"]  # shown only when asked for
    return nothing


def properties(schema: str) -> Json:
    """Return the properties of a schema by name."""
    return dict(description()["schemas"][schema]["properties"])


def _may_be_null(schema: Json) -> bool:
    return "null" in schema.get("type", ()) or {"type": "null"} in schema.get("anyOf", ())
