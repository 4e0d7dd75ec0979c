"""A checked API call, and the table of the functions that carry calls out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.store import Json
from sandbox.stripe.side import Side


@dataclass(frozen=True)
class Call:
    """`params` are checked and typed; `id` is the one in the address, empty if there is none."""

    name: str
    side: Side
    params: Json
    id: str = ""

    def given(self, *names: str) -> Json:
        """Return those of the parameters that were given."""
        return {name: self.params[name] for name in names if name in self.params}


Carrier = Callable[[Call], Any]
CARRIERS: dict[str, Carrier] = {}
# The parameters a call acts on; others that Stripe knows are refused by the sandbox.
PLAYED: dict[str, frozenset[str]] = {}
PAGING = "limit starting_after ending_before"


def carries_out(name: str, played: str = "") -> Callable[[Carrier], Carrier]:
    """Register the function for `POST /v1/…`."""

    def register(function: Carrier) -> Carrier:
        CARRIERS[name] = function
        PLAYED[name] = frozenset(played.split()) | {"expand"}
        return function

    return register


def with_metadata(body: Json, params: Json) -> Json:
    """Return an object's metadata after an update: keys are merged, an empty value removes one, "" removes all."""
    given = params.get("metadata", {})
    if given == "":
        return {}
    return {key: value for key, value in (body["metadata"] | given).items() if value != ""}


def new_metadata(params: Json) -> Json:
    """Return the metadata a new object is given."""
    return with_metadata({"metadata": {}}, params)


def unset_empty(values: Json) -> Json:
    """Return values with null for every empty text: that is how a client unsets something."""
    return {name: None if value == "" else value for name, value in values.items()}
