"""The stand-in for a language model: improves a prompt and judges it, always in the same way, in any asked-for form."""

from __future__ import annotations

import json
import re
from typing import Any

from sandbox.store import Json
from sandbox.vendors.chat import Chat
from sandbox.vendors.forbidden import forbidden_word

MORE_WORDS = ", soft natural light, slow camera movement, fine detail"
_SAFE, _UNSAFE, _UNDECIDED = ("safe", "allowed", "ok"), ("unsafe", "flagged", "blocked"), ("undecided", "unsure")
_EXPLAINING = re.compile(r"reason|why|explanation|categor", re.IGNORECASE)
_WRAPPED = re.compile(r"<(?P<tag>\w+)[^>]*>\s*(?P<inner>.*?)\s*</(?P=tag)>", re.DOTALL)
_WORDS_UNDER = ("prompt", "order", "text")
_LONGEST = 1000


def write(chat: Chat, *, undecided: bool = False, obeys: bool = False) -> Any:
    """Return the answer: a value of the chat's schema, or a text if it has none.

    A judge that is `undecided` says so, whether or not the schema has a word for it. A model that `obeys` does what
    the text says in place of its task: everything is safe, and its own orders are told.
    """
    wish = unwrapped(chat.text)
    word = None if obeys else forbidden_word(wish)
    text = chat.system if obeys else f"{wish.strip().rstrip('.,')}{MORE_WORDS}"
    verdict = _UNDECIDED if undecided else (_UNSAFE if word else _SAFE)
    if chat.schema is None:
        return text
    return _Answer(text, verdict, word).fill(chat.schema, "")


def unwrapped(text: str) -> str:
    """Return the person's words out of the form a program puts them into: JSON, or a pair of tags."""
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    if isinstance(given, dict):
        texts = [value for name, value in given.items() if isinstance(value, str) and name in _WORDS_UNDER]
        return texts[0] if texts else text
    found = _WRAPPED.search(text)
    return found["inner"] if found else text


class _Answer:
    """What is to be said, to be poured into a schema."""

    def __init__(self, text: str, verdict: tuple[str, ...], word: str | None) -> None:
        self._text, self._verdict, self._word = text, verdict, word

    def fill(self, schema: Json, name: str) -> Any:
        kind = schema.get("type")
        kinds = [one for one in (kind if isinstance(kind, list) else [kind]) if one != "null"]
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._choose(schema["enum"])
        if "anyOf" in schema:
            return self.fill(schema["anyOf"][0], name)
        return self._of_kind(schema, name, kinds[0] if kinds else "string")

    def _of_kind(self, schema: Json, name: str, kind: Any) -> Any:
        if kind == "object":
            return {key: self.fill(inner, key) for key, inner in schema.get("properties", {}).items()}
        if kind == "array":
            return [self.fill(schema["items"], name)] * schema.get("minItems", 1 if self._word else 0)
        if kind == "boolean":
            return (self._verdict == _SAFE) if name.lower() in _SAFE else (self._verdict == _UNSAFE)
        if kind in ("number", "integer"):
            return schema.get("minimum", 0)
        if _EXPLAINING.search(name):
            return self._word or ""
        return self._text[: schema.get("maxLength", _LONGEST)]

    def _choose(self, options: list[Any]) -> Any:
        fits = [option for option in options if str(option).lower() in self._verdict]
        undecided = [_UNDECIDED[0]] if self._verdict == _UNDECIDED else []
        return (fits or undecided or options)[0]
