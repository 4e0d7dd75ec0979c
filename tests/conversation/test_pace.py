"""Every call waits its turn, and a 429 is obeyed. Time here is told, not waited for."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramEntityTooLarge,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import AnswerCallbackQuery, SendChatAction, SendMessage
from aiogram.types import InputMediaVideo, MediaUnion

from conversation import pace as pacing
from conversation.pace import (
    CHAT_BURST,
    GLOBAL_BURST,
    GLOBAL_RATE,
    KEPT_FOR_DELIVERY,
    PATIENCE_SECONDS,
    Pace,
)
from tests.conversation.telegram import Telegram


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
def pace(time: Time) -> Pace:
    return Pace(time, time.sleep)


@pytest.fixture
def bot(telegram: Telegram, pace: Pace) -> Bot:
    telegram.middleware(pace)
    return telegram.bot()


async def test_a_short_burst_in_a_chat_is_not_held_up(bot: Bot, time: Time) -> None:
    for _ in range(int(CHAT_BURST)):
        await bot.send_message(1, "hi")
    assert time.now == 1000.0


async def test_after_a_burst_a_chat_gets_one_message_a_second(bot: Bot, time: Time) -> None:
    for _ in range(int(CHAT_BURST) + 5):
        await bot.send_message(1, "hi")
    assert time.now == pytest.approx(1005.0)


async def test_each_item_of_an_album_counts(bot: Bot, time: Time) -> None:
    album: list[MediaUnion] = [InputMediaVideo(media="file") for _ in range(10)]
    for _ in range(2):
        await bot.send_media_group(1, album)
    assert time.now == pytest.approx(1000.0 + 20 - CHAT_BURST)


async def test_other_chats_do_not_wait_for_a_busy_one(bot: Bot, time: Time) -> None:
    for _ in range(int(CHAT_BURST)):
        await bot.send_message(1, "hi")
    await bot.send_message(2, "hi")
    assert time.now == 1000.0


async def test_all_chats_together_stay_below_what_telegram_takes(bot: Bot, time: Time) -> None:
    for chat in range(int(GLOBAL_BURST) + 50):
        await bot.send_message(chat, "hi")
    assert time.now == pytest.approx(1000.0 + 50 / GLOBAL_RATE)


async def test_progress_leaves_room_for_what_is_done(bot: Bot, pace: Pace, time: Time) -> None:
    for chat in range(int(GLOBAL_BURST - KEPT_FOR_DELIVERY)):
        assert pace.has_room
        await bot.send_message(chat, "hi")
    await bot.send_message(99, "hi")
    assert not pace.has_room
    time.now += 1
    assert pace.has_room


async def test_answers_to_taps_never_wait(bot: Bot, time: Time) -> None:
    for _ in range(int(GLOBAL_BURST) * 3):
        await bot(AnswerCallbackQuery(callback_query_id="1"))
        await bot(SendChatAction(chat_id=1, action="typing"))
    assert time.now == 1000.0


async def test_a_429_is_waited_out_and_tried_again(bot: Bot, telegram: Telegram, time: Time) -> None:
    telegram.refuse(SendMessage, 429, "Too Many Requests", retry_after=4)
    await bot.send_message(1, "hi")
    assert time.now == pytest.approx(1004.0)
    assert len(telegram.sent(SendMessage)) == 2


async def test_a_429_closes_the_chat_for_everybody_until_then(
    bot: Bot, telegram: Telegram, pace: Pace, time: Time
) -> None:
    telegram.refuse(SendMessage, 429, "Too Many Requests", retry_after=30)
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(1, "hi")
    assert pace.closed_for(1) == 30
    assert pace.closed_for(2) == 0
    await bot.send_message(1, "hi")
    assert time.now == pytest.approx(1030.0)
    assert pace.closed_for(1) == 0


async def test_nobody_is_kept_waiting_for_long(bot: Bot, telegram: Telegram, time: Time) -> None:
    telegram.refuse(SendMessage, 429, "Too Many Requests", retry_after=int(PATIENCE_SECONDS) + 1)
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(1, "hi")
    assert time.now == 1000.0


async def test_a_second_429_is_raised(bot: Bot, telegram: Telegram) -> None:
    telegram.refuse(SendMessage, 429, "Too Many Requests", retry_after=1)
    telegram.refuse(SendMessage, 429, "Too Many Requests", retry_after=1)
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(1, "hi")


def faults(telegram: Telegram) -> dict[str, Any]:
    send = SendMessage(chat_id=1, text="hi")
    return {
        "5xx": lambda: telegram.refuse(SendMessage, 500, "Internal Server Error"),
        "html": lambda: telegram.garble(SendMessage),
        "network": lambda: telegram.drop(SendMessage, TelegramNetworkError(method=send, message="reset")),
    }


@pytest.mark.parametrize("fault", ["5xx", "html", "network"])
async def test_a_passing_fault_gets_one_more_try(bot: Bot, telegram: Telegram, fault: str) -> None:
    faults(telegram)[fault]()
    await bot.send_message(1, "hi")
    assert len(telegram.sent(SendMessage)) == 2


@pytest.mark.parametrize("fault", ["5xx", "html", "network"])
async def test_a_lasting_fault_is_raised_after_two_tries(bot: Bot, telegram: Telegram, fault: str) -> None:
    for _ in range(2):
        faults(telegram)[fault]()
    with pytest.raises((TelegramServerError, TelegramNetworkError, ClientDecodeError)):
        await bot.send_message(1, "hi")
    assert len(telegram.sent(SendMessage)) == 2


@pytest.mark.parametrize("fault", ["5xx", "html", "network"])
async def test_who_is_in_a_hurry_hears_of_it_at_once(bot: Bot, telegram: Telegram, pace: Pace, fault: str) -> None:
    faults(telegram)[fault]()
    with pace.hurried(), pytest.raises((TelegramServerError, TelegramNetworkError, ClientDecodeError)):
        await bot.send_message(1, "hi")
    assert len(telegram.sent(SendMessage)) == 1


async def test_hurry_ends_with_its_block(bot: Bot, telegram: Telegram, pace: Pace) -> None:
    with pace.hurried():
        await bot.send_message(1, "hi")
    telegram.garble(SendMessage)
    await bot.send_message(1, "hi")


async def test_what_is_too_large_is_not_sent_twice(bot: Bot, telegram: Telegram) -> None:
    telegram.refuse(SendMessage, 413, "Request Entity Too Large")
    with pytest.raises(TelegramEntityTooLarge):
        await bot.send_message(1, "hi")
    assert len(telegram.sent(SendMessage)) == 1


async def test_chats_of_long_ago_are_forgotten(bot: Bot, pace: Pace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "CHATS_REMEMBERED", 3)
    for chat in range(10):
        await bot.send_message(chat, "hi")
    assert len(pace._chats) == 3
