"""What the tests of payments share: an invoice, and a bot that answers while somebody pays."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from tests.sandbox.driver import Json, Person, Sandbox

INVOICE: Json = {
    "title": "100 credits",
    "description": "About ten clips",
    "payload": "order_1",
    "currency": "XTR",
    "prices": [{"label": "100 credits", "amount": 250}],
}


async def asked(sandbox: Sandbox, kind: str) -> Json:
    """Return what the one waiting update carries, and confirm it."""
    [update] = await sandbox.updates(timeout=10)
    return dict(update[kind])


async def while_asked(sandbox: Sandbox, doing: Coroutine[Any, Any, Json], **answer: Any) -> tuple[Json, Json]:
    """Answer the pre-checkout query that `doing` waits for; return what came of it, and the query."""
    waiting = asyncio.ensure_future(doing)
    query = await asked(sandbox, "pre_checkout_query")
    await sandbox.ok("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], **answer or {"ok": True})
    return await waiting, query


async def paid(sandbox: Sandbox, person: Person, **invoice: Any) -> str:
    """Send an invoice, have it paid, confirm all updates; return the charge's id."""
    message = await sandbox.ok("sendInvoice", chat_id=person.id, **INVOICE | invoice)
    verdict, _ = await while_asked(sandbox, person.pays(message["message_id"]))
    assert verdict["ok"], verdict
    await sandbox.updates()
    return str(verdict["charge_id"])
