"""The bot's own session: what reads an answer is made once."""

from __future__ import annotations

import gc

import pytest
from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramBadRequest
from aiogram.methods import GetMe, Response
from aiogram.types import User

from bot.session import Session

ME = '{"ok": true, "result": {"id": 1, "is_bot": true, "first_name": "Echoes"}}'


def test_what_reads_an_answer_is_still_there_for_the_next_one() -> None:
    session = Session()
    bot = Bot("42:TEST", session)

    first = type(session.check_response(bot, GetMe(), 200, ME))
    known = id(first)
    del first
    gc.collect()

    assert id(type(session.check_response(bot, GetMe(), 200, ME))) == known
    assert known in map(id, gc.get_objects())


def test_answers_are_read_as_ever() -> None:
    session = Session()
    bot = Bot("42:TEST", session)

    answer = session.check_response(bot, GetMe(), 200, ME)

    assert isinstance(answer, Response)
    assert isinstance(answer.result, User)
    assert answer.result.first_name == "Echoes"
    with pytest.raises(TelegramBadRequest, match="no such thing"):
        session.check_response(bot, GetMe(), 400, '{"ok": false, "description": "no such thing"}')
    with pytest.raises(ClientDecodeError):
        session.check_response(bot, GetMe(), 502, "<html>Bad gateway</html>")
