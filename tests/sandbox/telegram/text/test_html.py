"""Telegram's HTML: what it means, and what is refused, byte offsets included."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.telegram.text.entities import CannotParse, units
from sandbox.telegram.text.html import parse_html


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>a</b><strong>b</strong>", "ab", [("bold", 0, 1), ("bold", 1, 1)]),
        ("😀<i>x</i>", "😀x", [("italic", 2, 1)]),
        ("<b>a<u>b</u></b>", "ab", [("bold", 0, 2), ("underline", 1, 1)]),
        ("  <s> a </s>  ", "a", [("strikethrough", 0, 1)]),
        ("<tg-spoiler>a</tg-spoiler><span class='tg-spoiler'>b</span>", "ab", [("spoiler", 0, 1), ("spoiler", 1, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ("<b></b>a", "a", []),
        ("1 &lt; 2 &amp; &quot;&#39;&#x41;&nope; &", "1 < 2 & \"'A&nope; &", []),
        ("<B>a</B>", "a", [("bold", 0, 1)]),
        ("<code>a</code>", "a", [("code", 0, 1)]),
    ],
)
def test_it_finds_text_and_entities(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    found_text, found = parse_html(source)
    assert found_text == text
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in found] == entities


def test_it_keeps_what_links_emoji_times_and_code_carry() -> None:
    source = (
        '<a href="https://x.org/?a=1&amp;b=2">l</a><tg-emoji emoji-id="5">e</tg-emoji>'
        '<tg-time unix="7">t</tg-time><pre><code class="language-python">c</code></pre>'
    )
    _, (link, emoji, time, code) = parse_html(source)
    assert link["url"] == "https://x.org/?a=1&b=2"
    assert emoji["custom_emoji_id"] == "5"
    assert time["unix_time"] == 7
    assert (code["type"], code["language"]) == ("pre", "python")


def test_a_link_without_an_address_is_its_own_text() -> None:
    text, [link] = parse_html("😀 <a>x.org/😀</a>")
    assert (text, link["url"], link["offset"], link["length"]) == ("😀 x.org/😀", "x.org/😀", 3, 8)
    assert parse_html('<a href="no address">x</a>') == ("x", [])


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("é<foo>a</foo>", 'Unsupported start tag "foo" at byte offset 2'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<br/>", 'Unsupported start tag "br" at byte offset 0'),
        ("<b", 'Unclosed start tag "b" at byte offset 0'),
        ('<a href="x', 'Unclosed start tag "a" at byte offset 0'),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-time unix='soon'>a</tg-time>", 'Invalid "unix" attribute at byte offset 0'),
    ],
)
def test_it_refuses_what_telegram_refuses(source: str, complaint: str) -> None:
    with pytest.raises(CannotParse) as caught:
        parse_html(source)
    assert caught.value.description == f"Bad Request: can't parse entities: {complaint}"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_escaped_text_comes_out_as_it_was(text: str) -> None:
    found, entities = parse_html(f"<b>{html.escape(text)}</b>")
    assert found == text.strip()
    assert [(entity["offset"], entity["length"]) for entity in entities] == ([(0, units(found))] if found else [])


@given(st.text("<>/ab='\"& \\n", max_size=40))
def test_any_text_is_parsed_or_refused(source: str) -> None:
    try:
        text, entities = parse_html(source)
    except CannotParse:
        return
    assert all(0 <= entity["offset"] < entity["offset"] + entity["length"] <= units(text) for entity in entities)
