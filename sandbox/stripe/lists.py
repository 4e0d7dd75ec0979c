"""Lists as Stripe pages them: the newest first, a cursor at either end."""

from __future__ import annotations

from typing import Any

from sandbox.store import Json
from sandbox.stripe.call import Call
from sandbox.stripe.errors import StripeError, missing_resource


def page(call: Call, items: list[Json], url: str) -> Json:
    """Return the part of a list that `limit`, `starting_after` and `ending_before` ask for."""
    limit = call.params.get("limit", 10)
    if not 1 <= limit <= 100:
        bound = "greater than or equal to 1" if limit < 1 else "less than or equal to 100"
        raise StripeError(f"This value must be {bound}.", code="parameter_invalid_integer", param="limit")
    after, before = call.params.get("starting_after"), call.params.get("ending_before")
    if after is not None and before is not None:
        raise StripeError("You may only specify one of these parameters: ending_before, starting_after.")
    if before is not None:
        rest = items[: _place(items, before, "ending_before")]
        return listed(rest[-limit:], url, has_more=len(rest) > limit)
    rest = items[_place(items, after, "starting_after") + 1 :] if after is not None else items
    return listed(rest[:limit], url, has_more=len(rest) > limit)


def listed(items: list[Json], url: str, *, has_more: bool = False) -> Json:
    """Return a list object."""
    return {"object": "list", "data": items, "has_more": has_more, "url": url}


def _place(items: list[Json], cursor: str, param: str) -> int:
    for place, item in enumerate(items):
        if item["id"] == cursor:
            return place
    raise missing_resource("object", cursor, param, 400, None)


def matching(call: Call, items: list[Json], *names: str) -> list[Json]:
    """Return the items whose fields are as the parameters of the same name ask, and which were made when asked for."""
    wanted = call.given(*names)
    found = [item for item in items if all(item.get(name) == value for name, value in wanted.items())]
    moments = call.params.get("created")
    return found if moments is None else [item for item in found if _in_time(item["created"], moments)]


def _in_time(moment: int, asked: Any) -> bool:
    if isinstance(asked, int):
        return moment == asked
    later = moment > asked.get("gt", -1) and moment >= asked.get("gte", 0)
    return bool(later and moment < asked.get("lt", moment + 1) and moment <= asked.get("lte", moment))
