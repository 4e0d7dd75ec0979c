from __future__ import annotations

import pytest

from providers.writing import tidy


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  waves \n on\tthe   shore ", "waves on the shore"),
        ('"waves on the shore"', "waves on the shore"),
        ("waves\u202egnp.exe\u0000", "waves gnp.exe"),
        ("waves https://evil.example/a?b=c crash", "waves crash"),
        ("waves t.me/evil www.evil.example", "waves"),
        ("👨‍👩‍👧 у моря", "👨‍👩‍👧 у моря"),
        (" \u200b ", ""),
    ],
)
def test_a_models_text_becomes_a_line_that_can_be_shown(text: str, expected: str) -> None:
    assert tidy(text) == expected


def test_it_is_cut_between_words() -> None:
    assert tidy("waves on the shore", 12) == "waves on the"
    assert tidy("🌊🌊 🌊", 5) == "🌊🌊"


def test_one_endless_word_is_nothing() -> None:
    assert tidy("a" * 1001) == ""
    assert tidy("a" * 1000) == "a" * 1000
