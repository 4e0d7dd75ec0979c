"""Sending what waits in the outbox, soon after it is written and again until it is through."""

from __future__ import annotations

import asyncio
import random
from functools import partial

import structlog

from conversation.notifier import Notifier, TryLater, Undeliverable
from services.outbox import Message, Outbox

log = structlog.get_logger(__name__)
IDLE_SECONDS = 0.2
AT_ONCE = 20
BACKOFF_SECONDS = (2.0, 5.0, 15.0, 60.0, 300.0)


class OutboxPump:
    """Messages of different users go out side by side; those of one user one by one, which the claim sees to."""

    def __init__(self, outbox: Outbox, notifier: Notifier) -> None:
        self._outbox = outbox
        self._notifier = notifier
        self._sending: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until cancelled; what is on its way then is seen to its end. A slow upload keeps nobody else waiting."""
        try:
            while True:
                for message in await self._claimed():
                    task = asyncio.create_task(self._send(message))
                    self._sending.add(task)
                    task.add_done_callback(partial(self._sent, message))
                await asyncio.sleep(IDLE_SECONDS)
        finally:
            if self._sending:  # a message that was sent and not marked would be sent again
                await asyncio.wait(self._sending)

    async def _claimed(self) -> list[Message]:
        try:
            return await self._outbox.claim(AT_ONCE - len(self._sending))
        except Exception:  # the database is locked or away for a while: nothing was claimed, and it is asked again
            log.exception("the outbox cannot be read")
            return []

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
            except Exception:  # one message that cannot be rendered must not be tried without pause
                log.exception("message failed", kind=message.kind)
                await self._outbox.postpone(message, _backoff(message.attempts))
            else:
                log.info("message sent", kind=message.kind)
                await self._outbox.mark_sent(message)

    def _sent(self, message: Message, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        if not task.cancelled() and task.exception() is not None:
            # It could not even be marked (the database is away): its lease runs out, and it is sent again.
            log.error("message was not settled", cid=message.correlation_id, exc_info=task.exception())


def _backoff(attempts: int) -> float:
    longest = BACKOFF_SECONDS[min(attempts, len(BACKOFF_SECONDS) - 1)]
    return longest * random.uniform(0.7, 1.3)  # noqa: S311 - jitter, no secret
