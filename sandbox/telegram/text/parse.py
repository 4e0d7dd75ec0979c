"""The one door from what a bot wrote to text and entities."""

from __future__ import annotations

from sandbox.telegram.errors import BadRequest
from sandbox.telegram.model import Json
from sandbox.telegram.text.detect import with_detected
from sandbox.telegram.text.entities import trimmed, units
from sandbox.telegram.text.html import parse_html
from sandbox.telegram.text.markdown import parse_markdown, parse_markdown_v2

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ENTITIES_LIMIT = 100
_MODES = {"html": parse_html, "markdownv2": parse_markdown_v2, "markdown": parse_markdown}
_KINDS = frozenset(
    [
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bank_card_number",
    ]
)


def parse_text(source: str, mode: str | None, given: list[Json] | None) -> tuple[str, list[Json]]:
    """Return text and entities; with a parse mode, entities that were given are ignored, as by Telegram.

    Raises BadRequest for an unknown mode and for text that mode cannot parse.
    """
    if mode:
        parser = _MODES.get(mode.lower())
        if parser is None:
            raise BadRequest("unsupported parse_mode")
        text, entities = parser(source)
    else:
        text, entities = trimmed(source, _usable(source, given or []))
    return text, with_detected(text, entities)[:ENTITIES_LIMIT]


def _usable(source: str, given: list[Json]) -> list[Json]:
    for entity in given:
        if entity["type"] not in _KINDS:
            raise BadRequest(f'can\'t parse entities: Unsupported type "{entity["type"]}"')
    end = units(source)
    return [
        entity
        for entity in given
        if entity["offset"] >= 0 < entity["length"] and entity["offset"] + entity["length"] <= end
    ]


def check_length(text: str, limit: int, complaint: str) -> None:
    """Raise BadRequest with the complaint if a parsed text has more UTF-16 units than allowed."""
    if units(text) > limit:
        raise BadRequest(complaint)
