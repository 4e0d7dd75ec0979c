"""Stripe's bracket form: `line_items[0][price]=price_1&expand[]=customer` as nested objects."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sandbox.store import Json
from sandbox.stripe.errors import StripeError

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_PART = re.compile(r"\[([^\[\]]*)\]")
MAX_DEPTH = 10


def parse_form(pairs: Iterable[tuple[str, str]]) -> Json:
    """Return the parameters; what may be an array is still an object with the keys "0", "1", …

    Raises StripeError for names that cannot be taken apart or contradict each other.
    """
    root: Json = {}
    for name, text in pairs:
        match = _NAME.fullmatch(name)
        if match is None:
            raise StripeError(f"Invalid request (check that your POST content is form-encoded): {name[:100]}")
        parts = [match[1], *_PART.findall(match[2])]
        if len(parts) > MAX_DEPTH:
            raise StripeError(f"Parameters are nested too deeply: {name[:100]}", param=match[1])
        _put(root, parts, text)
    return root


def _put(root: Json, parts: list[str], text: str) -> None:
    inside = root
    for part in parts[:-1]:
        inside = inside.setdefault(part or str(len(inside)), {})
        if not isinstance(inside, dict):
            raise StripeError("Invalid object", param=parts[0])
    last = parts[-1] or str(len(inside))
    if isinstance(inside.get(last), dict):
        raise StripeError("Invalid object", param=parts[0])
    inside[last] = text
