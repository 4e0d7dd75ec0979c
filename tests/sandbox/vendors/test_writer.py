"""The stand-in for a language model fills any schema, and finds a person's words in any wrapping."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.vendors.chat import Chat
from sandbox.vendors.writer import MORE_WORDS, unwrapped, write


def chat(text: str, schema: Any) -> Chat:
    return Chat("a/b", "orders", text, schema)


@pytest.mark.parametrize(
    ("schema", "safe", "unsafe"),
    [
        ({"enum": ["allowed", "blocked"]}, "allowed", "blocked"),
        ({"enum": ["OK", "FLAGGED", "UNSURE"]}, "OK", "FLAGGED"),
        ({"type": "object", "properties": {"flagged": {"type": "boolean"}}}, {"flagged": False}, {"flagged": True}),
        ({"type": "object", "properties": {"safe": {"type": "boolean"}}}, {"safe": True}, {"safe": False}),
        (
            {"type": "object", "properties": {"reason": {"type": ["null", "string"]}}},
            {"reason": ""},
            {"reason": "gore"},
        ),
        (
            {"type": "object", "properties": {"categories": {"type": "array", "items": {"type": "string"}}}},
            {"categories": []},
            {"categories": ["gore"]},
        ),
        ({"const": 1}, 1, 1),
        ({"type": "number", "minimum": 1}, 1, 1),
        ({"anyOf": [{"enum": ["safe", "unsafe"]}, {"type": "null"}]}, "safe", "unsafe"),
    ],
    ids=str,
)
def test_a_verdict_fits_the_schema(schema: Any, safe: Any, unsafe: Any) -> None:
    assert write(chat("a calm sea", schema)) == safe
    assert write(chat("gore", schema)) == unsafe


def test_an_undecided_judge_uses_the_schemas_word_or_its_own() -> None:
    assert write(chat("x", {"enum": ["safe", "unsafe", "unsure"]}), undecided=True) == "unsure"
    assert write(chat("x", {"enum": ["safe", "unsafe"]}), undecided=True) == "undecided"


def test_a_text_is_no_longer_than_allowed() -> None:
    assert write(chat("a cat", {"type": "string", "maxLength": 7})) == "a cat, "
    assert write(chat("a cat", None)) == f"a cat{MORE_WORDS}"


@pytest.mark.parametrize(
    "text",
    [
        "a cat",
        '{"prompt": "a cat", "language": "es"}',
        '{"order": "a cat"}',
        "Improve:\n<wish>\n a cat \n</wish>\nNow.",
    ],
)
def test_words_are_found_in_their_wrapping(text: str) -> None:
    assert unwrapped(text) == "a cat"
