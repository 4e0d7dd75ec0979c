"""A price that changes while somebody pays: they pay what they saw and get what they saw, or cannot pay any more.

`make properties` runs it at length, and `make test` for a moment.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from services.errors import NotForSale
from services.packs import mark, terms_of
from services.payments.facts import STARS, STRIPE, Rail
from services.payments.orders import OrderView
from storage.database import Database
from storage.tables import User
from tests.services.payments.price_machine import PriceMachine
from tests.services.payments.properties import run_machine, shards
from tests.support.builders import Shop, create_pack, create_user
from tests.support.database import rows
from tests.support.money import charge_for, told
from tests.support.quick import quick_postgres, quick_sqlite


@pytest.mark.parametrize(("sequences", "number"), shards(10, in_full=1000))
def test_on_sqlite(sqlite_template: Path, sequences: int, number: int) -> None:
    run_machine(PriceMachine, quick_sqlite(sqlite_template), sequences=sequences, number=number, steps=25)


@pytest.mark.parametrize(("sequences", "number"), shards(2, in_full=80))
def test_on_postgresql(postgres_database: str, sequences: int, number: int) -> None:
    run_machine(PriceMachine, quick_postgres(postgres_database), sequences=sequences, number=number, steps=25)


@pytest.mark.parametrize("rail", [STARS, STRIPE])
async def test_who_orders_and_pays_in_the_very_moment_of_the_change_gets_one_of_the_two_whole(
    db: Database, shop: Shop, rail: Rail
) -> None:
    boss, pack = await shop.boss(), await create_pack(db)
    buyers = [await create_user(db, f"Buyer {number}", credits_=0) for number in range(8)]
    wanted = replace(terms_of(pack), credits=7, cents=599, stars=300)

    async def buy(buyer: User) -> OrderView | None:
        try:
            view = await shop.orders.open(buyer.id, pack.id, rail)
        except NotForSale:  # by card, until the new link is there
            return None
        await told(db, await charge_for(db, view.order, buyer))
        return view

    half = len(buyers) // 2
    change = shop.packs.change(boss, pack.id, wanted, was=mark(pack))
    await asyncio.gather(*map(buy, buyers[:half]), change, *map(buy, buyers[half:]))

    bought = set(await rows(db, "SELECT state, credits, amount FROM payments"))
    before, after = (250, 300) if rail == STARS else (499, 599)
    assert bought <= {("credited", 10, before), ("credited", 7, after)}
    assert rail == STRIPE or len(await rows(db, "SELECT id FROM payments")) == len(buyers)
