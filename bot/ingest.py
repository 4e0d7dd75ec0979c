"""The way in for updates, the same for polling and webhook: store, acknowledge, then handle in order a chat."""

from __future__ import annotations

from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.types import Update
from prometheus_client import Counter, Histogram
from pydantic import ValidationError

from bot.intake import Intake
from services.inbox import Inbox, Received

log = structlog.get_logger(__name__)
PRE_CHECKOUT = "pre_checkout_query"
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member", "inline_query", PRE_CHECKOUT]

UPDATES = Counter("echoes_updates", "Updates taken in", ["kind"])
HANDLING = Histogram("echoes_update_seconds", "Time to handle an update")


class Ingest(Intake):
    KEEP_DAYS = 4

    def __init__(self, inbox: Inbox, dispatcher: Dispatcher, bot: Bot) -> None:
        super().__init__(inbox)
        self._dispatcher = dispatcher
        self._bot = bot

    async def receive(self, updates: list[dict[str, Any]]) -> None:
        """Returns when the updates are durable; known ones are dropped. Raises when they could not be stored."""
        self.begin(await self._inbox.store({str(update["update_id"]): update for update in updates}))

    def begin(self, received: list[Received]) -> None:
        for one in received:
            UPDATES.labels(_kind_and_lane(one.body)[0]).inc()
        super().begin(received)

    def turn(self, received: Received) -> tuple[object, bool]:
        kind, lane = _kind_and_lane(received.body)
        # Whoever has their finger on "Pay" is let down by Telegram after ten seconds.
        return lane, kind == PRE_CHECKOUT

    def told_by(self, received: Received) -> dict[str, Any]:
        return {"update": received.body.get("update_id")}

    async def handle(self, received: Received) -> None:
        update = self._read(received)
        if update is not None:
            with HANDLING.time():
                await self._dispatcher.feed_update(self._bot, update)
        await self._inbox.mark_handled(received.id)

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
