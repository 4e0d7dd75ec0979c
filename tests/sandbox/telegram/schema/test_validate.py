"""Calls are held to the Bot API's schema: what aiogram makes of valid objects passes, anything else is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiogram import Bot, methods, types
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.methods import TelegramMethod
from hypothesis import given
from hypothesis import strategies as st

from sandbox.telegram.call import METHODS
from sandbox.telegram.errors import BadRequest, StricterThanTelegram
from sandbox.telegram.schema.validate import check_call, facts, method_names

_BOT = Bot("42:TEST", AiohttpSession())
_WORDS = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=12)
_IDS = st.integers(1, 2**52)
_FLAGS = st.none() | st.booleans()
_ENTITIES = st.none() | st.lists(
    st.builds(
        types.MessageEntity,
        type=st.sampled_from(["bold", "italic"]),
        offset=st.integers(0, 9),
        length=st.integers(1, 9),
    )
)
_BUTTONS = st.builds(types.InlineKeyboardButton, text=_WORDS, callback_data=_WORDS) | st.builds(
    types.InlineKeyboardButton, text=_WORDS, copy_text=st.builds(types.CopyTextButton, text=_WORDS)
)
_INLINE = st.builds(types.InlineKeyboardMarkup, inline_keyboard=st.lists(st.lists(_BUTTONS, max_size=3), max_size=3))
_KEYS = st.lists(st.lists(st.builds(types.KeyboardButton, text=_WORDS, request_contact=_FLAGS), max_size=3), max_size=3)
_MARKUPS: st.SearchStrategy[Any] = (
    st.none() | _INLINE | st.builds(types.ReplyKeyboardMarkup, keyboard=_KEYS, resize_keyboard=_FLAGS)
)
_MARKUPS |= st.builds(types.ReplyKeyboardRemove) | st.builds(types.ForceReply, input_field_placeholder=_WORDS)
_REPLIES = st.none() | st.builds(
    types.ReplyParameters, message_id=_IDS, allow_sending_without_reply=_FLAGS, quote=st.none() | _WORDS
)
_PHOTOS = st.builds(types.InputMediaPhoto, media=_WORDS, caption=st.none() | _WORDS, caption_entities=_ENTITIES)
_VIDEOS = st.builds(types.InputMediaVideo, media=_WORDS, width=st.none() | _IDS, supports_streaming=_FLAGS)
_COMMANDS = st.lists(st.builds(types.BotCommand, command=_WORDS, description=_WORDS))
_SCOPES = st.none() | st.builds(types.BotCommandScopeDefault) | st.builds(types.BotCommandScopeChat, chat_id=_IDS)
_CALLS: st.SearchStrategy[TelegramMethod[Any]] = st.one_of(
    st.builds(
        methods.SendMessage,
        chat_id=_IDS,
        text=_WORDS,
        entities=_ENTITIES,
        reply_markup=_MARKUPS,
        reply_parameters=_REPLIES,
        disable_notification=_FLAGS,
        link_preview_options=st.none() | st.builds(types.LinkPreviewOptions, is_disabled=st.booleans()),
    ),
    st.builds(methods.SendVideo, chat_id=_IDS, video=_WORDS, duration=st.none() | _IDS, reply_markup=_MARKUPS),
    st.builds(methods.SendMediaGroup, chat_id=_IDS, media=st.lists(_PHOTOS | _VIDEOS, max_size=4)),
    st.builds(
        methods.EditMessageMedia,
        chat_id=_IDS,
        message_id=_IDS,
        media=_PHOTOS | _VIDEOS,
        reply_markup=st.none() | _INLINE,
    ),
    st.builds(methods.SetMyCommands, commands=_COMMANDS, scope=_SCOPES),
    st.builds(methods.AnswerCallbackQuery, callback_query_id=_WORDS, text=_WORDS, show_alert=_FLAGS),
    st.builds(methods.GetUpdates, offset=st.none() | st.integers(-9, 9), allowed_updates=st.none() | st.lists(_WORDS)),
    st.builds(methods.DeleteMessages, chat_id=_IDS, message_ids=st.lists(_IDS)),
    st.builds(
        methods.SetMessageReaction,
        chat_id=_IDS,
        message_id=_IDS,
        reaction=st.lists(st.builds(types.ReactionTypeEmoji, emoji=_WORDS)),
    ),
)


def _form(call: TelegramMethod[Any]) -> dict[str, str]:
    """Return the form fields aiogram sends for a call."""
    values = call.model_dump(warnings=False)
    prepared = {name: _BOT.session.prepare_value(value, bot=_BOT, files={}) for name, value in values.items()}
    return {name: text for name, text in prepared.items() if text}


@given(_CALLS)
def test_what_aiogram_serialises_is_accepted_and_means_the_same(call: TelegramMethod[Any]) -> None:
    form = _form(call)
    checked = check_call(call.__api_method__, form, ())
    assert _form(type(call).model_validate(checked)) == form


@given(_CALLS, _WORDS)
def test_a_parameter_the_bot_api_does_not_know_is_refused(call: TelegramMethod[Any], name: str) -> None:
    with pytest.raises(StricterThanTelegram):
        check_call(call.__api_method__, _form(call) | {f"x_{name}": "1"}, ())


@given(_CALLS, st.data())
def test_a_parameter_of_another_type_is_refused(call: TelegramMethod[Any], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(facts()["methods"][call.__api_method__])))
    with pytest.raises(BadRequest):
        check_call(call.__api_method__, _form(call) | {name: {"an": "object nobody expects"}}, ())


@given(_CALLS, st.data())
def test_a_required_parameter_left_out_is_refused(call: TelegramMethod[Any], data: st.DataObject) -> None:
    required = [name for name, spec in facts()["methods"][call.__api_method__].items() if "!" in spec]
    form = _form(call)
    if required:
        form.pop(data.draw(st.sampled_from(required)), None)
        with pytest.raises(BadRequest):
            check_call(call.__api_method__, form, ())


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("{", "can't parse reply_markup JSON object"),
        ([], "Expected an Object"),
        ({"inline_keyboard": {}}, "Expected an Array"),
        ({"inline_keyboard": [[{"callback_data": "x"}]]}, 'Can\'t find field "text"'),
        ({"inline_keyboard": [[{"text": "x", "callback_data": 5}]]}, 'Field "callback_data" must be of type String'),
        (
            {"inline_keyboard": [[{"text": "x", "calback_data": "x"}]]},
            'InlineKeyboardButton has no field "calback_data"',
        ),
        ({"inline_keyboard": [], "resize_keyboard": True}, "resize_keyboard"),
        ({"keyboard": [], "one_time_keyboard": "yes"}, 'Field "one_time_keyboard" must be of type Boolean'),
        ({"remove_keyboard": 1}, "must be of type Boolean"),
    ],
)
@pytest.mark.parametrize("encode", [json.dumps, lambda value: value], ids=["form", "json"])
def test_wrong_markup_is_refused_for_the_right_reason(value: Any, complaint: str, encode: Any) -> None:
    given_value = value if isinstance(value, str) else encode(value)
    with pytest.raises(BadRequest) as caught:
        check_call("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": given_value}, ())
    assert complaint in caught.value.description


@pytest.mark.parametrize(
    ("text", "value"), [("1", 1), ("-5", -5), ("@name", "@name"), ("", "chat_id is empty"), ("1.5", "1.5")]
)
def test_a_chat_id_is_a_number_or_a_name(text: str, value: object) -> None:
    if text:
        assert check_call("getChat", {"chat_id": text}, ()) == {"chat_id": value}
    else:
        with pytest.raises(BadRequest, match=str(value)):
            check_call("getChat", {}, ())


def test_an_item_of_a_union_is_judged_by_its_type_field() -> None:
    with pytest.raises(StricterThanTelegram, match='InputMediaPhoto has no field "duration"'):
        check_call("sendMediaGroup", {"chat_id": 1, "media": [{"type": "photo", "media": "x", "duration": 1}]}, ())
    with pytest.raises(BadRequest, match='Field "type" must be'):
        check_call("setMyCommands", {"commands": [], "scope": {"type": "everybody"}}, ())


def test_a_file_may_come_as_a_part_of_the_form() -> None:
    assert check_call("sendPhoto", {"chat_id": 1}, ("photo",))["photo"] == "attach://photo"
    with pytest.raises(BadRequest, match="there is no photo in the request"):
        check_call("sendPhoto", {"chat_id": 1}, ())


def test_every_method_the_sandbox_has_is_the_bot_api_s() -> None:
    assert set(METHODS) <= set(method_names().values())
    known = {
        getattr(methods, name).__api_method__
        for name in methods.__all__
        if name not in ("Request", "Response", "TelegramMethod")
    }
    assert set(facts()["methods"]) == known
