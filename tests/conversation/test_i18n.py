from __future__ import annotations

import pytest

from conversation.i18n import Words, gettext, language_now, lazy_gettext, ngettext


def test_each_language_says_it_in_its_own_words(words: Words) -> None:
    said = {}
    for code in ("en", "es", "ru"):
        with words.speaking(code):
            said[code] = gettext("Your projects")
    assert said == {"en": "Your projects", "es": "Tus proyectos", "ru": "Твои проекты"}


def test_english_counts_without_a_file(words: Words) -> None:
    with words.speaking("en"):
        assert [ngettext("{count} clip", "{count} clips", n) for n in (1, 2)] == ["{count} clip", "{count} clips"]


def test_a_language_nobody_translated_is_answered_in_english(words: Words) -> None:
    with words.speaking("de"):
        assert gettext("Your projects") == "Your projects"


def test_a_lazy_text_is_said_in_the_language_of_the_moment(words: Words) -> None:
    text = lazy_gettext("Your projects")
    with words.speaking("ru"):
        assert str(text) == "Твои проекты"
    with words.speaking("es"):
        assert str(text) == "Tus proyectos"


def test_speaking_another_language_inside_ends_with_it(words: Words) -> None:
    with words.speaking("es"):
        with words.speaking("ru"):
            assert language_now() == "ru"
        assert language_now() == "es"


def test_nothing_is_said_outside(words: Words) -> None:
    with words.speaking("es"):
        pass
    with pytest.raises(LookupError):
        gettext("Your projects")
