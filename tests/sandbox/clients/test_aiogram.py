"""The same bot written with aiogram, whose models also check that no answer says more than they know."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiogram import Bot, Dispatcher, F, Router, methods
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramRetryAfter,
)
from aiogram.filters import Command
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    KeyboardButton,
    LinkPreviewOptions,
    MediaUnion,
    MenuButtonCommands,
    Message,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyParameters,
    TelegramObject,
)
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from sandbox.telegram.call import METHODS
from tests.sandbox.driver import TOKEN, Person, Sandbox
from tests.sandbox.pictures import gif, jpeg, mp4, sound
from tests.sandbox.receiver import Receiver


def _file(data: bytes, name: str) -> BufferedInputFile:
    return BufferedInputFile(data, name)


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
            _file(mp4(), "clip.mp4"), width=128, height=96, thumbnail=_file(jpeg(320, 240), "t.jpg")
        )
        await message.reply_document(_file(data.read(), "back.jpg"))

    @router.message(F.text)
    async def echo(message: Message) -> Any:
        return message.answer_photo(_file(jpeg(), "in-the-answer.jpg"), caption=message.text)

    @router.callback_query()
    async def pressed(query: CallbackQuery) -> None:
        assert isinstance(query.message, Message)
        await query.answer("Pressed")
        await query.message.edit_text("Thanks")

    return router


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    bot = Bot(TOKEN, AiohttpSession(api=TelegramAPIServer.from_base(sandbox.url)))
    yield bot
    await bot.session.close()


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


def _nothing_unknown(value: Any, path: str = "answer") -> None:
    """Fail if an answer has a field that aiogram's models, made from the Bot API's description, do not know."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            _nothing_unknown(item, f"{path}[{index}]")
    if isinstance(value, TelegramObject):
        assert not value.model_extra, f"{path}: {value.model_extra}"
        for name in type(value).model_fields:
            _nothing_unknown(getattr(value, name), f"{path}.{name}")


class _Checked:
    """Calls methods one after the other, checks the answers, and knows what was called."""

    def __init__(self, bot: Bot, chat_id: int) -> None:
        self._bot, self.chat_id = bot, chat_id
        self.called: set[str] = set()

    async def __call__(self, method: methods.TelegramMethod[Any]) -> Any:
        answer = await self._bot(method)
        _nothing_unknown(answer, method.__api_method__)
        self.called.add(method.__api_method__)
        return answer


async def _send_everything(call: _Checked) -> tuple[Message, Message, list[Message]]:
    chat = call.chat_id
    preview = LinkPreviewOptions(is_disabled=True)
    text = await call(methods.SendMessage(chat_id=chat, text="t.me/x", link_preview_options=preview))
    photo = _file(jpeg(), "a.jpg")
    photo = await call(methods.SendPhoto(chat_id=chat, photo=photo, caption="*x*", parse_mode="MarkdownV2"))
    await call(methods.SendVideo(chat_id=chat, video=_file(mp4(), "v.mp4"), supports_streaming=True, has_spoiler=True))
    await call(methods.SendAnimation(chat_id=chat, animation=_file(gif(), "a.gif")))
    await call(methods.SendAudio(chat_id=chat, audio=_file(sound(), "a.wav"), performer="P", title="T"))
    await call(methods.SendVoice(chat_id=chat, voice=_file(sound(1, "ogg", "flac"), "v.ogg")))
    reply = ReplyParameters(message_id=text.message_id)
    keyboard = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Yes")]], resize_keyboard=True)
    paper = _file(b"%PDF-1.4", "paper.pdf")
    await call(methods.SendDocument(chat_id=chat, document=paper, reply_parameters=reply, reply_markup=keyboard))
    video = InputMediaVideo(media=_file(mp4(), "v.mp4"), thumbnail=_file(jpeg(90, 90), "t.jpg"), width=128, height=96)
    media: list[MediaUnion] = [InputMediaPhoto(media=photo.photo[-1].file_id), video]
    album = await call(methods.SendMediaGroup(chat_id=chat, media=media))
    return text, photo, album


async def _change_everything(call: _Checked, text: Message, photo: Message) -> None:
    chat, text_id, photo_id = call.chat_id, text.message_id, photo.message_id
    await call(methods.CopyMessage(chat_id=chat, from_chat_id=chat, message_id=photo_id))
    await call(methods.ForwardMessage(chat_id=chat, from_chat_id=chat, message_id=text_id))
    await call(methods.SendChatAction(chat_id=chat, action="upload_video"))
    await call(methods.EditMessageText(chat_id=chat, message_id=text_id, text="<i>y</i>", parse_mode="HTML"))
    await call(methods.EditMessageCaption(chat_id=chat, message_id=photo_id, caption="y"))
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Go", callback_data="go")]])
    await call(methods.EditMessageReplyMarkup(chat_id=chat, message_id=photo_id, reply_markup=keyboard))
    words = InputMediaDocument(media=_file(b"words", "words.txt"))
    await call(methods.EditMessageMedia(chat_id=chat, message_id=text_id, media=words))
    await call(methods.SetMessageReaction(chat_id=chat, message_id=1, reaction=[ReactionTypeEmoji(emoji="👍")]))
    await call(methods.PinChatMessage(chat_id=chat, message_id=photo_id))
    assert (await call(methods.GetChat(chat_id=chat))).pinned_message.message_id == photo_id
    await call(methods.UnpinChatMessage(chat_id=chat))
    await call(methods.UnpinAllChatMessages(chat_id=chat))


async def _set_everything(call: _Checked) -> None:
    chat = call.chat_id
    commands, scope = [BotCommand(command="go", description="Go")], BotCommandScopeChat(chat_id=chat)
    await call(methods.SetMyCommands(commands=commands, scope=scope, language_code="es"))
    assert [c.command for c in await call(methods.GetMyCommands(scope=scope, language_code="es"))] == ["go"]
    await call(methods.DeleteMyCommands(scope=scope, language_code="es"))
    await call(methods.SetMyName(name="Nombre", language_code="es"))
    assert (await call(methods.GetMyName(language_code="es"))).name == "Nombre"
    await call(methods.SetMyDescription(description="d"))
    assert (await call(methods.GetMyDescription())).description == "d"
    await call(methods.SetMyShortDescription(short_description="s"))
    assert (await call(methods.GetMyShortDescription(language_code="ru"))).short_description == "s"
    await call(methods.SetChatMenuButton(chat_id=chat, menu_button=MenuButtonCommands()))
    await call(methods.GetChatMenuButton(chat_id=chat))
    await call(methods.SetWebhook(url="http://127.0.0.1:9/", allowed_updates=["message"]))
    assert (await call(methods.GetWebhookInfo())).allowed_updates == ["message"]
    await call(methods.DeleteWebhook(drop_pending_updates=True))
    for method in (methods.GetMe, methods.LogOut, methods.Close):
        await call(method())


async def test_every_method_answers_what_aiogram_expects(bot: Bot, alice: Person) -> None:
    call = _Checked(bot, alice.id)
    text, photo, album = await _send_everything(call)
    await _change_everything(call, text, photo)
    assert photo.photo
    await call(methods.GetFile(file_id=photo.photo[0].file_id))
    query = await alice.taps(photo.message_id, "go")
    assert (await call(methods.GetUpdates(timeout=1)))[0].callback_query.id == query
    await call(methods.AnswerCallbackQuery(callback_query_id=query, text="ok"))
    await call(methods.DeleteMessage(chat_id=alice.id, message_id=text.message_id))
    numbers = [message.message_id for message in album]
    await call(methods.DeleteMessages(chat_id=alice.id, message_ids=[*numbers, 999]))
    await _set_everything(call)
    assert call.called == set(METHODS)


async def test_refusals_arrive_as_aiogram_s_own_errors(sandbox: Sandbox, bot: Bot, alice: Person) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(7, "x")
    with pytest.raises(TelegramEntityTooLarge):
        await bot.send_document(alice.id, _file(bytes(51 * 1024 * 1024), "huge.bin"))
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
