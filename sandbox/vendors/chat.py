"""What a chat completion is asked for, checked more strictly than OpenRouter does it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sandbox.store import Json

_MODEL = re.compile(r"~?[\w.-]+/[\w.-]+(:[\w-]+)?")
_SCHEMA_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ROLES = ("system", "developer", "user", "assistant")
_KNOWN = {
    *("model", "models", "messages", "max_completion_tokens", "max_tokens", "temperature", "top_p", "seed", "stop"),
    *("user", "reasoning", "plugins", "provider", "response_format", "stream", "usage", "metadata"),
}
_PROVIDER = {
    *("order", "only", "ignore", "allow_fallbacks", "require_parameters", "data_collection", "zdr", "max_price"),
    *("sort", "quantizations"),
}


@dataclass(frozen=True, slots=True)
class Chat:
    """`system` is what the model was told to do, `text` what the last message says, without its pictures."""

    model: str
    system: str
    text: str
    schema: Json | None


class _Wrong(Exception):
    """The body cannot be used."""


def check_chat(body: Json) -> tuple[Chat | None, str]:
    """Return what is asked for, or why that cannot be."""
    try:
        _check_names("", body, _KNOWN)
        _check_names("provider.", body.get("provider") or {}, _PROVIDER)
        _check_options(body)
        messages = _messages(body.get("messages"))
        schema = _schema(body.get("response_format"))
        return Chat(_model(body), _said(messages, ("system", "developer")), _text(messages[-1]), schema), ""
    except _Wrong as wrong:
        return None, str(wrong)


def _check_names(prefix: str, given: Any, known: set[str]) -> None:
    if not isinstance(given, dict):
        raise _Wrong(f"{prefix.rstrip('.')}: expected object")
    if unknown := given.keys() - known:
        raise _Wrong(f"unknown: {prefix}{', '.join(sorted(unknown))} (refused by the sandbox only)")


def _check_options(body: Json) -> None:
    if body.get("stream"):
        raise _Wrong("the sandbox does not stream (refused by the sandbox only)")
    for name in ("max_completion_tokens", "max_tokens"):
        value = body.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            raise _Wrong(f"{name}: expected a positive whole number")
    temperature = body.get("temperature")
    if temperature is not None and (not isinstance(temperature, int | float) or not 0 <= temperature <= 2):
        raise _Wrong("temperature: expected a number from 0 to 2")


def _model(body: Json) -> str:
    name = body.get("model") or next(iter(body.get("models") or []), None)
    if not isinstance(name, str) or not _MODEL.fullmatch(name):
        raise _Wrong(f"{name} is not a valid model ID")
    return name


def _messages(given: Any) -> list[Json]:
    if not isinstance(given, list) or not given:
        raise _Wrong("messages: expected a list that is not empty")
    for message in given:
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            raise _Wrong("messages: each needs a role")
        content = message.get("content")
        if not isinstance(content, str) and not (isinstance(content, list) and all(map(_is_part, content))):
            raise _Wrong("messages: content must be a text or a list of parts")
    if given[-1]["role"] != "user":
        raise _Wrong("messages: the last one must be the user's (refused by the sandbox only)")
    return given


def _is_part(part: Any) -> bool:
    if not isinstance(part, dict):
        return False
    if part.get("type") == "text":
        return isinstance(part.get("text"), str)
    picture = part.get("image_url")
    address = picture.get("url") if isinstance(picture, dict) else None
    readable = isinstance(address, str) and address.startswith(("data:image/", "https:"))
    return part.get("type") == "image_url" and readable


def _schema(given: Any) -> Json | None:
    """Return the schema answers must have. Strict ones name every property as required and allow no others."""
    if given is None or given == {"type": "text"}:
        return None
    if given == {"type": "json_object"}:
        return {"type": "object", "properties": {}}
    named = given.get("json_schema") if isinstance(given, dict) and given.get("type") == "json_schema" else None
    if not isinstance(named, dict) or not isinstance(named.get("schema"), dict):
        raise _Wrong("response_format: expected text, json_object or a json_schema with a schema")
    if not _SCHEMA_NAME.fullmatch(str(named.get("name", ""))):
        raise _Wrong("response_format.json_schema.name: up to 64 of a-z, A-Z, 0-9, _ and -")
    if named.get("strict") is True:
        _check_strict(named["schema"], "schema")
    return dict(named["schema"])


def _check_strict(schema: Any, where: str) -> None:
    if not isinstance(schema, dict):
        raise _Wrong(f"{where}: expected a schema")
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        if schema.get("additionalProperties") is not False:
            raise _Wrong(f"{where}: 'additionalProperties' is required to be supplied and to be false")
        if set(schema.get("required", [])) != set(properties):
            raise _Wrong(f"{where}: 'required' must include every key in properties")
        for name, inner in properties.items():
            _check_strict(inner, f"{where}.{name}")
    if "items" in schema:
        _check_strict(schema["items"], f"{where}[]")


def _said(messages: list[Json], roles: tuple[str, ...]) -> str:
    return "\n".join(_text(message) for message in messages if message["role"] in roles)


def _text(message: Json) -> str:
    content = message["content"]
    if isinstance(content, str):
        return content
    return "\n".join(part["text"] for part in content if part["type"] == "text")
