"""The way in for Stripe's events: store, acknowledge, then handle, as for Telegram's updates."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from functools import partial
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError

from bot.lanes import Lanes
from providers.payments import PaymentError
from services.inbox import Inbox, Received
from services.payments.cards import CardPayments

log = structlog.get_logger(__name__)
RECOVER_SECONDS = 10.0
DRAIN_SECONDS = 8.0
LATER_SECONDS = 30.0
"""When to try again what Stripe could not be asked about."""
KEEP_DAYS = 40
"""Longer than Stripe lists events, so that none is taken for a new one."""
FORGET_ROUNDS = 360
"""Once an hour."""

EVENTS = Counter("echoes_stripe_events", "Stripe's events taken in", ["type"])


class CardIngest:
    def __init__(self, inbox: Inbox, payments: CardPayments) -> None:
        self._inbox = inbox
        self._payments = payments
        self._lanes = Lanes()

    async def receive(self, event: dict[str, Any]) -> None:
        """Returns when the event is durable; a known one is dropped. Raises when it could not be stored."""
        EVENTS.labels(str(event.get("type"))).inc()
        self._begin(await self._inbox.store({event["id"]: event}))

    async def recover(self) -> None:
        """Until cancelled: take up what was stored and not finished, and forget what is long done."""
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
            self._lanes.put(one.id, partial(self._handle, one))

    async def _handle(self, received: Received) -> None:
        with structlog.contextvars.bound_contextvars(cid=secrets.token_hex(8), event_id=received.body.get("id")):
            try:
                await self._payments.handle(received)
            except PaymentError as error:
                log.warning("event waits", error=str(error), retryable=error.retryable)
                if error.retryable:
                    await self._inbox.postpone(received.id, LATER_SECONDS)
            except Exception:  # it stays in the inbox: tried again, and then left to the hourly look
                log.exception("event failed")
