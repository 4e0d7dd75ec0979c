"""Boil the Bot API description inside the aiogram source distribution down to the facts calls are checked against.

`python -m sandbox.telegram.schema.distill aiogram-3.31.0.tar.gz` rewrites `bot_api.json`. The archive comes from
`pip download --no-deps --no-binary aiogram aiogram==3.31.0`; it holds `.butcher/schema/schema.json`, which
describes every method and type of the Bot API. Only names, types, whether a field is required, and fixed
values are kept: a field is written `Integer|String!`, `[PhotoSize]` or `String!=photo`, where `!` says required,
brackets say array, and `=` gives the only value allowed.
"""

from __future__ import annotations

import json
import re
import sys
import tarfile
from pathlib import Path
from typing import Any

OUTPUT = Path(__file__).with_name("bot_api.json")
_INNER = "/.butcher/schema/schema.json"
_SIMPLE = {"True": "Boolean", "Float number": "Float"}
_FIXED = re.compile(r"(?:must be|always) ['\"“‘]?([a-z_0-9]+)['\"”’]?\.?$")
_MEMBER = re.compile(r"[A-Z][A-Za-z0-9]+")


def read_description(archive: Path) -> dict[str, Any]:
    """Return the parsed `schema.json` of an aiogram source distribution."""
    with tarfile.open(archive) as tar:
        name = next(name for name in tar.getnames() if name.endswith(_INNER))
        member = tar.extractfile(name)
        if member is None:
            raise ValueError(f"{name} is not a file")
        return dict(json.load(member))


def type_expression(words: str) -> str:
    """Turn the documentation's `Array of A, B and C` into `[A|B|C]`."""
    if words.startswith("Array of "):
        return f"[{type_expression(words.removeprefix('Array of '))}]"
    parts = re.split(r", | and | or ", words)
    return "|".join(_SIMPLE.get(part, part) for part in parts)


def field(annotation: dict[str, Any]) -> str:
    """Write one parameter or field in the short form."""
    text = type_expression(annotation["type"]) + ("!" if annotation["required"] else "")
    fixed = _FIXED.search(annotation["description"])
    return f"{text}={fixed[1]}" if fixed and annotation["type"] == "String" else text


def fields(item: dict[str, Any]) -> dict[str, str]:
    """Write all parameters or fields of a method or type."""
    return {annotation["name"]: field(annotation) for annotation in item["annotations"]}


def union(item: dict[str, Any], types: dict[str, Any]) -> list[str]:
    """List the members of a type that only says it is one of several others."""
    description = item["description"]
    start = max(description.find("one of"), description.find("following"))
    names = _MEMBER.findall(description[start:]) if start >= 0 else []
    return [name for name in dict.fromkeys(names) if name in types and name != item["name"]]


def reachable(methods: dict[str, dict[str, str]], types: dict[str, Any]) -> set[str]:
    """Name the types that some method takes, directly or inside another."""
    found: set[str] = set()
    waiting = [text for parameters in methods.values() for text in parameters.values()]
    while waiting:
        for name in set(_MEMBER.findall(waiting.pop().split("=")[0])) - found:
            if name in types:
                found.add(name)
                inside = types[name]
                waiting += list(inside.values()) if isinstance(inside, dict) else inside
    return found


def distill(description: dict[str, Any]) -> dict[str, Any]:
    """Return `{version, methods, types}`; a union type is a list of names, any other a mapping of fields."""
    items = [item for section in description["items"] for item in section["children"]]
    methods = {item["name"]: fields(item) for item in items if item["category"] == "methods"}
    by_name = {item["name"]: item for item in items if item["category"] == "types"}
    types = {name: fields(item) or union(item, by_name) or {} for name, item in by_name.items()}
    kept = reachable(methods, types)
    return {
        "version": description["api"]["version"],
        "methods": methods,
        "types": {name: inside for name, inside in types.items() if name in kept},
    }


def main() -> None:
    """Write `bot_api.json` from the archive named on the command line."""
    facts = distill(read_description(Path(sys.argv[1])))
    OUTPUT.write_text(json.dumps(facts, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
