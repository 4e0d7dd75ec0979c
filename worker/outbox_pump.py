"""Sending what waits in the outbox, soon after it is written and again until it is through."""

from __future__ import annotations

import asyncio
import random

import structlog

from conversation.notifier import Notifier, TryLater, Undeliverable
from services.outbox import Message, Outbox

log = structlog.get_logger(__name__)
IDLE_SECONDS = 0.2
BACKOFF_SECONDS = (2.0, 5.0, 15.0, 60.0, 300.0)


class OutboxPump:
    def __init__(self, outbox: Outbox, notifier: Notifier) -> None:
        self._outbox = outbox
        self._notifier = notifier

    async def run(self) -> None:
        """Until cancelled. Messages of different users go out side by side, those of one user one by one."""
        while True:
            batch = await self._outbox.claim()
            results = await asyncio.gather(*map(self._send, batch), return_exceptions=True)
            for message, result in zip(batch, results, strict=True):
                if isinstance(result, Exception):  # one message that cannot be rendered must not stop all others
                    log.error("message failed", kind=message.kind, cid=message.correlation_id, exc_info=result)
                    await self._outbox.postpone(message, _backoff(message.attempts))
            if not batch:
                await asyncio.sleep(IDLE_SECONDS)

    async def _send(self, message: Message) -> None:
        with structlog.contextvars.bound_contextvars(cid=message.correlation_id, message=message.id):
            try:
                await self._notifier.deliver(message)
            except Undeliverable as error:
                log.info("message cannot be delivered", kind=message.kind, error=str(error))
                await self._outbox.give_up(message)
            except TryLater as error:
                log.warning("message waits", kind=message.kind, error=str(error))
                await self._outbox.postpone(message, max(error.seconds, _backoff(message.attempts)))
            else:
                log.info("message sent", kind=message.kind)
                await self._outbox.mark_sent(message)


def _backoff(attempts: int) -> float:
    longest = BACKOFF_SECONDS[min(attempts, len(BACKOFF_SECONDS) - 1)]
    return longest * random.uniform(0.7, 1.3)  # noqa: S311 - jitter, no secret
