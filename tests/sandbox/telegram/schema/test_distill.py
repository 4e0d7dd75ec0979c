"""The facts about the Bot API are boiled down from its description without loss."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from sandbox.telegram.schema.distill import distill, read_description, type_expression
from sandbox.telegram.schema.validate import facts


@pytest.mark.parametrize(
    ("words", "expression"),
    [
        ("True", "Boolean"),
        ("Integer or String", "Integer|String"),
        ("Array of Array of KeyboardButton", "[[KeyboardButton]]"),
        (
            "Array of InputMediaAudio, InputMediaPhoto and InputMediaVideo",
            "[InputMediaAudio|InputMediaPhoto|InputMediaVideo]",
        ),
    ],
)
def test_types_are_written_shortly(words: str, expression: str) -> None:
    assert type_expression(words) == expression


def _field(name: str, kind: str, required: bool, description: str = "") -> dict[str, Any]:
    return {"name": name, "type": kind, "required": required, "description": description}


def test_a_description_becomes_facts(tmp_path: Path) -> None:
    thing_a = [_field("type", "String", True, "Type of the thing, must be a")]
    items = [
        {
            "name": "sendThing",
            "category": "methods",
            "description": "",
            "annotations": [_field("thing", "Thing", True)],
        },
        {
            "name": "Thing",
            "category": "types",
            "description": "Should be one of\n- ThingA\n- ThingB",
            "annotations": [],
        },
        {"name": "ThingA", "category": "types", "description": "", "annotations": thing_a},
        {"name": "ThingB", "category": "types", "description": "", "annotations": [_field("n", "Integer", False)]},
        {"name": "Unused", "category": "types", "description": "", "annotations": []},
    ]
    description = {"api": {"version": "1.0"}, "items": [{"children": items}]}
    archive = tmp_path / "source.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        data = json.dumps(description).encode()
        member = tarfile.TarInfo("aiogram-0/.butcher/schema/schema.json")
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))
    assert distill(read_description(archive)) == {
        "version": "1.0",
        "methods": {"sendThing": {"thing": "Thing!"}},
        "types": {"Thing": ["ThingA", "ThingB"], "ThingA": {"type": "String!=a"}, "ThingB": {"n": "Integer"}},
    }


def test_every_type_the_facts_mention_is_among_them() -> None:
    simple = {"Integer", "String", "Boolean", "Float"}
    known = set(facts()["types"]) | simple
    inside = [fields for fields in facts()["types"].values() if isinstance(fields, dict)]
    for fields in [*facts()["methods"].values(), *inside]:
        for spec in fields.values():
            names = spec.split("=")[0].rstrip("!").replace("[", "").replace("]", "").split("|")
            assert set(names) <= known
