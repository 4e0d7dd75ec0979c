"""Long polling that acknowledges only what is stored, and that no unreadable update can block."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.ingest import ALLOWED_UPDATES, Ingest

log = structlog.get_logger(__name__)
LONG_POLL_SECONDS = 25
RETRY_SECONDS = (1.0, 2.0, 5.0, 15.0)


class PollRefused(Exception):
    """Telegram answered, but not with updates."""

    def __init__(self, description: str, retry_after: float | None) -> None:
        super().__init__(description)
        self.retry_after = retry_after


# What the database would not take was not acknowledged either: Telegram gives it once more.
WAITED_OUT = (aiohttp.ClientError, TimeoutError, ValueError, KeyError, PollRefused, SQLAlchemyError)


class Poller:
    """`address` is `<api url>/bot<token>`: it is a secret and never logged."""

    def __init__(self, address: str, ingest: Ingest) -> None:
        self._address = address
        self._ingest = ingest

    async def run(self) -> None:
        """Until cancelled. Errors of the network, of Telegram and of the database are waited out."""
        offset, failures = 0, 0
        timeout = aiohttp.ClientTimeout(total=LONG_POLL_SECONDS + 15)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                try:
                    offset = await self._round(session, offset)
                    failures = 0
                except WAITED_OUT as error:
                    wait = getattr(error, "retry_after", None) or RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)]
                    failures += 1
                    log.warning("polling failed", error=type(error).__name__, detail=_detail(error), wait_s=wait)
                    await asyncio.sleep(wait)

    async def _round(self, session: aiohttp.ClientSession, offset: int) -> int:
        query = {"offset": offset, "timeout": LONG_POLL_SECONDS, "allowed_updates": ALLOWED_UPDATES}
        async with session.post(f"{self._address}/getUpdates", json=query) as response:
            answer = json.loads(await response.text())
        if not answer.get("ok"):
            parameters = answer.get("parameters") or {}
            raise PollRefused(str(answer.get("description")), parameters.get("retry_after"))
        updates = answer["result"]
        if updates:
            await self._ingest.receive(updates)
            offset = max(update["update_id"] for update in updates) + 1
        return offset


def _detail(error: Exception) -> str:
    # An aiohttp error names the address, which holds the token; only Telegram's own words are safe to show.
    return str(error) if isinstance(error, PollRefused) else ""
