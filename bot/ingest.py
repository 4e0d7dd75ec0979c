"""The way in for updates, the same for polling and webhook: store, acknowledge, then handle in order a chat."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from functools import partial
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.types import Update
from prometheus_client import Counter, Histogram
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from bot.lanes import Lanes
from services.inbox import Inbox, Received

log = structlog.get_logger(__name__)
PRE_CHECKOUT = "pre_checkout_query"
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member", "inline_query", PRE_CHECKOUT]
RECOVER_SECONDS = 10.0
DRAIN_SECONDS = 8.0
"""What is not done by then is in the inbox, and is taken up by the next process."""
KEEP_DAYS = 4
FORGET_ROUNDS = 360
"""Once an hour."""

UPDATES = Counter("echoes_updates", "Updates taken in", ["kind"])
HANDLING = Histogram("echoes_update_seconds", "Time to handle an update")


class Ingest:
    def __init__(self, inbox: Inbox, dispatcher: Dispatcher, bot: Bot) -> None:
        self._inbox = inbox
        self._dispatcher = dispatcher
        self._bot = bot
        self._lanes = Lanes()

    async def receive(self, updates: list[dict[str, Any]]) -> None:
        """Returns when the updates are durable; known ones are dropped. Raises when they could not be stored."""
        self._begin(await self._inbox.store({str(update["update_id"]): update for update in updates}))

    async def recover(self) -> None:
        """Until cancelled: take up what an earlier process stored and did not finish, and forget what is long done."""
        for round_ in itertools.count():
            try:
                self._begin(await self._inbox.abandoned())
                if round_ % FORGET_ROUNDS == 0:
                    await self._inbox.forget_handled(KEEP_DAYS)
            except SQLAlchemyError:
                log.exception("the inbox cannot be read")  # the database is away; it is asked again
            await asyncio.sleep(RECOVER_SECONDS)

    async def drain(self) -> None:
        await self._lanes.drain(DRAIN_SECONDS)

    def _begin(self, received: list[Received]) -> None:
        for one in received:
            kind, lane = _kind_and_lane(one.body)
            UPDATES.labels(kind).inc()
            # Whoever has their finger on "Pay" is let down by Telegram after ten seconds.
            self._lanes.put(lane, partial(self._handle, one), urgent=kind == PRE_CHECKOUT)

    async def _handle(self, received: Received) -> None:
        with structlog.contextvars.bound_contextvars(cid=secrets.token_hex(8), update=received.body.get("update_id")):
            try:
                update = self._read(received)
                if update is not None:
                    with HANDLING.time():
                        await self._dispatcher.feed_update(self._bot, update)
                await self._inbox.mark_handled(received.id)
            except Exception:  # whatever it was: the update stays in the inbox, and the sender's others go on
                log.exception("update failed, and will be tried again")

    def _read(self, received: Received) -> Update | None:
        """None: a newer Telegram sends what this version cannot read. It must not block its sender."""
        try:
            return Update.model_validate(received.body, context={"bot": self._bot})
        except ValidationError as error:
            log.error("update cannot be read", error=str(error), keys=list(received.body))  # noqa: TRY400
            return None


def _kind_and_lane(body: dict[str, Any]) -> tuple[str, object]:
    """What an update is, and whose queue it waits in. It may be of any shape at all: it is not parsed yet."""
    kind = next((key for key in body if key != "update_id"), "unknown")
    content = body.get(kind)
    for part in ("from", "chat"):
        who = content.get(part) if isinstance(content, dict) else None
        if isinstance(who, dict) and isinstance(who.get("id"), int):
            return kind, who["id"]
    return kind, None
