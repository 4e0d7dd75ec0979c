"""The same bot written with aiogram."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiogram import Bot, Dispatcher, F, Router
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramRetryAfter,
)
from aiogram.filters import Command
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from tests.sandbox.clients.conftest import file
from tests.sandbox.driver import Person, Sandbox
from tests.sandbox.pictures import jpeg, mp4
from tests.sandbox.receiver import Receiver


def _router() -> Router:
    router = Router()

    @router.message(Command("start"))
    async def start(message: Message) -> None:
        button = InlineKeyboardButton(text="Press", callback_data="press", style="success")
        await message.answer(
            "<b>Hello</b>", parse_mode="HTML", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]])
        )

    @router.message(F.photo)
    async def photo_back(message: Message, bot: Bot) -> None:
        assert message.photo
        data = await bot.download(message.photo[-1])
        assert data is not None
        await message.reply_video(
            file(mp4(), "clip.mp4"), width=128, height=96, thumbnail=file(jpeg(320, 240), "t.jpg")
        )
        await message.reply_document(file(data.read(), "back.jpg"))

    @router.message(F.text)
    async def echo(message: Message) -> Any:
        return message.answer_photo(file(jpeg(), "in-the-answer.jpg"), caption=message.text)

    @router.callback_query()
    async def pressed(query: CallbackQuery) -> None:
        assert isinstance(query.message, Message)
        await query.answer("Pressed")
        await query.message.edit_text("Thanks")

    return router


@asynccontextmanager
async def _polling(bot: Bot, dispatcher: Dispatcher) -> AsyncIterator[None]:
    polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False))
    try:
        yield
    finally:
        await dispatcher.stop_polling()
        await polling


@asynccontextmanager
async def _webhook(bot: Bot, dispatcher: Dispatcher) -> AsyncIterator[None]:
    handler = SimpleRequestHandler(dispatcher, bot, handle_in_background=False, secret_token="s3cret")

    async def receive(request: web.Request, _update: dict[str, Any]) -> web.StreamResponse:
        return await handler.handle(request)

    async with Receiver(receive) as receiver:
        await bot.set_webhook(receiver.url, secret_token="s3cret", allowed_updates=["message", "callback_query"])
        yield


@pytest.fixture(params=[_polling, _webhook], ids=["polling", "webhook"])
async def bob(sandbox: Sandbox, bot: Bot, request: pytest.FixtureRequest) -> AsyncIterator[Person]:
    dispatcher = Dispatcher()
    dispatcher.include_router(_router())
    async with request.param(bot, dispatcher):
        yield await sandbox.person("Bob", language_code="es")


async def test_a_tap_is_answered_and_the_message_changes(bob: Person) -> None:
    await bob.writes("/start")
    _, card = await bob.sees(lambda messages: len(messages) == 2)
    assert card["reply_markup"]["inline_keyboard"][0][0]["style"] == "success"
    await bob.taps(card["message_id"], "press")
    await bob.sees(lambda messages: messages[1]["text"] == "Thanks")


async def test_a_photo_goes_there_and_back_with_a_video(bob: Person) -> None:
    await bob.sends(("me.jpg", jpeg(900, 700)))
    _, video, document = await bob.sees(lambda messages: len(messages) == 3)
    assert video["video"]["thumbnail"]["width"] == 320
    assert document["document"]["file_name"] == "back.jpg"


async def test_a_call_in_the_webhook_s_answer_is_carried_out(bob: Person) -> None:
    await bob.writes("Good evening")
    messages = await bob.sees(lambda messages: len(messages) == 2)
    assert messages[1]["caption"] == "Good evening"


async def test_refusals_arrive_as_aiogram_s_own_errors(sandbox: Sandbox, bot: Bot, alice: Person) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(7, "x")
    with pytest.raises(TelegramEntityTooLarge):
        await bot.send_document(alice.id, file(bytes(51 * 1024 * 1024), "huge.bin"))
    await sandbox.fault("flood", method="sendMessage", times=1, retry_after=9)
    with pytest.raises(TelegramRetryAfter) as caught:
        await bot.send_message(alice.id, "x")
    assert caught.value.retry_after == 9
    await alice.blocks()
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(alice.id, "x")
    await bot.set_webhook("http://127.0.0.1:9/")
    with pytest.raises(TelegramConflictError):
        await bot.get_updates()
