from __future__ import annotations

from collections.abc import Iterator

import pytest

from conversation.i18n import LANGUAGES, Words


@pytest.fixture(scope="session")
def words() -> Words:
    return Words()


@pytest.fixture
def english(words: Words) -> Iterator[None]:
    with words.speaking("en"):
        yield


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest, words: Words) -> Iterator[str]:
    """The test runs once in each language, and is spoken to in it."""
    with words.speaking(request.param):
        yield request.param
