"""What a chat completion may be asked for."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.vendors.chat import check_chat

USER = {"role": "user", "content": "a cat"}
PLAIN: dict[str, Any] = {"model": "a/b", "messages": [USER]}
STRICT: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}


def _format(schema: Any, name: str = "n", strict: bool = True) -> dict[str, Any]:
    named = {"name": name, "strict": strict, "schema": schema}
    return {"response_format": {"type": "json_schema", "json_schema": named}}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"model": "writer"}, "valid model ID"),
        ({"model": None, "models": []}, "valid model ID"),
        ({"messages": []}, "not empty"),
        ({"messages": "hi"}, "not empty"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "needs a role"),
        ({"messages": [{"role": "user", "content": 5}]}, "content must be"),
        ({"messages": [{"role": "user", "content": [{"type": "audio"}]}]}, "content must be"),
        ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, "content must be"),
        ({"messages": [USER, {"role": "assistant", "content": "x"}]}, "the last one must be the user's"),
        ({"stream": True}, "does not stream"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_completion_tokens": "9"}, "max_completion_tokens"),
        ({"temperature": 2.1}, "temperature"),
        ({"shape": "x"}, "unknown: shape"),
        ({"provider": {"best": True}}, "unknown: provider.best"),
        ({"provider": 5}, "provider: expected object"),
        ({"response_format": {"type": "xml"}}, "response_format"),
        ({"response_format": {"type": "json_schema"}}, "response_format"),
        (_format(STRICT), "additionalProperties"),
        (_format(STRICT | {"additionalProperties": False, "required": []}), "'required' must include"),
        (_format(STRICT | {"additionalProperties": False}, name="a name"), "json_schema.name"),
        (_format({"type": "array", "items": STRICT}), "additionalProperties"),
        (_format({"type": "array", "items": 5}), "expected a schema"),
    ],
    ids=str,
)
def test_what_cannot_be_used_is_refused(wrong: dict[str, Any], words: str) -> None:
    chat, problem = check_chat(PLAIN | wrong)
    assert chat is None
    assert words in problem


def test_texts_and_schema_are_found() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}]
    messages = [{"role": "system", "content": "be kind"}, USER, {"role": "user", "content": parts}]
    schema = STRICT | {"additionalProperties": False}
    body = {"models": ["a/b:free", "c/d"], "messages": messages, "temperature": 0, **_format(schema)}
    chat, problem = check_chat(body)
    assert problem == ""
    assert chat is not None
    assert (chat.model, chat.system, chat.text, chat.schema) == ("a/b:free", "be kind", "a", schema)


def test_other_forms_of_answer_are_allowed() -> None:
    for given in ({}, {"response_format": {"type": "text"}}, {"response_format": {"type": "json_object"}}):
        assert check_chat(PLAIN | given)[0] is not None
    assert check_chat(PLAIN | _format(STRICT, strict=False))[0] is not None
