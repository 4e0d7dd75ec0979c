"""How a bot listens: long polling, or a webhook."""

from __future__ import annotations

from sandbox.telegram import polling
from sandbox.telegram.call import Call, method
from sandbox.telegram.errors import Conflict
from sandbox.telegram.model import Json

MAX_LIMIT = 100
MAX_TIMEOUT_SECONDS = 50


@method("getUpdates")
async def get_updates(call: Call) -> list[Json]:
    """Return waiting updates, after some waiting if there are none."""
    if call.bot.webhook:
        raise Conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        )
    if "allowed_updates" in call.params:
        call.bot.allowed_updates = call.params["allowed_updates"] or None
        call.world.bots.save(call.bot)
    limit = call.params.get("limit", MAX_LIMIT)
    limit = limit if 1 <= limit <= MAX_LIMIT else MAX_LIMIT
    timeout = min(max(call.params.get("timeout", 0), 0), MAX_TIMEOUT_SECONDS)
    return await polling.poll(call.world, call.bot, call.params.get("offset", 0), limit, timeout)
