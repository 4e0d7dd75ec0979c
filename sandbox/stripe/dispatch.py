"""Finding a call by its address, and carrying it out."""

from __future__ import annotations

import re
from functools import cache

import sandbox.stripe.resources  # noqa: F401  # fills the table of calls
from sandbox.store import Json
from sandbox.stripe.call import CARRIERS, PLAYED, Call
from sandbox.stripe.errors import NotPlayed, StripeError
from sandbox.stripe.expand import expand
from sandbox.stripe.schema.validate import check_params
from sandbox.stripe.side import Side


def find_call(method: str, path: str) -> tuple[str, str]:
    """Return the name of the call, such as `GET /v1/charges/{charge}`, and the id in the address.

    Raises StripeError 404 for what the sandbox does not have.
    """
    for pattern, name in _patterns():
        if match := pattern.fullmatch(f"{method} {path}"):
            return name, "".join(match.groups())
    text = f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at"
    raise StripeError(f"{text} https://support.stripe.com/. (The sandbox has only a part of Stripe.)", status=404)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(re.sub(r"\{\w+\}", "([^/]+)", name)), name) for name in CARRIERS]


def carry_out(side: Side, name: str, object_id: str, given: Json) -> tuple[int, Json, bool]:
    """Carry out a call; return HTTP status, body, and whether it got further than its parameters."""
    begun = False
    try:
        params = check_params(name, given)
        _check_played(name, params)
        begun = True
        body = CARRIERS[name](Call(name, side, params, object_id))
        return 200, expand(side, body, params.get("expand", [])), begun
    except StripeError as error:
        return error.status, error.body(), begun


def _check_played(name: str, params: Json) -> None:
    for param in params:
        if param not in PLAYED[name]:
            raise NotPlayed(f"The sandbox does not play the parameter {param} of {name}", param)
