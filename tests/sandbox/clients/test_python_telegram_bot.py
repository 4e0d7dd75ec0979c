"""A bot written with python-telegram-bot, which knows nothing of aiogram, lives on the sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputMediaPhoto,
    InputMediaVideo,
    InputTextMessageContent,
    LabeledPrice,
    Message,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, RetryAfter
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    PreCheckoutQueryHandler,
    filters,
)

from tests.sandbox.driver import TOKEN, Person, Sandbox
from tests.sandbox.pictures import jpeg, mp4
from tests.sandbox.receiver import Receiver

Context = ContextTypes.DEFAULT_TYPE


def _message(update: Update) -> Message:
    assert update.effective_message is not None
    return update.effective_message


async def _start(update: Update, context: Context) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Press", callback_data="press")]])
    words = " ".join(context.args or [])
    await _message(update).reply_text(f"<b>Hello</b> {words}", parse_mode=ParseMode.HTML, reply_markup=keyboard)


async def _album(update: Update, context: Context) -> None:
    media: list[InputMediaPhoto | InputMediaVideo] = [
        InputMediaPhoto(jpeg(), caption="one"),
        InputMediaVideo(mp4(), width=128, height=96, duration=2),
    ]
    await _message(update).reply_media_group(media)


async def _echo(update: Update, context: Context) -> None:
    await _message(update).reply_text(_message(update).text or "", do_quote=True)


async def _photo_back(update: Update, context: Context) -> None:
    photo = _message(update).photo[-1]
    data = await (await photo.get_file()).download_as_bytearray()
    await _message(update).reply_document(bytes(data), filename="back.jpg", caption=f"{photo.width}x{photo.height}")
    await _message(update).reply_photo(photo.file_id)


async def _pressed(update: Update, context: Context) -> None:
    assert update.callback_query is not None
    await update.callback_query.answer("Pressed", show_alert=True)
    await update.callback_query.edit_message_text("Thanks")


async def _buy(update: Update, context: Context) -> None:
    assert update.effective_chat is not None
    price = [LabeledPrice("Credits", 250)]
    await context.bot.send_invoice(update.effective_chat.id, "Credits", "For clips", "order_1", "XTR", price)


async def _may_pay(update: Update, context: Context) -> None:
    assert update.pre_checkout_query is not None
    await update.pre_checkout_query.answer(ok=True)


async def _pay_back(update: Update, context: Context) -> None:
    """Give every payment back at once."""
    payment, payer = _message(update).successful_payment, update.effective_user
    assert payment is not None
    assert payer is not None
    await context.bot.refund_star_payment(payer.id, payment.telegram_payment_charge_id)


async def _refunded(update: Update, context: Context) -> None:
    refund = _message(update).refunded_payment
    assert refund is not None
    [paid, returned] = (await context.bot.get_star_transactions()).transactions
    assert paid.id == returned.id == refund.telegram_payment_charge_id
    await _message(update).reply_text(f"{refund.total_amount} Stars are back")


async def _found(update: Update, context: Context) -> None:
    assert update.inline_query is not None
    result = InlineQueryResultArticle("1", "Look", InputTextMessageContent(f"Look: {update.inline_query.query}"))
    await update.inline_query.answer([result], is_personal=True)


def _application(sandbox: Sandbox) -> Any:
    builder = Application.builder().token(TOKEN)
    application = builder.base_url(f"{sandbox.url}/bot").base_file_url(f"{sandbox.url}/file/bot").build()
    application.add_handler(CommandHandler("start", _start))
    application.add_handler(CommandHandler("album", _album))
    application.add_handler(CommandHandler("buy", _buy))
    application.add_handler(PreCheckoutQueryHandler(_may_pay))
    application.add_handler(MessageHandler(filters.SUCCESSFUL_PAYMENT, _pay_back))
    application.add_handler(MessageHandler(filters.StatusUpdate.REFUNDED_PAYMENT, _refunded))
    application.add_handler(InlineQueryHandler(_found))
    application.add_handler(MessageHandler(filters.PHOTO, _photo_back))
    application.add_handler(MessageHandler(filters.TEXT, _echo))
    application.add_handler(CallbackQueryHandler(_pressed))
    return application


@asynccontextmanager
async def _polling(sandbox: Sandbox, application: Any) -> AsyncIterator[None]:
    await application.updater.start_polling(timeout=5)
    yield
    await application.updater.stop()


@asynccontextmanager
async def _webhook(sandbox: Sandbox, application: Any) -> AsyncIterator[None]:
    async def receive(request: web.Request, update: dict[str, Any]) -> web.StreamResponse:
        if request.headers["X-Telegram-Bot-Api-Secret-Token"] != "s3cret":
            return web.Response(status=401)
        await application.update_queue.put(Update.de_json(update, application.bot))
        return web.Response()

    async with Receiver(receive) as receiver:
        await application.bot.set_webhook(receiver.url, secret_token="s3cret", allowed_updates=Update.ALL_TYPES)
        yield


@pytest.fixture(params=[_polling, _webhook], ids=["polling", "webhook"])
async def ptb(sandbox: Sandbox, request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    application = _application(sandbox)
    async with application, request.param(sandbox, application):
        await application.start()
        yield application
        await application.stop()


@pytest.fixture
async def bob(ptb: Any, sandbox: Sandbox) -> Person:
    return await sandbox.person("Bob", username="bobby")


async def test_it_is_greeted_with_the_payload_of_a_deep_link(bob: Person) -> None:
    await bob.writes("/start ref_1")
    messages = await bob.sees(lambda messages: len(messages) == 2)
    assert messages[1]["text"] == "Hello ref_1"
    assert messages[1]["entities"] == [{"type": "bold", "offset": 0, "length": 5}]


async def test_it_gets_an_album_of_a_photo_and_a_video(bob: Person) -> None:
    await bob.writes("/album")
    _, photo, video = await bob.sees(lambda messages: len(messages) == 3)
    assert photo["media_group_id"] == video["media_group_id"]
    assert photo["caption"] == "one"
    assert (video["video"]["width"], video["video"]["duration"]) == (128, 2)


async def test_it_hears_its_own_words_as_a_quote(bob: Person) -> None:
    await bob.writes("Good evening")
    messages = await bob.sees(lambda messages: len(messages) == 2)
    assert messages[1]["text"] == messages[1]["reply_to_message"]["text"] == "Good evening"


async def test_a_tap_is_answered_and_the_message_changes(bob: Person) -> None:
    await bob.writes("/start")
    _, card = await bob.sees(lambda messages: len(messages) == 2)
    begin = (await bob.chat())["last_event"]
    query = await bob.taps(card["message_id"], "press")
    answer = await bob.hears(lambda kind, _: kind == "answer", begin)
    assert (answer["callback_query_id"], answer["text"], answer["show_alert"]) == (query, "Pressed", True)
    messages = await bob.sees(lambda messages: messages[1]["text"] == "Thanks")
    assert "reply_markup" not in messages[1]


async def test_a_photo_is_downloaded_uploaded_and_sent_again_by_file_id(bob: Person, sandbox: Sandbox) -> None:
    [sent] = await bob.sends(("me.jpg", jpeg(1600, 1200)), **{"as": "photo"})
    _, document, photo = await bob.sees(lambda messages: len(messages) == 3)
    assert document["caption"] == "1600x1200"
    assert document["document"]["file_size"] == sent["photo"][-1]["file_size"]
    assert photo["photo"][-1]["file_unique_id"] == sent["photo"][-1]["file_unique_id"]


async def test_a_payment_in_stars_is_taken_and_given_back(bob: Person) -> None:
    await bob.writes("/buy")
    _, invoice = await bob.sees(lambda messages: len(messages) == 2)
    assert (await bob.pays(invoice["message_id"]))["ok"]
    messages = await bob.sees(lambda messages: len(messages) == 5)
    assert ["successful_payment" in messages[2], "refunded_payment" in messages[3]] == [True, True]
    assert messages[-1]["text"] == "250 Stars are back"
    assert await bob.stars() == 5000


async def test_an_inline_result_is_sent_to_a_friend(bob: Person, sandbox: Sandbox) -> None:
    carol = await sandbox.person("Carol")
    found = await bob.asks("a film")
    assert (await bob.picks(found["query_id"], "1", carol))["text"] == "Look: a film"


async def test_refusals_arrive_as_the_library_s_own_errors(
    ptb: Any, bob: Person, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    with pytest.raises(BadRequest, match="Chat not found"):
        await ptb.bot.send_message(1, "x")
    await bob.writes("/start")
    await bob.sees(lambda messages: len(messages) == 2)
    await sandbox.fault("flood", method="sendMessage", times=1, retry_after=7)
    with pytest.raises(RetryAfter) as caught:
        await ptb.bot.send_message(bob.id, "x")
    assert caught.value.retry_after == timedelta(seconds=7)
    await bob.blocks()
    with pytest.raises(Forbidden, match="blocked by the user"):
        await ptb.bot.send_message(bob.id, "x")


async def test_it_reads_what_it_set_about_itself(ptb: Any) -> None:
    await ptb.bot.set_my_commands([("start", "Begin")])
    await ptb.bot.set_my_description("Describes itself")
    assert [command.command for command in await ptb.bot.get_my_commands()] == ["start"]
    assert (await ptb.bot.get_my_description()).description == "Describes itself"
    assert (await ptb.bot.get_my_name()).name == "Echo"
    assert (await ptb.bot.get_chat_menu_button()).type == "commands"
