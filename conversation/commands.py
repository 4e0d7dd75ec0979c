"""What Telegram shows about the bot: the menu of commands, and the texts before the first Start."""

from __future__ import annotations

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import BotCommand

from conversation.i18n import LANGUAGES, Words
from conversation.i18n import gettext as _

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


async def announce(bot: Bot, words: Words) -> None:
    """Tell Telegram, in every language. Not being able to is logged, and changes nothing else."""
    try:
        for language in LANGUAGES:
            # English is also what everybody else sees: it goes without a language code.
            code = None if language == "en" else language
            with words.speaking(language):
                await bot.set_my_commands(commands(), language_code=code)
                await bot.set_my_description(description(), language_code=code)
                await bot.set_my_short_description(short_description(), language_code=code)
    except AiogramError as error:
        log.warning("commands not announced", error=str(error))
