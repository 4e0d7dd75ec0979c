"""The product's half of payments by card over one database, with the sandbox for Stripe: real HTTP both ways."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import stripe
from aiohttp import web
from aiohttp.test_utils import TestServer
from stripe import WebhookSignature

from bot.card_ingest import CardIngest
from bot.forgeries import Forgeries
from providers.stripe.desk import StripeDesk
from services.inbox import Inbox
from services.payments.cards import CardPayments
from services.payments.facts import STRIPE
from services.payments.links import Links
from services.payments.orders import OrderView
from services.payments.reconcile import CardReconciler
from storage.tables import User
from tests.sandbox.driver import Json, Sandbox
from tests.support.builders import BOT_ID, Shop, create_pack
from tests.support.database import rows
from webhooks import stripe as door

KEY = "sk_test_canarykey0123456789"
SECRET = "whsec_canarysecret0123456789"
PATIENCE = 15.0


class CardShop:
    def __init__(self, shop: Shop, sandbox: Sandbox) -> None:
        self.shop, self.sandbox, self.db = shop, sandbox, shop.db
        self.desk = StripeDesk(KEY, api_url=f"{sandbox.url}/stripe")
        self.payments = CardPayments(shop.db, self.desk, livemode=False, bot_id=BOT_ID)
        self.links = self.links_as()
        self.inbox = Inbox(shop.db, STRIPE)
        self.reconciler = CardReconciler(shop.db, self.desk, self.inbox, self.payments)
        self.ingest = CardIngest(self.inbox, self.payments)
        self.back = "http://127.0.0.1:1/return"
        self.alarm = Forgeries(shop.alerts)
        app = web.Application()
        app.add_routes(door.webhook(partial(self.desk.verify, secret=SECRET), self.receive, self.alarm.tell))
        self._server = TestServer(app)
        self.session = aiohttp.ClientSession()

    def links_as(self, *, selling: bool = True, bot_id: int = BOT_ID) -> Links:
        async def back() -> str:
            return self.back

        return Links(self.db, self.desk, livemode=False, bot_id=bot_id, selling=selling, return_url=back)

    async def receive(self, event: Json) -> None:
        await self.ingest.receive(event)

    async def listen(self) -> None:
        """Take events in, and have the sandbox send them."""
        await self._server.start_server()
        await self.control("endpoints", {"url": self.webhook, "secret": SECRET})

    @property
    def webhook(self) -> str:
        return str(self._server.make_url("/stripe/webhook"))

    async def close(self) -> None:
        await self.ingest.drain()
        await self._server.close()
        await self.session.close()
        await self.desk.close()

    async def order(self, user: User, **pack: Any) -> OrderView:
        """An order of a pack, new on the shelf unless there is one."""
        if not await rows(self.db, "SELECT 1 FROM packs"):
            await create_pack(self.db, linked=False, **pack)
            assert not (await self.links.keep(look=False)).failed
        (pack_id,) = (await rows(self.db, "SELECT max(id) FROM packs"))[0]
        return await self.shop.orders.open(user.id, pack_id, STRIPE)

    async def pays(self, view: OrderView, **how: Any) -> Json:
        """Somebody pays at the address of an order; returns the Checkout Session."""
        return dict(await self.control("pay", {"link": view.pay_url} | how))

    async def control(self, path: str, body: Json | None = None) -> Any:
        return await self.sandbox.control("GET" if body is None else "POST", f"stripe/{path}", body)

    async def fault(self, kind: str, **fields: Any) -> None:
        await self.control("faults", {"kind": kind} | fields)

    async def mended(self) -> None:
        """No fault stands any more."""
        await self.sandbox.control("DELETE", "stripe/faults")

    async def event(self, kind: str) -> Json:
        """The newest event of a type, as Stripe made it."""
        return dict((await self.control(f"events?type={kind}"))[-1])

    async def post(self, event: Json | bytes, *, secret: str = SECRET, at: int | None = None, **headers: str) -> int:
        """Send an event as Stripe does, signed; returns the status."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        signature = WebhookSignature.generate_signature_header(body.decode(), secret, at)
        signed = {"Stripe-Signature": signature} | headers
        async with self.session.post(self.webhook, data=body, headers=signed) as response:
            return response.status

    async def quiet(self) -> None:
        """Wait until Stripe has nothing more to tell, and all that was told is handled."""
        async with asyncio.timeout(PATIENCE):
            while True:
                waiting = await self.control("deliveries?status=waiting")
                open_ = await rows(self.db, "SELECT id FROM inbox WHERE handled_at IS NULL")
                if not waiting and not open_:
                    return
                await asyncio.sleep(0.02)

    async def delivered(self) -> None:
        """Wait until Stripe has nothing more to tell, and everything was begun at least."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if not await self.control("deliveries?status=waiting"):
                    return await self.ingest.drain()
                await asyncio.sleep(0.02)

    async def has(self, user: User) -> int:
        """Available credits, or below 0 what they owe."""
        balance = await self.shop.wallet.balance(user.id)
        return balance.available - balance.debt


@asynccontextmanager
async def open_card_shop(shop: Shop, folder: Path) -> AsyncIterator[CardShop]:
    sandbox = Sandbox(folder)
    await sandbox.start()
    cards = CardShop(shop, sandbox)
    try:
        yield cards
    finally:
        await cards.close()
        await sandbox.stop()


def be_quick(patch: Any) -> None:
    """Let Stripe's library repeat a failed call at once, where it would wait for half a second and more."""
    patch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.001)
    patch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.002)
