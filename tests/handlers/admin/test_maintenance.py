"""Closing the house: the words are written, seen and confirmed; and it is opened again after a question."""

from __future__ import annotations

import pytest

from conversation.callbacks.fields import mark
from conversation.i18n import Words
from tests.handlers.chat import OWNER, Chat
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE

pytestmark = ON_SQLITE
WORDS = "We are moving.\nBack at <three>!"


@pytest.fixture
def owners(shop: Shop, words: Words) -> Chat:
    return Chat(shop, words, OWNER, "Olga")


def question(owners: Chat, said: int, text: str) -> dict[str, object]:
    """The bot's question, which answers what was written."""
    mine = {"message_id": said, "date": 1, "chat": owners.place, "from": owners.person, "text": text}
    return {"message_id": 6, "date": 1, "chat": owners.place, "text": "Close?", "reply_to_message": mine}


async def test_it_is_closed_with_the_words_that_were_seen(owners: Chat, chat: Chat) -> None:
    await owners.says("/jobs")
    await owners.taps("wc:look:0:")
    assert "The house is open" in owners.last
    await owners.taps("wc:write:0:")
    said = await owners.says(WORDS)
    assert "Back at &lt;three&gt;!" in owners.last
    assert owners.shop.closing.words is None

    yes = f"wc:close:1:{mark(WORDS)}"
    assert "already done" in (await owners.taps(yes, message=question(owners, said, "Edited since.")))["text"]
    assert owners.shop.closing.words is None
    await owners.taps(yes, message=question(owners, said, WORDS))

    assert "The house is closed" in owners.last
    await chat.says("hello")
    assert chat.last == "We are moving.\nBack at &lt;three&gt;!"


async def test_words_that_are_too_long_are_asked_for_again(owners: Chat) -> None:
    await owners.taps("wc:write:0:")
    await owners.says("x" * 3001)
    assert "at most 3000 characters" in owners.last

    await owners.says("Shorter.")

    assert "Shorter." in owners.last


async def test_a_question_whose_words_are_gone_closes_nothing(owners: Chat) -> None:
    assert "already done" in (await owners.taps("wc:close:1:"))["text"]
    assert owners.shop.closing.words is None


async def test_it_is_opened_after_a_question(owners: Chat, shop: Shop) -> None:
    await shop.closing.close(await shop.boss(), WORDS)
    await owners.taps("wc:open:0:")
    assert "Open the house?" in owners.last
    assert shop.closing.words == WORDS

    await owners.taps("wc:open:1:")

    assert "The house is open" in owners.last
    assert "already done" in (await owners.taps("wc:open:1:"))["text"]
