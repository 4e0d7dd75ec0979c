"""Long polling: one request at a time waits for updates."""

from __future__ import annotations

import asyncio

from sandbox.telegram.errors import Conflict
from sandbox.telegram.model import Bot, Json
from sandbox.telegram.updates import Inbox, Update
from sandbox.telegram.world import World

_OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"

# How long a fault that reorders updates holds them back, so that there are several.
REORDER_SECONDS = 0.3


async def poll(world: World, bot: Bot, offset: int, limit: int, seconds: float) -> list[Json]:
    """Confirm what is below `offset` and return up to `limit` updates, waiting up to `seconds` for one.

    A negative offset keeps only that many of the newest. Raises Conflict when a second request takes over: as with
    Telegram it is the one that waits who is refused.
    """
    inbox = world.inbox(bot.id)
    ticket = inbox.take_over()
    if offset < 0:
        inbox.keep_last(-offset)
    else:
        inbox.confirm_below(offset)
    deadline = asyncio.get_running_loop().time() + seconds
    while not (found := await _batch(world, inbox, bot, limit)) and not world.closing.is_set():
        remaining = deadline - asyncio.get_running_loop().time()
        if remaining <= 0 or not await _news(inbox, remaining):
            break
        if inbox.poller is not ticket:
            raise Conflict(inbox.refusal or _OTHER_POLLER)
    return [update.body() for update in found]


async def _news(inbox: Inbox, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await inbox.news.wait()
    except TimeoutError:
        return False
    return True


async def _batch(world: World, inbox: Inbox, bot: Bot, limit: int) -> list[Update]:
    """Return what to deliver now, repeats first."""
    repeats = [inbox.again.popleft() for _ in range(min(limit, len(inbox.again)))]
    fresh = (await deliverable(world, bot))[: limit - len(repeats)]
    if fresh and world.faults.strikes("duplicate_updates", bot.id):
        inbox.again.extend(fresh)
    return repeats + fresh


async def deliverable(world: World, bot: Bot) -> list[Update]:
    """Return what waits, in order; if disorder was ordered, wait a little for company and turn the order round."""
    waiting = world.inbox(bot.id).waiting()
    if waiting and world.faults.strikes("reorder_updates", bot.id):
        await asyncio.sleep(REORDER_SECONDS)
        return world.inbox(bot.id).waiting()[::-1]
    return waiting
