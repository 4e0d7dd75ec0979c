"""What Telegram shows about the bot: the menu of commands, and the texts before the first Start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import BotCommand, BotCommandScopeChat

from conversation.admin.sections import of
from conversation.i18n import LANGUAGES, Words
from conversation.i18n import gettext as _
from services.staff.members import Member
from services.staff.rights import Actor
from storage.tables import User

log = structlog.get_logger(__name__)


def commands() -> list[BotCommand]:
    """In the language being spoken."""
    described = {
        "start": _("Begin"),
        "new": _("Start a new project"),
        "projects": _("Your projects"),
        "buy": _("Get credits"),
        "credits": _("Balance and history"),
        "invite": _("Invite your friends"),
        "settings": _("Language, length and shape"),
        "help": _("How it works"),
        "cancel": _("Stop what's going on"),
        "support": _("Reach a person"),
        "paysupport": _("Help with payments"),
        "terms": _("Terms"),
        "privacy": _("What is kept about you"),
        "mydata": _("A copy of it, or its deletion"),
    }
    return [BotCommand(command=name, description=text) for name, text in described.items()]


def description() -> str:
    """Shown in an empty chat, at most 512 characters."""
    return _(
        "Send me a photo, tell me what should happen in it, and I'll turn it into a short clip. "
        "Keep the ones you like and put them in order."
    )


def short_description() -> str:
    """Shown on the bot's profile and when it is shared, at most 120 characters."""
    return _("I turn your photos into short clips. Send one and see!")


def staff_commands(actor: Actor) -> list[BotCommand]:
    """What a role has besides, in the language being spoken."""
    menu = BotCommand(command="admin", description=_("Run this bot"))
    return [menu, *(BotCommand(command=one.command, description=one.about()) for one in of(actor))]


async def announce_to(bot: Bot, user: User, actor: Actor | None) -> None:
    """Show somebody the commands of their role, in the language being spoken; without one, those everybody sees."""
    scope = BotCommandScopeChat(chat_id=user.telegram_id)
    if actor is None:
        await bot.delete_my_commands(scope=scope)
    else:
        await bot.set_my_commands([*commands(), *staff_commands(actor)], scope=scope)


async def announce(bot: Bot, words: Words, staff: Sequence[Member] = ()) -> None:
    """Tell Telegram, in every language, and `staff` what they have besides.

    Not being able to is logged, and changes nothing else.
    """
    with _forgiven():
        for language in LANGUAGES:
            # English is also what everybody else sees: it goes without a language code.
            code = None if language == "en" else language
            with words.speaking(language):
                await bot.set_my_commands(commands(), language_code=code)
                await bot.set_my_description(description(), language_code=code)
                await bot.set_my_short_description(short_description(), language_code=code)
    for one in staff:
        # Each for themselves: somebody may have blocked the bot.
        with _forgiven(), words.speaking(one.user.language):
            await announce_to(bot, one.user, Actor(one.user.id, one.role))


@contextmanager
def _forgiven() -> Iterator[None]:
    try:
        yield
    except AiogramError as error:
        log.warning("commands not announced", error=str(error))
