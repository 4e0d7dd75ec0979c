"""Every method the sandbox has answers what aiogram's models expect, and says no more than they know."""

from __future__ import annotations

import asyncio
from typing import Any

from aiogram import Bot, methods
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultCachedPhoto,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    InputTextMessageContent,
    KeyboardButton,
    LabeledPrice,
    LinkPreviewOptions,
    MediaUnion,
    MenuButtonCommands,
    Message,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyParameters,
    TelegramObject,
    Update,
)

from sandbox.telegram.call import METHODS
from tests.sandbox.clients.conftest import file
from tests.sandbox.driver import Person
from tests.sandbox.pictures import gif, jpeg, mp4, sound


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
    photo = file(jpeg(), "a.jpg")
    photo = await call(methods.SendPhoto(chat_id=chat, photo=photo, caption="*x*", parse_mode="MarkdownV2"))
    await call(methods.SendVideo(chat_id=chat, video=file(mp4(), "v.mp4"), supports_streaming=True, has_spoiler=True))
    await call(methods.SendAnimation(chat_id=chat, animation=file(gif(), "a.gif")))
    await call(methods.SendAudio(chat_id=chat, audio=file(sound(), "a.wav"), performer="P", title="T"))
    await call(methods.SendVoice(chat_id=chat, voice=file(sound(1, "ogg", "flac"), "v.ogg")))
    reply = ReplyParameters(message_id=text.message_id)
    keyboard = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Yes")]], resize_keyboard=True)
    paper = file(b"%PDF-1.4", "paper.pdf")
    await call(methods.SendDocument(chat_id=chat, document=paper, reply_parameters=reply, reply_markup=keyboard))
    video = InputMediaVideo(media=file(mp4(), "v.mp4"), thumbnail=file(jpeg(90, 90), "t.jpg"), width=128, height=96)
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
    words = InputMediaDocument(media=file(b"words", "words.txt"))
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


async def _next_update(call: _Checked) -> Update:
    [update] = await call(methods.GetUpdates(timeout=10))
    assert isinstance(update, Update)
    await call(methods.GetUpdates(offset=update.update_id + 1, limit=1, timeout=0))
    return update


async def _pay_and_pay_back(call: _Checked, alice: Person) -> None:
    prices = [LabeledPrice(label="Credits", amount=250)]
    about: dict[str, Any] = {"title": "Credits", "description": "For clips", "payload": "order", "currency": "XTR"}
    invoice = await call(methods.SendInvoice(chat_id=alice.id, prices=prices, start_parameter="o", **about))
    paying = asyncio.ensure_future(alice.pays(invoice.message_id))
    query = (await _next_update(call)).pre_checkout_query
    assert query is not None
    await call(methods.AnswerPreCheckoutQuery(pre_checkout_query_id=query.id, ok=True))
    charge = (await paying)["charge_id"]
    receipt = (await _next_update(call)).message
    assert receipt is not None
    assert receipt.successful_payment is not None
    assert receipt.successful_payment.telegram_payment_charge_id == charge
    await call(methods.RefundStarPayment(user_id=alice.id, telegram_payment_charge_id=charge))
    refund = (await _next_update(call)).message
    assert refund is not None
    assert refund.refunded_payment is not None
    came, went = (await call(methods.GetStarTransactions(limit=100))).transactions
    assert (came.source.invoice_payload, went.receiver.user.id, came.id) == ("order", alice.id, went.id)
    assert (await call(methods.GetMyStarBalance())).amount == 0
    link = await call(methods.CreateInvoiceLink(prices=prices, subscription_period=2592000, **about))
    paying = asyncio.ensure_future(alice.sandbox.control("POST", f"{alice.path}/pay", {"invoice_link": link}))
    query = (await _next_update(call)).pre_checkout_query
    assert query is not None
    await call(methods.AnswerPreCheckoutQuery(pre_checkout_query_id=query.id, ok=True))
    which = {"user_id": alice.id, "telegram_payment_charge_id": (await paying)["charge_id"]}
    await call(methods.EditUserStarSubscription(is_canceled=True, **which))
    assert (await _next_update(call)).message


async def _answer_inline(call: _Checked, alice: Person, photo: Message) -> None:
    asking = asyncio.ensure_future(alice.asks("film"))
    query = (await _next_update(call)).inline_query
    assert query is not None
    assert photo.photo
    words = InputTextMessageContent(message_text="<b>Look</b>", parse_mode="HTML")
    results: list[Any] = [
        InlineQueryResultArticle(id="1", title="Look", input_message_content=words),
        InlineQueryResultCachedPhoto(id="2", photo_file_id=photo.photo[-1].file_id),
    ]
    await call(methods.AnswerInlineQuery(inline_query_id=query.id, results=results, is_personal=True, cache_time=0))
    assert [one["id"] for one in (await asking)["results"]] == ["1", "2"]


async def test_every_method_answers_what_aiogram_expects(bot: Bot, alice: Person) -> None:
    call = _Checked(bot, alice.id)
    text, photo, album = await _send_everything(call)
    await _change_everything(call, text, photo)
    assert photo.photo
    await call(methods.GetFile(file_id=photo.photo[0].file_id))
    query = await alice.taps(photo.message_id, "go")
    tap = (await _next_update(call)).callback_query
    assert tap is not None
    assert tap.id == query
    await call(methods.AnswerCallbackQuery(callback_query_id=query, text="ok"))
    await call(methods.DeleteMessage(chat_id=alice.id, message_id=text.message_id))
    numbers = [message.message_id for message in album]
    await call(methods.DeleteMessages(chat_id=alice.id, message_ids=[*numbers, 999]))
    await _pay_and_pay_back(call, alice)
    await _answer_inline(call, alice, photo)
    await _set_everything(call)
    assert call.called == set(METHODS)
