"""MarkdownV2 and the older Markdown."""

from __future__ import annotations

import pytest
from aiogram.utils.text_decorations import markdown_decoration
from hypothesis import given
from hypothesis import strategies as st

from sandbox.telegram.text.entities import CannotParse, units
from sandbox.telegram.text.markdown import parse_markdown, parse_markdown_v2


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("*b* _i_ __u__ ~s~ ||h||", "b i u s h", ["bold", "italic", "underline", "strikethrough", "spoiler"]),
        ("*a _b_*", "a b", ["bold", "italic"]),
        ("`a\\`b`", "a`b", ["code"]),
        ("```py\na*b\n```", "a*b", ["pre"]),
        ("[l](https://x.org/\\))", "l", ["text_link"]),
        ("![e](tg://emoji?id=5)", "e", ["custom_emoji"]),
        (">a\n>b\nc", "a\nb\nc", ["blockquote"]),
        (">a\n>b||\nc", "a\nb\nc", ["expandable_blockquote"]),
        (">||a||\nb", "a\nb", ["blockquote", "spoiler"]),
        ("1\\. a\\-b", "1. a-b", []),
    ],
)
def test_it_finds_text_and_entities(source: str, text: str, entities: list[str]) -> None:
    found_text, found = parse_markdown_v2(source)
    assert found_text == text
    assert sorted(entity["type"] for entity in found) == sorted(entities)


def test_it_keeps_what_links_emoji_and_code_carry() -> None:
    assert parse_markdown_v2("[l](https://x.org/\\))")[1][0]["url"] == "https://x.org/)"
    assert parse_markdown_v2("![e](tg://emoji?id=5)")[1][0]["custom_emoji_id"] == "5"
    assert parse_markdown_v2("```py\na```")[1][0]["language"] == "py"


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("a.", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("a-b", "Character '-' is reserved and must be escaped with the preceding '\\'"),
        ("]", "Character ']' is reserved and must be escaped with the preceding '\\'"),
        ("é*a", "Can't find end of Bold entity at byte offset 2"),
        ("*a _b*", "Can't find end of Italic entity at byte offset 3"),
        ("`a", "Can't find end of Code entity at byte offset 0"),
        ("```a", "Can't find end of Pre entity at byte offset 0"),
        ("[a", "Can't find end of TextUrl entity at byte offset 0"),
        ("[a](", "Can't find end of a URL at byte offset 2"),
    ],
)
def test_it_refuses_what_telegram_refuses(source: str, complaint: str) -> None:
    with pytest.raises(CannotParse) as caught:
        parse_markdown_v2(source)
    assert caught.value.description == f"Bad Request: can't parse entities: {complaint}"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_text_escaped_by_aiogram_comes_out_as_it_was(text: str) -> None:
    assert parse_markdown_v2(markdown_decoration.quote(text)) == (text.strip(), [])


@given(st.text("*_~|`[]()!>\\ab\n", max_size=40))
def test_any_text_is_parsed_or_refused(source: str) -> None:
    try:
        text, entities = parse_markdown_v2(source)
    except CannotParse:
        return
    assert all(0 <= entity["offset"] < entity["offset"] + entity["length"] <= units(text) for entity in entities)


def test_the_older_markdown_has_four_marks_and_links() -> None:
    text, entities = parse_markdown("*b* _i_ `c` ```p``` [l](http://x.org) snake\\_case 2.5")
    assert text == "b i c p l snake_case 2.5"
    assert [entity["type"] for entity in entities] == ["bold", "italic", "code", "pre", "text_link"]
    with pytest.raises(CannotParse, match="byte offset 2"):
        parse_markdown("a *b")
