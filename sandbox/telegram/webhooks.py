"""Delivering updates to webhooks as Telegram does: at least once, in order per source, with patience."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiohttp

from sandbox.telegram.dispatch import carry_out
from sandbox.telegram.errors import ApiError
from sandbox.telegram.media import Upload
from sandbox.telegram.model import Bot, Json
from sandbox.telegram.polling import deliverable
from sandbox.telegram.request import read_json, read_multipart
from sandbox.telegram.schema.validate import method_names
from sandbox.telegram.updates import Update
from sandbox.telegram.world import World

# All read in the open-source Bot API server.
ANSWER_SECONDS = 60
MAX_RETRY_AFTER = 3600
GONE_SECONDS = 23 * 3600
_CAP = (60.0, 120.0)
_ENOUGH = 7  # two to this power is above the cap
_IGNORED_REPLIES = ("setwebhook", "deletewebhook", "close", "logout")


def backoff(failures: int) -> float:
    """Return the seconds to wait after so many failures in a row: none, 2, 4, 8 … and at most one to two minutes."""
    if failures <= 1:
        return 0.0
    return min(2.0 ** min(failures - 1, _ENOUGH), random.uniform(*_CAP))  # noqa: S311  # spreads retries


@dataclass
class _Line:
    """How a source fares: failures in a row, and when (Unix time) it may be tried again."""

    failures: int = 0
    not_before: float = 0.0


class Delivery:
    """Delivery to one bot's webhook."""

    def __init__(self, world: World, bot: Bot, session: aiohttp.ClientSession) -> None:
        self._world, self._bot, self._session = world, bot, session
        self._inbox = world.inbox(bot.id)
        self._lines: dict[str, _Line] = {}
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._gone_since: float | None = None

    async def run(self) -> None:
        """Deliver until cancelled."""
        try:
            while True:
                news = self._inbox.news
                pause = await self._begin_what_is_due()
                # Not wait_for: on Python 3.11 it can lose a cancellation that comes with the news.
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await news.wait()
        finally:
            for task in self._busy.values():
                task.cancel()

    async def _begin_what_is_due(self) -> float | None:
        """Start a delivery for each source that has something and may; return when to look again, in seconds."""
        if self._bot.webhook is None:
            return None
        repeats = list(self._inbox.again)
        self._inbox.again.clear()
        for number, update in enumerate(repeats):
            self._begin(update, f"repeat/{update.id}/{number}/{random.random()}")  # noqa: S311  # a name
        now, soonest = self._world.clock(), None
        for update in await deliverable(self._world, self._bot):
            if update.source in self._busy or len(self._busy) >= self._bot.webhook["max_connections"]:
                continue
            wait = self._lines.setdefault(update.source, _Line()).not_before - now
            if wait > 0:
                soonest = wait if soonest is None else min(soonest, wait)
            else:
                self._begin(update, update.source)
                if self._world.faults.strikes("duplicate_updates", self._bot.id):
                    self._begin(update, f"repeat/{update.id}")
        return soonest

    def _begin(self, update: Update, line: str) -> None:
        self._busy[line] = asyncio.create_task(self._deliver(update, line))

    async def _deliver(self, update: Update, line: str) -> None:
        try:
            trouble, retry_after = await self._post(update)
        finally:
            self._busy.pop(line, None)
        if trouble is None:
            self._inbox.confirm(update.id)
            self._lines.pop(line, None)
            self._gone_since = None
        else:
            self._note_failure(line, trouble, retry_after)
        self._inbox.wake()

    def _note_failure(self, line: str, trouble: str, retry_after: float | None) -> None:
        now = self._world.clock()
        state = self._lines.setdefault(line, _Line())
        state.failures += 1
        state.not_before = now + (backoff(state.failures) if retry_after is None else retry_after)
        if self._bot.webhook is not None:
            self._bot.webhook |= {"last_error_date": int(now), "last_error_message": trouble}
            self._world.bots.save(self._bot)

    async def _post(self, update: Update) -> tuple[str | None, float | None]:
        """Post one update; return what went wrong (None if nothing) and how long the bot asked to wait."""
        webhook = self._bot.webhook or {}
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook["secret_token"]} if webhook.get("secret_token") else {}
        try:
            async with self._session.post(
                webhook["url"], json=update.body(), headers=headers, allow_redirects=False, ssl=False
            ) as answer:
                if answer.status == 410:
                    self._gone()
                if 200 <= answer.status < 300:
                    await self._carry_out_reply(answer)
                    return None, None
                text = f"Wrong response from the webhook: {answer.status} {answer.reason}"
                return text, _seconds(answer.headers.get("Retry-After"))
        except TimeoutError:
            return "Read timeout expired", None
        except aiohttp.ClientConnectorError:
            return "Connection refused", None
        except aiohttp.ClientError:
            return "Connection closed", None

    def _gone(self) -> None:
        """Remove a webhook that has said 410 Gone for 23 hours."""
        now = self._world.clock()
        self._gone_since = self._gone_since or now
        if now - self._gone_since >= GONE_SECONDS:
            self._bot.webhook = None
            self._world.bots.save(self._bot)

    async def _carry_out_reply(self, answer: aiohttp.ClientResponse) -> None:
        """Carry out a call given as the response's body; its result is told to nobody."""
        try:
            params, uploads = await _read_reply(answer)
        except (ApiError, ValueError):
            return
        asked = str(params.pop("method", "")).lower()
        name = method_names().get(asked)
        if name is not None and not asked.startswith("get") and asked not in _IGNORED_REPLIES:
            await carry_out(self._world, self._bot, name, params, uploads)


async def _read_reply(answer: aiohttp.ClientResponse) -> tuple[Json, dict[str, Upload]]:
    if answer.content_type == "application/json":
        return read_json(await answer.text()), {}
    if answer.content_type.startswith("multipart/"):
        texts, uploads = await read_multipart(aiohttp.MultipartReader.from_response(answer))
        return dict(texts), uploads
    return {}, {}


def _seconds(header: str | None) -> float | None:
    return min(float(header), MAX_RETRY_AFTER) if header and header.isdecimal() else None


class Webhooks:
    """One delivery for each bot that has a webhook."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._session: aiohttp.ClientSession | None = None
        self._deliveries: dict[int, asyncio.Task[None]] = {}

    async def start(self) -> None:
        """Deliver to all webhooks there are, and to those still to come."""
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        self._session = aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0))
        self._world.webhook_changed = self.refresh
        for bot in self._world.bots:
            self.refresh(bot)

    def refresh(self, bot: Bot) -> None:
        """Begin again for a bot whose webhook was set or removed."""
        if (old := self._deliveries.pop(bot.id, None)) is not None:
            old.cancel()
        if bot.webhook and self._session:
            self._deliveries[bot.id] = asyncio.create_task(Delivery(self._world, bot, self._session).run())

    async def stop(self) -> None:
        """Stop delivering; what was not answered is delivered again at the next start."""
        tasks: list[asyncio.Task[Any]] = list(self._deliveries.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session:
            await self._session.close()
