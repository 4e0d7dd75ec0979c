"""Having the language model asked what people want to know, soon after they tapped. Every worker may do it."""

from __future__ import annotations

import asyncio
import secrets
from typing import Final

import structlog

from services.inquiries.answering import Answering, Asked

log = structlog.get_logger(__name__)
IDLE_SECONDS: Final = 0.2
AT_ONCE: Final = 16


class AnswerPump:
    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self._asking: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until cancelled. A model that thinks for long keeps nobody else waiting."""
        while True:
            await self._round()
            await asyncio.sleep(IDLE_SECONDS)

    async def _round(self) -> None:
        try:
            claimed = await self._answering.claim(AT_ONCE - len(self._asking))
        except Exception:  # the database is away: this has to go on when it is back
            log.exception("nothing could be claimed")
            return
        for asked in claimed:
            task = asyncio.create_task(self._answer(asked))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def _answer(self, asked: Asked) -> None:
        with structlog.contextvars.bound_contextvars(cid=secrets.token_hex(8), inquiry=asked.id):
            try:
                await self._answering.answer(asked)
            except Exception:  # its lease runs out, and it is asked again
                log.exception("inquiry failed")
