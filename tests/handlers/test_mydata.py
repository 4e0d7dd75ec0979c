"""/mydata: a copy comes as a file; the deletion is asked about twice."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiogram.methods import SendDocument
from aiogram.types import BufferedInputFile

from conversation.callbacks.mydata import MyData
from storage.database import Database
from tests.handlers.chat import Chat
from tests.support.database import ON_SQLITE, rows

pytestmark = ON_SQLITE


async def test_a_copy_comes_as_a_file(chat: Chat) -> None:
    await chat.says("/mydata")
    await chat.taps(MyData(what="copy").pack())

    (sent,) = chat.telegram.sent(SendDocument)
    assert isinstance(sent.document, BufferedInputFile)
    assert (sent.chat_id, json.loads(sent.document.data)["you"]["first_name"]) == (501, "Alice")


@pytest.mark.parametrize("what", ["show", "delete", "really"])
async def test_nothing_is_deleted_before_the_second_answer(db: Database, chat: Chat, what: Any) -> None:
    await chat.taps(MyData(what=what).pack())

    assert await rows(db, "SELECT first_name, erased_at FROM users") == [("Alice", None)]


async def test_after_two_answers_it_is_gone_and_one_can_begin_anew(db: Database, chat: Chat) -> None:
    await chat.user()
    await chat.taps(MyData(what="gone").pack())
    assert "It is deleted" in chat.last
    ((telegram_id, name),) = await rows(db, "SELECT telegram_id, first_name FROM users")
    assert (telegram_id < 0, name) == (True, "")

    await chat.says("/credits")

    assert "10 credits" in chat.last
    assert await rows(db, "SELECT telegram_id, first_name FROM users") == [(501, "Alice")]


async def test_an_old_tap_after_it_finds_nothing_left_of_before(db: Database, chat: Chat) -> None:
    for _ in range(2):
        await chat.taps(MyData(what="gone").pack())

    assert await rows(db, "SELECT COUNT(*) FROM users") == [(1,)]
