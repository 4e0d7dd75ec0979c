"""Stripe fails, processes die: nothing is lost, nothing is done twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.tables import User
from tests.support.cards import CardShop
from tests.support.database import ON_SQLITE, expire, rows


@ON_SQLITE
@pytest.mark.parametrize("fault", [{"kind": "error"}, {"kind": "drop_before"}, {"kind": "drop_after"}])
async def test_when_stripe_fails_while_an_event_is_handled_it_is_tried_again(
    db: Database, cards: CardShop, buyer: User, fault: dict[str, Any]
) -> None:
    view = await cards.order(buyer)
    await cards.fault(**fault, call="GET /v1/checkout/sessions")
    await cards.pays(view)
    await cards.delivered()
    assert await cards.has(buyer) == 0
    assert await rows(db, "SELECT count(*) FROM inbox WHERE handled_at IS NULL") == [(1,)]

    await cards.mended()
    await expire(db, "inbox")
    (again,) = await cards.inbox.abandoned()
    assert await cards.payments.handle(again) != []

    assert await cards.has(buyer) == 10


@ON_SQLITE
async def test_an_outage_of_hours_uses_up_no_attempts(db: Database, cards: CardShop, buyer: User) -> None:
    view = await cards.order(buyer)
    await cards.fault("error", call="GET /v1/checkout/sessions")
    await cards.pays(view)
    await cards.delivered()
    for _ in range(8):
        await expire(db, "inbox")
        for received in await cards.inbox.abandoned():
            await cards.ingest._handle(received)

    assert await rows(db, "SELECT attempts FROM inbox WHERE handled_at IS NULL") == [(0,)]


async def test_an_event_is_handled_though_the_process_died_right_after_storing_it(
    db: Database, cards: CardShop, buyer: User
) -> None:
    await cards.fault("lose")
    await cards.pays(await cards.order(buyer))
    event = await cards.event("checkout.session.completed")
    await cards.inbox.store({event["id"]: event})  # and nobody handles it

    await expire(db, "inbox")
    again = await cards.inbox.abandoned()
    await asyncio.gather(*map(cards.payments.handle, again))

    assert await cards.has(buyer) == 10


async def test_effect_and_handled_are_one(
    db: Database, cards: CardShop, buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(_session: AsyncSession, _received_id: int) -> None:
        raise ConnectionError("just before the end")

    await cards.fault("lose")
    await cards.pays(await cards.order(buyer))
    (received,) = await cards.inbox.store({"evt_1": await cards.event("checkout.session.completed")})
    monkeypatch.setattr("services.payments.cards.handled", dies)

    with pytest.raises(ConnectionError):
        await cards.payments.handle(received)

    assert await rows(db, "SELECT handled_at FROM inbox") == [(None,)]
    assert await rows(db, "SELECT id FROM payments") == []
    assert await cards.has(buyer) == 0
