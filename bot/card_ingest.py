"""The way in for Stripe's events: store, acknowledge, then handle, as for Telegram's updates."""

from __future__ import annotations

from typing import Any

from prometheus_client import Counter

from bot.intake import Intake
from services.inbox import Inbox, Received
from services.payments.cards import CardPayments

EVENTS = Counter("echoes_stripe_events", "Stripe's events taken in", ["type"])


class CardIngest(Intake):
    KEEP_DAYS = 40
    """Longer than Stripe lists events."""

    def __init__(self, inbox: Inbox, payments: CardPayments) -> None:
        super().__init__(inbox)
        self._payments = payments

    async def receive(self, event: dict[str, Any]) -> None:
        """Returns when the event is durable; a known one is dropped. Raises when it could not be stored."""
        EVENTS.labels(str(event.get("type"))).inc()
        self.begin(await self._inbox.store({event["id"]: event}))

    def told_by(self, received: Received) -> dict[str, Any]:
        return {"event_id": received.body.get("id")}

    async def handle(self, received: Received) -> None:
        await self._payments.handle(received)
