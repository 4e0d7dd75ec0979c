"""Entities Telegram finds in plain text by itself: commands, links, mentions, hashtags, addresses."""

from __future__ import annotations

import re

from sandbox.telegram.model import Json
from sandbox.telegram.text.entities import units

_PATTERNS = {
    "url": re.compile(
        r"(?<![\w@])(?:(?:https?|ftp|tg)://[^\s<>\"]+|(?:[\w-]+\.)+(?:com|org|net|io|me|dev|ru|es)\b(?:/[^\s<>\"]*)?)"
    ),
    "email": re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-zA-Z]{2,}\b"),
    "bot_command": re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?\b(?!/)"),
    "mention": re.compile(r"(?<!\w)@[A-Za-z][A-Za-z0-9_]{3,31}\b"),
    "hashtag": re.compile(r"(?<!\w)#(?=\w*[^\W\d])\w{1,255}"),
    "cashtag": re.compile(r"(?<!\w)\$[A-Z]{1,8}\b"),
}
_BREAKING = frozenset({"code", "pre", "text_link", "text_mention", "custom_emoji", "date_time"})
_TRAILING = ".,;:!?)'\""


def with_detected(text: str, entities: list[Json]) -> list[Json]:
    """Return the entities and those found in the text, in order; nothing is found inside code and links."""
    taken = [
        (entity["offset"], entity["offset"] + entity["length"]) for entity in entities if entity["type"] in _BREAKING
    ]
    found = list(entities)
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            matched = match[0].rstrip(_TRAILING) if kind == "url" else match[0]
            start = units(text[: match.start()])
            stop = start + units(matched)
            if all(stop <= begin or start >= end for begin, end in taken):
                taken.append((start, stop))
                found.append({"type": kind, "offset": start, "length": stop - start})
    return sorted(found, key=lambda entity: (entity["offset"], -entity["length"]))
