"""Check a call's parameters against the Bot API's schema and give them their types."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.telegram.errors import BadRequest, StricterThanTelegram
from sandbox.telegram.model import Json

_MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "callback_query_id": "query is too old and response timeout expired or query ID is invalid",
    "file_id": "file_id not specified",
} | {
    kind: f"there is no {kind} in the request" for kind in ("photo", "video", "document", "audio", "voice", "animation")
}

_NUMBER = re.compile(r"-?[0-9]{1,19}")


@cache
def facts() -> Json:
    """Return what `distill.py` wrote: `{version, methods, types}`."""
    return dict(json.loads(Path(__file__).with_name("bot_api.json").read_text(encoding="utf-8")))


@cache
def method_names() -> dict[str, str]:
    """Map each method's name in lower case (Telegram ignores case) to its spelling."""
    return {name.lower(): name for name in facts()["methods"]}


def check_call(method: str, given: Json, uploads: Collection[str]) -> Json:
    """Return the parameters with their types; file parameters that were uploaded keep their part's name.

    `given` holds strings (from a query string or form) or JSON values; `uploads` names the file parts. Raises
    BadRequest as Telegram words it, and StricterThanTelegram for names Telegram would ignore.
    """
    fields: dict[str, str] = facts()["methods"][method]
    for name in given:
        if name not in fields:
            raise StricterThanTelegram(f'{method} has no parameter "{name}"')
    values: Json = {}
    for name, spec in fields.items():
        expression, required, _ = _split(spec)
        if name in uploads and "InputFile" in expression:
            values[name] = f"attach://{name}"
        elif given.get(name) is not None and (given[name] != "" or expression == "String"):
            values[name] = _check(expression, _decoded(expression, given[name], name), name)
        elif required:
            raise BadRequest(_MISSING.get(name, f'parameter "{name}" is required'))
    return values


def _split(spec: str) -> tuple[str, bool, str | None]:
    """Take `String!=photo` apart: expression, required, fixed value."""
    head, _, fixed = spec.partition("=")
    return head.rstrip("!"), head.endswith("!"), fixed or None


def _decoded(expression: str, value: Any, name: str) -> Any:
    """Turn the text of a form field into the JSON value it stands for."""
    if not isinstance(value, str) or ("String" in expression.strip("[]").split("|") and expression[0] != "["):
        return _as_number(value) if expression == "Integer|String" else value
    if expression == "Boolean":
        return {"true": True, "1": True, "false": False, "0": False}.get(value.lower(), value)
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        if expression in ("Integer", "Float"):
            return value
        raise BadRequest(f"can't parse {name} JSON object") from None


def _as_number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value


def _check(expression: str, value: Any, where: str) -> Any:
    if expression.startswith("["):
        if not isinstance(value, list):
            raise BadRequest(f"can't parse {where}: Expected an Array")
        return [_check(expression[1:-1], item, f"{where}[{index}]") for index, item in enumerate(value)]
    if "|" in expression:
        return _check_union(expression.split("|"), value, where)
    if isinstance(value, str) and not is_unicode(value):
        raise BadRequest("strings must be encoded in UTF-8")
    if expression in _SIMPLE:
        if not _SIMPLE[expression](value):
            raise BadRequest(f'can\'t parse {where}: Field "{where.split(".")[-1]}" must be of type {expression}')
        return value
    inside = facts()["types"][expression]
    if isinstance(inside, list):
        return _check_union(inside, value, where)
    return _check_object(expression, inside, value, where)


def is_unicode(text: str) -> bool:
    """Tell whether a text has no lone surrogates, which JSON can smuggle in and nothing can store."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


_SIMPLE: dict[str, Callable[[Any], bool]] = {
    "Integer": _is_integer,
    "Float": lambda value: _is_integer(value) or isinstance(value, float),
    "Boolean": lambda value: isinstance(value, bool),
    "String": lambda value: isinstance(value, str),
    "InputFile": lambda value: isinstance(value, str),
}


def _check_object(type_name: str, fields: dict[str, str], value: Any, where: str) -> Json:
    if not isinstance(value, dict):
        raise BadRequest(f"can't parse {where}: Expected an Object")
    for name in value:
        if name not in fields:
            raise StricterThanTelegram(f'can\'t parse {where}: {type_name} has no field "{name}"')
    checked: Json = {}
    for name, spec in fields.items():
        expression, required, fixed = _split(spec)
        if value.get(name) is None:
            if required:
                raise BadRequest(f"can't parse {where}: Can't find field \"{name}\"")
            continue
        checked[name] = _check(expression, value[name], f"{where}.{name}")
        if fixed is not None and checked[name] != fixed:
            raise BadRequest(f'can\'t parse {where}: Field "{name}" must be "{fixed}"')
    return checked


def _check_union(names: list[str], value: Any, where: str) -> Any:
    """Return the value as the first alternative that fits, else raise what the likeliest alternative says."""
    refusals: list[tuple[int, BadRequest]] = []
    for name in names:
        try:
            return _check(name, value, where)
        except BadRequest as refusal:
            refusals.append((_likeness(name, value), refusal))
    raise max(refusals, key=lambda item: item[0])[1]


def _likeness(name: str, value: Any) -> int:
    """Count what an object has in common with a type; its fixed value (such as `type: photo`) decides."""
    fields = facts()["types"].get(name)
    if not isinstance(fields, dict) or not isinstance(value, dict):
        return 0
    fixed = ((key, _split(spec)[2]) for key, spec in fields.items())
    decided = any(text is not None and value.get(key) == text for key, text in fixed)
    return 100 * decided + len(fields.keys() & value.keys())
