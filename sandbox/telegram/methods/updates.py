"""How a bot listens: long polling, or a webhook."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from sandbox.telegram import polling
from sandbox.telegram.attachments import is_loopback
from sandbox.telegram.call import Call, method
from sandbox.telegram.errors import BadRequest, Conflict, StricterThanTelegram
from sandbox.telegram.model import Json

MAX_LIMIT = 100
MAX_TIMEOUT_SECONDS = 50
MAX_CONNECTIONS = 100
DEFAULT_CONNECTIONS = 40
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_MAX_SECRET = 256


@method("getUpdates")
async def get_updates(call: Call) -> list[Json]:
    """Return waiting updates, after some waiting if there are none."""
    if call.bot.webhook:
        raise Conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        )
    _remember_wishes(call)
    limit = call.params.get("limit", MAX_LIMIT)
    limit = limit if 1 <= limit <= MAX_LIMIT else MAX_LIMIT
    timeout = min(max(call.params.get("timeout", 0), 0), MAX_TIMEOUT_SECONDS)
    return await polling.poll(call.world, call.bot, call.params.get("offset", 0), limit, timeout)


def _remember_wishes(call: Call) -> None:
    """Keep `allowed_updates`: left out, the earlier list stays; empty, the default comes back."""
    if "allowed_updates" in call.params:
        call.bot.allowed_updates = call.params["allowed_updates"] or None
        call.world.bots.save(call.bot)


@method("setWebhook")
async def set_webhook(call: Call) -> bool:
    """Have updates posted to an address on this machine; an empty one ends that."""
    params = call.params
    if not params["url"]:
        return _end_webhook(call)
    _check_address(params["url"])
    secret = params.get("secret_token", "")
    if len(secret) > _MAX_SECRET:
        raise BadRequest("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise BadRequest("secret token contains unallowed characters")
    connections = min(max(params.get("max_connections", DEFAULT_CONNECTIONS), 1), MAX_CONNECTIONS)
    _remember_wishes(call)
    _drop_if_asked(call)
    call.world.inbox(call.bot.id).take_over("terminated by setWebhook request")
    call.bot.webhook = {"url": params["url"], "secret_token": secret, "max_connections": connections}
    call.bot.webhook["has_custom_certificate"] = "certificate" in params
    call.world.bots.save(call.bot)
    call.world.webhook_changed(call.bot)
    return True


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadRequest("bad webhook: An HTTPS URL must be provided for webhook")
    if not is_loopback(parts.hostname):
        raise StricterThanTelegram("bad webhook: only loopback addresses can be reached")


@method("deleteWebhook")
async def delete_webhook(call: Call) -> bool:
    """Go back to long polling."""
    return _end_webhook(call)


def _end_webhook(call: Call) -> bool:
    _drop_if_asked(call)
    call.bot.webhook = None
    call.world.bots.save(call.bot)
    call.world.webhook_changed(call.bot)
    return True


def _drop_if_asked(call: Call) -> None:
    if call.params.get("drop_pending_updates"):
        call.world.inbox(call.bot.id).drop()


@method("getWebhookInfo")
async def get_webhook_info(call: Call) -> Json:
    """Return the webhook's state; `url` is empty without one."""
    info: Json = {"url": "", "has_custom_certificate": False} | (call.bot.webhook or {})
    info.pop("secret_token", None)
    info["pending_update_count"] = len(call.world.inbox(call.bot.id).waiting())
    return info | ({"allowed_updates": call.bot.allowed_updates} if call.bot.allowed_updates else {})
