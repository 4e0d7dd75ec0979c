"""Promises the tests hold the product to, each as a check that passes on the product as it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from aiogram import Bot
from sqlalchemy.exc import OperationalError

from bot.ingest import Ingest
from providers.payments import CardEvent, Checkout
from services import ledger
from services.errors import NotEnoughCredits, NotYours
from services.inbox import Inbox, Received
from services.jobs import states
from services.jobs.outcome import LeaseLost
from services.payments.cards import CardPayments
from services.payments.facts import STARS, STRIPE
from storage.database import Database
from storage.tables import Order, User
from tests.bot.test_polling import TOKEN, FakeTelegram, Handled, polled, update
from tests.services.jobs.test_crashes import SUCCESS, Death, ends, recover, run_mortal
from tests.support.auditor import audit
from tests.support.builders import BOT_ID, Shop, create_pack
from tests.support.database import expire, rows
from tests.support.desks import CardCounter


@dataclass(frozen=True)
class Ground:
    db: Database
    url: str
    shop: Shop
    alice: User
    bob: User


Check = Callable[[Ground], Awaitable[None]]


async def a_dead_workers_job_is_done(on: Ground) -> None:
    await on.shop.job_of(on.alice)
    await run_mortal(on.shop, on.url, Death(1, "after"))
    await recover(on.shop, on.db)
    assert await ends(on.db) == SUCCESS


async def the_vendor_is_paid_once(on: Ground) -> None:
    await on.shop.job_of(on.alice)
    await run_mortal(on.shop, on.url, Death(2, "before"))
    await recover(on.shop, on.db)
    assert on.shop.vendor.works == 1


async def a_zombie_writes_nothing(on: Ground) -> None:
    await on.shop.job_of(on.alice)
    zombie = await on.shop.claim("zombie")
    await on.shop.outcomes.advance(zombie, state=states.RUNNING, external_id="work")
    await expire(on.db, "jobs")
    alive = await on.shop.claim("alive")
    with pytest.raises(LeaseLost):
        await on.shop.outcomes.advance(zombie, external_id="other work")
    assert (await on.shop.job(alive.job.id)).external_id == "work"


async def a_job_ends_in_one_transaction(on: Ground) -> None:
    await on.shop.job_of(on.alice)
    await run_mortal(on.shop, on.url, Death(4, "after"))
    await audit(on.db)


async def an_update_is_taken_in_once(on: Ground) -> None:
    inbox = Inbox(on.db, "telegram:1")
    assert len(await inbox.store({"7": {}})) == 1
    assert await inbox.store({"7": {}}) == []


async def what_is_not_stored_is_not_acknowledged(on: Ground) -> None:
    bot, handled, telegram, store = Bot(TOKEN), Handled(), FakeTelegram(), Inbox.store
    telegram.script = [[update(1, "a")], [update(1, "a")]]
    with pytest.MonkeyPatch.context() as away:

        async def locked_once(*_: Any) -> Any:
            away.setattr(Inbox, "store", store)
            raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

        away.setattr(Inbox, "store", locked_once)
        await polled(Ingest(Inbox(on.db, "telegram:123456"), handled.dispatcher, bot), telegram)
    await bot.session.close()
    assert (telegram.offsets, handled.texts) == ([0, 0, 2], ["a"])


async def holds_that_race_for_the_last_credits_take_each_once(on: Ground) -> None:
    async def hold() -> bool:
        try:
            async with on.db.transaction() as session:
                await ledger.hold(session, on.alice.id, 2)
        except NotEnoughCredits:
            return False
        return True

    held = await asyncio.gather(*(hold() for _ in range(8)))
    assert sum(held) == 5, "there are ten credits"
    await audit(on.db, holds_without_jobs=True)


class Teller(CardCounter):
    """Its one event is what a test says."""

    event: CardEvent

    def read(self, _body: dict[str, Any]) -> CardEvent:
        return self.event


async def money_of_a_test_buys_nothing_where_real_money_is_taken(on: Ground) -> None:
    order, visit = await _visit(on)
    teller = Teller()
    teller.event = CardEvent("evt_1", "checkout.session.completed", livemode=False, about=visit)
    await CardPayments(on.db, teller, livemode=True, bot_id=BOT_ID).handle(Received(1, {}))
    assert await rows(on.db, "SELECT state, problem FROM payments") == [("unmatched", "wrong_mode")]
    assert await on.shop.balance(on.alice) == (10, 0), order.token


async def _visit(on: Ground) -> tuple[Order, Checkout]:
    """Somebody paid for an order, exactly as it was made."""
    pack = await create_pack(on.db)
    order = (await on.shop.orders.open(on.alice.id, pack.id, STRIPE)).order
    ((link,),) = await rows(on.db, "SELECT link_id FROM pack_links")
    visit = Checkout("cs_1", link, order.token, "pi_1", "paid", order.amount, order.currency, one_pack=True, labels={})
    return order, replace(visit, labels={"bot": str(BOT_ID)})


async def less_than_the_price_buys_nothing(on: Ground) -> None:
    order = (await on.shop.orders.open(on.alice.id, (await create_pack(on.db)).id, STARS)).order
    await on.shop.stars.paid(
        payer_id=on.alice.telegram_id, payload=order.token, amount=1, currency=order.currency, charge_id="charge-1"
    )
    assert await on.shop.balance(on.alice) == (10, 0)


async def nobody_generates_with_anothers_draft(on: Ground) -> None:
    draft = await on.shop.draft_of(on.alice)
    with pytest.raises(NotYours):
        await on.shop.ordering.generate(on.bob.id, draft.id, draft.round)
