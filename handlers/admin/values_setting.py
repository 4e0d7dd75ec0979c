"""Setting a value: by a button or in writing, asked about first, and only on what was seen when it was asked."""

from __future__ import annotations

from typing import Any, Final

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, Document, Message

from conversation.admin.value_field import Field
from conversation.admin.value_field_views import question_view
from conversation.admin.value_kinds import Unreadable
from conversation.callbacks.admin_values import ValueSet
from conversation.callbacks.fields import mark
from conversation.i18n import gettext as _
from handlers import fetching
from handlers.admin.asking import answered_message
from handlers.admin.door import Staff
from handlers.admin.values import field_of, how_it_stands
from handlers.manners import Tap
from handlers.showing import show
from services.desk import Services
from services.dialogue import expectation
from services.errors import AlreadyDone, ChangedMeanwhile, ValueNotUsable
from services.live.live import Standing, same
from services.staff.rights import Actor, Right
from storage.tables import User

MOST_BYTES: Final = 64 * 1024
"""Of a text file; the longest text of characters of four bytes each is a fifth of it."""


async def is_expected(message: Message, user: User) -> bool:
    expected = expectation(user)
    typed = message.text is not None and not message.text.startswith("/")
    return expected is not None and expected.expects == "value" and (typed or _is_text_file(message.document))


async def written(message: Message, user: User, bot: Bot, services: Services) -> None:
    """Nothing happens before the question that follows is answered."""
    expected = expectation(user)
    field = field_of(services, expected.subject_id if expected else 0)
    text = await _words(message, bot, field)
    standing = await services.live.standing(field.name)
    whole = _checked(services, field, standing, field.with_part(standing, _read(field, text)))
    await services.dialogue.expect(user.id, None)
    question = question_view(field, standing, whole, f"={mark(text)}")
    # As a reply: what the button stands for is the message it answers, also after a restart.
    await message.reply(question.text, reply_markup=question.keyboard)


async def set_it(
    callback: CallbackQuery, callback_data: ValueSet, bot: Bot, services: Services, actor: Actor, tap: Tap
) -> None:
    field = field_of(services, callback_data.field)
    standing = await services.live.standing(field.name)
    if not callback_data.sure:
        whole = await _wanted(callback, callback_data.to, field, standing, services, bot)
        await tap.answer()
        await show(callback, question_view(field, standing, whole, callback_data.to))
        return
    try:
        # What somebody has changed since it was asked is refused by `set`, whatever this is made of.
        whole = await _wanted(callback, callback_data.to, field, standing, services, bot)
        await services.live.set(actor, field.name, whole, seen=callback_data.seen)
        await tap.answer(_("Set: it counts from now on."))
    except (ChangedMeanwhile, AlreadyDone, ValueNotUsable) as refusal:
        await tap.refuse(refusal)  # and how it stands follows
    await show(callback, await how_it_stands(services, field))


async def _wanted(
    callback: CallbackQuery, to: str, field: Field, standing: Standing, services: Services, bot: Bot
) -> Any:
    """The whole that a button means. Raises AlreadyDone, NotYours, ValueNotUsable."""
    if to == "~":
        whole = field.as_usual(standing)
    elif to.startswith("@") and to[1:].isdecimal():
        whole = field.as_with(standing, (await services.live.change(field.name, int(to[1:]))).change.value)
    elif to.startswith("="):
        whole = field.with_part(standing, _read(field, await _answered(callback, to[1:], field, bot)))
    else:
        whole = field.with_part(standing, field.kind.moved(field.of(standing.value), to))
    return _checked(services, field, standing, whole)


def _checked(services: Services, field: Field, standing: Standing, whole: Any) -> Any:
    services.live.check(field.name, whole)
    if same(standing.usual if whole is None else whole, standing.value):
        raise AlreadyDone
    return whole


def _read(field: Field, text: str) -> Any:
    try:
        return field.kind.read(text.strip())
    except Unreadable:
        raise ValueNotUsable(field.name, "it cannot be read") from None


async def _answered(callback: CallbackQuery, shown: str, field: Field, bot: Bot) -> str:
    """What the staff's own message says that the question answers. Raises AlreadyDone: it is gone, or was edited."""
    text = await _words(answered_message(callback), bot, field)
    if mark(text) != shown:
        raise AlreadyDone
    return text


async def _words(message: Message, bot: Bot, field: Field) -> str:
    """As a text or a text file. Raises ValueNotUsable."""
    unusable = ValueNotUsable(field.name, "it is no text")
    file = message.document
    if message.text is not None or file is None:
        return message.text or ""
    if not _is_text_file(file) or (file.file_size or 0) > MOST_BYTES:
        raise unusable
    try:
        return (await fetching.fetch(bot, file, too_large=unusable, not_fetched=unusable)).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise unusable from None


def _is_text_file(file: Document | None) -> bool:
    return file is not None and ((file.file_name or "").lower().endswith(".txt") or file.mime_type == "text/plain")


def router() -> Router:
    made = Router(name="values setting")
    made.message.register(written, is_expected, Staff(Right.VALUES))
    made.callback_query.register(set_it, ValueSet.filter(), Staff(Right.VALUES))
    return made
