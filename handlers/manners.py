"""How every handler behaves: a tap is answered exactly once, a refusal is said in one sentence, a fault gets an id."""

from __future__ import annotations

import html
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import structlog
from aiogram import BaseMiddleware
from aiogram.exceptions import AiogramError, TelegramForbiddenError, TelegramNetworkError, TelegramRetryAfter
from aiogram.types import CallbackQuery, Message, TelegramObject

from conversation.errors import apology, sentence
from conversation.view import shortened
from services.errors import (
    AlreadyDone,
    BeingChecked,
    ChangedMeanwhile,
    ChoiceNotOffered,
    CostsOtherwise,
    EchoesError,
    Erased,
    NotAllowed,
    NotEnoughCredits,
    PhotoNotUsable,
    PromptChanged,
    ReportClosed,
    StillWorking,
    TooManyOpenJobs,
)

log = structlog.get_logger(__name__)
TOAST_LIMIT: Final = 200
"""Characters in the answer to a tap."""
PASSING: Final = (
    AlreadyDone,
    BeingChecked,
    ChangedMeanwhile,
    ChoiceNotOffered,
    CostsOtherwise,
    Erased,
    NotAllowed,
    NotEnoughCredits,
    PromptChanged,
    ReportClosed,
    StillWorking,
)
"""Refusals after which there is still something to show: how things stand."""
WORTH_A_WINDOW: Final = (ChangedMeanwhile, NotAllowed, NotEnoughCredits, ReportClosed, TooManyOpenJobs, StillWorking)
"""Refusals that a toast would let pass unread."""

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class Tap:
    """The answer to a tap on a button. The first one counts; the messenger turns its wheel until it comes."""

    def __init__(self, callback: CallbackQuery) -> None:
        self._callback = callback
        self._answered = False

    @property
    def message_id(self) -> int | None:
        """The message whose button it is; None where Telegram does not say."""
        return self._callback.message.message_id if self._callback.message else None

    async def answer(self, text: str = "", *, window: bool = False) -> None:
        if self._answered:
            return
        self._answered = True
        try:
            await self._callback.answer(shortened(text, TOAST_LIMIT) or None, show_alert=window)
        except AiogramError as error:  # too late, or the network: what the tap did is done all the same
            log.info("tap not answered", why=type(error).__name__)

    async def refuse(self, refusal: EchoesError) -> None:
        await self.answer(sentence(refusal), window=isinstance(refusal, WORTH_A_WINDOW))

    @asynccontextmanager
    async def forgiving(self) -> AsyncIterator[None]:
        """Inside, a button of an earlier moment is only answered, as is one that costs more than there is.

        The caller goes on to show how things stand: with too few credits, a card has the button to get more.
        """
        try:
            yield
        except PASSING as refusal:
            await self.refuse(refusal)


class Manners(BaseMiddleware):
    """Around every handler of messages and taps. Taps get `tap`."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        tap = data["tap"] = Tap(event) if isinstance(event, CallbackQuery) else None
        try:
            return await handler(event, data)
        except EchoesError as refusal:
            log.info("refused", why=type(refusal).__name__)
            await _say_no(event, tap, refusal)
        except TelegramForbiddenError:
            if data.get("user") is not None:
                await data["services"].users.mark_unreachable(data["user"].id)
        except (TelegramRetryAfter, TelegramNetworkError) as error:
            # What was decided is stored; it could only not be shown, and neither could an apology.
            log.warning("could not be shown", why=type(error).__name__)
        except Exception:  # the last stop before the person who waits: they are told, and the log has the rest
            error_id = structlog.contextvars.get_contextvars().get("cid") or secrets.token_hex(4)
            log.exception("handler failed", error_id=error_id)
            await _apologise(event, tap, apology(error_id))
        finally:
            if tap is not None:
                await tap.answer()


async def _say_no(event: TelegramObject, tap: Tap | None, refusal: EchoesError) -> None:
    if tap is not None:
        await tap.refuse(refusal)
    elif isinstance(event, Message):
        # In an album it must be plain which photo is meant.
        await _say(event, sentence(refusal), reply=isinstance(refusal, PhotoNotUsable))


async def _apologise(event: TelegramObject, tap: Tap | None, text: str) -> None:
    if tap is not None:
        await tap.answer(text, window=True)
    elif isinstance(event, Message):
        await _say(event, text, reply=False)


async def _say(message: Message, text: str, *, reply: bool) -> None:
    safe = html.escape(text, quote=False)
    try:
        to = message.as_reply_parameters(allow_sending_without_reply=True) if reply else None
        await message.answer(safe, reply_parameters=to)
    except AiogramError as error:
        log.warning("could not be said", why=str(error))
