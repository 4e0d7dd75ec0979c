"""The bot asked from another chat."""

from __future__ import annotations

import pytest
from aiogram.methods import AnswerInlineQuery
from aiogram.types import InlineQueryResultArticle, InputTextMessageContent

from tests.handlers.chat import Chat
from tests.support.database import ON_SQLITE, rows

pytestmark = ON_SQLITE


def article(answer: AnswerInlineQuery) -> InlineQueryResultArticle:
    (result,) = answer.results
    assert isinstance(result, InlineQueryResultArticle)
    return result


@pytest.mark.parametrize("text", ["", "invite", "<b>{} %s", "x" * 256])
async def test_whatever_is_asked_the_answer_is_one_s_own_invitation(chat: Chat, bobs: Chat, text: str) -> None:
    await chat.says("/start")
    await bobs.says("/start")

    answers = [await one.asks(text) for one in (chat, bobs)]

    codes = await rows(chat.shop.db, "SELECT referral_code FROM users ORDER BY id")
    for answer, (code,) in zip(answers, codes, strict=True):
        assert answer.is_personal
        assert answer.cache_time == 10
        keyboard = article(answer).reply_markup
        assert keyboard is not None
        assert keyboard.inline_keyboard[0][0].url == f"https://t.me/EchoesBot?start=ref_{code}"


async def test_it_is_said_in_the_language_of_who_invites(chat: Chat) -> None:
    chat.person["language_code"] = "es"
    await chat.says("/start")
    content = article(await chat.asks()).input_message_content
    assert isinstance(content, InputTextMessageContent)
    assert "convierte fotos" in content.message_text


async def test_asking_registers_nobody_so_that_a_friend_s_link_still_counts(chat: Chat, bobs: Chat) -> None:
    answer = await bobs.asks()
    assert answer.results == []
    assert answer.button is not None
    assert answer.button.start_parameter == "invite"
    assert await rows(chat.shop.db, "SELECT id FROM users") == []

    await chat.says("/invite")
    await bobs.says("/start " + chat.last.split("?start=")[1].split()[0])

    assert "12 credits" in bobs.last


async def test_an_answer_that_comes_too_late_is_no_trouble(chat: Chat) -> None:
    await chat.says("/start")
    before = len(chat.heard)
    chat.telegram.refuse(AnswerInlineQuery, 400, "Bad Request: query is too old and response timeout expired")
    await chat.asks()
    assert len(chat.heard) == before
