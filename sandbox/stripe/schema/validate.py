"""Check a call's parameters against Stripe's description and give them their types."""

from __future__ import annotations

import re
from typing import Any

from sandbox.store import Json
from sandbox.stripe.errors import StripeError
from sandbox.stripe.money import CURRENCIES
from sandbox.stripe.schema.description import description

_INTEGER = re.compile(r"-?[0-9]{1,19}")
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_KEYS, _KEY_LENGTH, _VALUE_LENGTH = 50, 40, 500  # of metadata


def check_params(call: str, given: Json) -> Json:
    """Return the parameters of `POST /v1/…` with their types. Raises StripeError in Stripe's words."""
    schema = description()["calls"][call]["params"]
    checked: Json = _object(schema, given, "")
    return checked


def _convert(schema: Json, value: Any, where: str) -> Any:
    if "anyOf" in schema:
        return _any_of(schema["anyOf"], value, where)
    return _TYPES[schema["type"]](schema, value, where)


def _any_of(options: list[Json], value: Any, where: str) -> Any:
    if value == "" and any("" in option.get("enum", ()) for option in options):
        return ""
    nested = [option for option in options if (option["type"] in ("object", "array")) == isinstance(value, dict)]
    refusal = StripeError("Invalid object" if not isinstance(value, dict) else "Invalid string", param=where)
    for option in nested:
        if option.get("enum") == [""]:
            continue
        try:
            return _convert(option, value, where)
        except StripeError as error:
            refusal = error
    raise refusal


def _object(schema: Json, value: Any, where: str) -> Json:
    if not isinstance(value, dict):
        raise StripeError("Invalid object", param=where)
    known: Json = schema.get("properties", {})
    other: Any = schema.get("additionalProperties")
    if not other and (unknown := [_name(where, name) for name in value if name not in known]):
        plural = "s" if len(unknown) > 1 else ""
        message = f"Received unknown parameter{plural}: {', '.join(unknown)}"
        raise StripeError(message, code="parameter_unknown", param=unknown[0])
    for name in schema.get("required", ()):
        if name not in value:
            path = _name(where, name)
            raise StripeError(f"Missing required param: {path}.", code="parameter_missing", param=path)
    if other and where.rpartition("[")[2].rstrip("]") == "metadata":
        _check_metadata(value, where)
    return {
        name: _convert(known.get(name, other), inside, _name(where, name))
        for name, inside in value.items()
        if name in known or isinstance(other, dict)
    }


def _check_metadata(value: Json, where: str) -> None:
    if len(value) > _KEYS:
        raise StripeError(f"Metadata can have up to {_KEYS} keys, but you passed in {len(value)}.", param=where)
    for key, text in value.items():
        if len(key) > _KEY_LENGTH:
            message = f"Metadata keys can have up to {_KEY_LENGTH} characters, but you passed in a key that is"
            raise StripeError(f"{message} {len(key)} characters. Invalid key: {key}", param=_name(where, key))
        if isinstance(text, str) and len(text) > _VALUE_LENGTH:
            message = f"Metadata values can have up to {_VALUE_LENGTH} characters, but you passed in a value that is"
            raise StripeError(f"{message} {len(text)} characters. Invalid value: {text}", param=_name(where, key))


def _array(schema: Json, value: Any, where: str) -> list[Any]:
    if not isinstance(value, dict) or not all(key.isdecimal() for key in value):
        raise StripeError("Invalid array", param=where)
    items = [value[key] for key in sorted(value, key=int)]
    return [_convert(schema["items"], item, f"{where}[{number}]") for number, item in enumerate(items)]


def _integer(_schema: Json, value: Any, where: str) -> int:
    if not isinstance(value, str) or not _INTEGER.fullmatch(value) or not -(2**63) <= int(value) < 2**63:
        raise StripeError(f"Invalid integer: {_short(value)}", code="parameter_invalid_integer", param=where)
    return int(value)


def _number(_schema: Json, value: Any, where: str) -> float:
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise StripeError(f"Invalid decimal: {_short(value)}", param=where)
    return float(value)


def _boolean(_schema: Json, value: Any, where: str) -> bool:
    if value not in ("true", "false"):
        raise StripeError(f"Invalid boolean: {_short(value)}", param=where)
    return bool(value == "true")


def _string(schema: Json, value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise StripeError(f"Invalid string: {_short(value)}", param=where)
    longest = schema.get("maxLength")
    if longest is not None and len(value) > longest:
        raise StripeError(f"Invalid string: {_short(value)}; must be at most {longest} characters", param=where)
    if "enum" in schema and value not in schema["enum"]:
        raise StripeError(f"Invalid {where}: must be one of {_listed(schema['enum'])}", param=where)
    if schema.get("format") == "currency":
        return _currency(value, where)
    if schema.get("format") == "decimal" and not _DECIMAL.fullmatch(value):
        raise StripeError(f"Invalid decimal: {_short(value)}", param=where)
    return value


def _currency(value: str, where: str) -> str:
    if value.lower() not in CURRENCIES:
        known = ", ".join(sorted(CURRENCIES))
        raise StripeError(
            f"Invalid currency: {value}. Stripe currently supports these currencies: {known}", param=where
        )
    return value.lower()


def refuse_empty(params: Json, *names: str) -> None:
    """Refuse an empty text where it would unset what cannot be unset."""
    for name in names:
        if params.get(name) == "":
            message = (
                f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter;"
                f" however '{name}' cannot be unset. You should remove '{name}' from your request or supply a"
                " non-empty value."
            )
            raise StripeError(message, code="parameter_invalid_empty", param=name)


def _name(where: str, name: str) -> str:
    return f"{where}[{name}]" if where else name


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:15]}...{text[-15:]}"


def _listed(values: list[str]) -> str:
    *first, last = [str(value) for value in values if value != ""]
    return f"{', '.join(first)}, or {last}" if len(first) > 1 else f"{first[0]} or {last}" if first else last


_TYPES = {
    "object": _object,
    "array": _array,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "string": _string,
}
