"""What the player says, and to whom in which language."""

from __future__ import annotations

import pytest

from conversation.player_words import language_of, link_description, player_words


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", "en"),
        ("es", "es"),
        ("ru-RU,ru;q=0.9,en-US;q=0.8", "ru"),
        ("de-DE,de;q=0.9,es;q=0.5,en;q=0.3", "es"),
        ("en;q=0.3, ru;q=0.7", "ru"),
        ("ru;q=0, es;q=0.1", "es"),
        ("*", "en"),
        ("de", "en"),
        ("ES-mx", "es"),
        (";;;,=q,ru;q=x", "en"),
        ("ru;q=nan,es", "es"),
        ("," * 5000, "en"),
    ],
)
def test_a_browser_is_spoken_to_in_the_language_it_likes_best(asked: str, language: str) -> None:
    assert language_of(asked) == language


@pytest.mark.usefixtures("language")
def test_every_word_is_there_and_the_place_has_its_numbers() -> None:
    words = player_words()
    assert all(words.values())
    assert link_description()
    assert words["clip"].format(number=2, count=3).count("2") == 1
