"""From what a bot wrote to text and entities: modes, given entities, found entities, length."""

from __future__ import annotations

import pytest

from sandbox.telegram.errors import BadRequest
from sandbox.telegram.text.parse import check_length, parse_text


@pytest.mark.parametrize(
    ("text", "kind", "matched"),
    [
        ("/start ref", "bot_command", "/start"),
        ("run /go@echo_bot!", "bot_command", "/go@echo_bot"),
        ("see https://x.org/a?b=1.", "url", "https://x.org/a?b=1"),
        ("t.me/echo_bot", "url", "t.me/echo_bot"),
        ("ask @alice_b.", "mention", "@alice_b"),
        ("#old photos", "hashtag", "#old"),
        ("5 $USD", "cashtag", "$USD"),
        ("a.b@x.org", "email", "a.b@x.org"),
        ("😀 #x", "hashtag", "#x"),
    ],
)
def test_it_finds_what_telegram_finds_in_plain_text(text: str, kind: str, matched: str) -> None:
    _, [entity] = parse_text(text, None, None)
    start = entity["offset"] * 2
    found = text.encode("utf-16-le")[start : start + entity["length"] * 2].decode("utf-16-le")
    assert (entity["type"], found) == (kind, matched)


@pytest.mark.parametrize("text", ["a/b", "x@", "#1", "and/or", "@ab", "1.5"])
def test_it_finds_nothing_where_there_is_nothing(text: str) -> None:
    assert parse_text(text, None, None) == (text, [])


def test_it_finds_nothing_inside_code() -> None:
    assert [entity["type"] for entity in parse_text("<code>/start</code>", "HTML", None)[1]] == ["code"]


def test_given_entities_count_only_inside_the_text_and_without_a_mode() -> None:
    bold = {"type": "bold", "offset": 1, "length": 2}
    assert parse_text(" abc", None, [bold, bold | {"offset": 9}]) == (
        "abc",
        [{"type": "bold", "offset": 0, "length": 2}],
    )
    assert parse_text("abc", "HTML", [bold]) == ("abc", [])


def test_it_refuses_unknown_modes_and_kinds() -> None:
    with pytest.raises(BadRequest, match="unsupported parse_mode"):
        parse_text("a", "BBCode", None)
    with pytest.raises(BadRequest, match="Unsupported type"):
        parse_text("a", None, [{"type": "blink", "offset": 0, "length": 1}])


def test_length_is_counted_in_utf_16_units() -> None:
    check_length("😀" * 512, 1024, "too long")
    with pytest.raises(BadRequest, match="too long"):
        check_length("😀" * 512 + "a", 1024, "too long")
