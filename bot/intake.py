"""What all ways in have in common: what is stored is handled in its turn, what was left behind is taken up again."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import secrets
from abc import ABC, abstractmethod
from functools import partial
from typing import Any

import structlog
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as WaitedTooLong

from bot.lanes import Lanes
from providers.payments import PaymentError
from services.inbox import Inbox, Received

log = structlog.get_logger(__name__)
RECOVER_SECONDS = 10.0
DRAIN_SECONDS = 8.0
"""What is not done by then is in the inbox, and is taken up by the next process."""
LATER_SECONDS = 30.0
"""When to try again what the other side, or our own database, could not be asked about. It counts as no attempt."""
FORGET_ROUNDS = 360
"""Once an hour."""


class Intake(ABC):
    """`KEEP_DAYS` is for how long what was handled is known, so that it is not taken for new."""

    KEEP_DAYS: int

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._lanes = Lanes()

    @abstractmethod
    async def handle(self, received: Received) -> None:
        """Do what it is about, and mark it as handled. PaymentError: it may have to wait."""

    @abstractmethod
    def told_by(self, received: Received) -> dict[str, Any]:
        """What the log calls it."""

    def turn(self, received: Received) -> tuple[object, bool]:
        """Whose queue it waits in, and whether it is not to wait at all."""
        return received.id, False

    async def recover(self) -> None:
        """Until cancelled: take up what an earlier process stored and did not finish, and forget what is long done."""
        for round_ in itertools.count():
            try:
                self.begin(await self._inbox.abandoned())
                if round_ % FORGET_ROUNDS == 0:
                    await self._inbox.forget_handled(self.KEEP_DAYS)
            except SQLAlchemyError:
                log.exception("the inbox cannot be read")  # the database is away; it is asked again
            await asyncio.sleep(RECOVER_SECONDS)

    async def drain(self) -> None:
        await self._lanes.drain(DRAIN_SECONDS)

    def begin(self, received: list[Received]) -> None:
        for one in received:
            lane, urgent = self.turn(one)
            self._lanes.put(lane, partial(self._handle, one), urgent=urgent)

    async def _handle(self, received: Received) -> None:
        with structlog.contextvars.bound_contextvars(cid=secrets.token_hex(8), **self.told_by(received)):
            try:
                await self.handle(received)
            except PaymentError as error:
                log.warning("event waits", error=str(error), retryable=error.retryable)
                if error.retryable:
                    await self._inbox.postpone(received.id, LATER_SECONDS)
            except (OperationalError, WaitedTooLong) as error:
                log.warning("event waits for the database", error=str(error))
                with contextlib.suppress(SQLAlchemyError):  # else it is taken up when its lease is over
                    await self._inbox.postpone(received.id, LATER_SECONDS)
            except Exception:  # whatever it was: it stays in the inbox, and what stands behind it goes on
                log.exception("event failed, and will be tried again")
