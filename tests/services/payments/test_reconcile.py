"""What no webhook told of is found in Stripe's own list, even after an older backup was restored."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from providers.payments import PaymentError
from services.payments.facts import STRIPE
from services.payments.reconcile import REACH_SECONDS, is_due
from storage.database import Database
from storage.tables import User
from tests.support.auditor import audit
from tests.support.builders import Shop
from tests.support.cards import CardShop
from tests.support.database import ON_SQLITE, execute, expire, rows


async def test_payments_refunds_and_disputes_are_found_without_any_webhook(
    db: Database, deaf: CardShop, buyer: User
) -> None:
    view = await deaf.order(buyer)
    first, second = [(await deaf.pays(view))["payment_intent"] for _ in range(2)]
    await deaf.control("refunds", {"payment": first, "amount": 250})
    await deaf.control("disputes", {"payment": second})

    report = await deaf.reconciler.run()

    assert await deaf.has(buyer) == 5
    assert [line.endswith("had been missing") for line in report.mended] == [True] * 4
    assert (await deaf.reconciler.run()).mended == []
    assert await rows(db, "SELECT count(*) FROM reconciliations") == [(2,)]


async def test_what_the_webhook_brought_is_not_mended(cards: CardShop, buyer: User) -> None:
    await cards.pays(await cards.order(buyer))
    await cards.quiet()

    report = await cards.reconciler.run()

    assert (report.looked_at, report.mended) == (1, [])


@ON_SQLITE
async def test_it_begins_where_it_ended_and_a_little_before(deaf: CardShop, buyer: User) -> None:
    await deaf.pays(await deaf.order(buyer))
    first = await deaf.reconciler.run()
    deaf.sandbox.clock.ahead = 3 * 86_400
    await deaf.pays(await deaf.order(buyer))

    second, third = await deaf.reconciler.run(), await deaf.reconciler.run()

    assert [look.looked_at for look in (first, second, third)] == [1, 2, 1]
    assert [len(look.mended) for look in (first, second, third)] == [1, 1, 0]
    assert second.cursor - first.cursor >= 3 * 86_400
    assert await deaf.has(buyer) == 20


@ON_SQLITE
async def test_three_days_without_webhooks_lose_nothing(cards: CardShop, buyer: User) -> None:
    view = await cards.order(buyer)
    await cards.fault("lose")
    for day in range(3):
        cards.sandbox.clock.ahead = day * 86_400 - 3 * 86_400
        await cards.pays(view)

    assert len((await cards.reconciler.run()).mended) == 3
    assert await cards.has(buyer) == 30


@ON_SQLITE
async def test_an_event_that_could_not_be_handled_is_given_another_chance(
    db: Database, cards: CardShop, buyer: User
) -> None:
    view = await cards.order(buyer)
    await cards.fault("error", call="GET /v1/checkout")
    await cards.pays(view)
    await cards.delivered()
    await execute(db, "UPDATE inbox SET attempts = 9 WHERE handled_at IS NULL")
    await expire(db, "inbox")
    assert await cards.inbox.abandoned() == []

    assert (await cards.reconciler.run()).mended == []
    await cards.mended()
    await expire(db, "inbox")

    assert len((await cards.reconciler.run()).mended) == 1
    assert await cards.has(buyer) == 10


@ON_SQLITE
async def test_one_broken_event_does_not_hide_the_others(db: Database, deaf: CardShop, buyer: User) -> None:
    await deaf.inbox.store({"evt_broken": {"id": "evt_broken", "type": "refund.created", "data": {}}})
    await execute(db, "UPDATE inbox SET attempts = 9")
    await expire(db, "inbox")
    await deaf.pays(await deaf.order(buyer))

    assert len((await deaf.reconciler.run()).mended) == 1
    assert await rows(db, "SELECT external_id FROM inbox WHERE handled_at IS NULL") == [("evt_broken",)]


@ON_SQLITE
async def test_when_stripe_cannot_be_asked_no_look_is_remembered(db: Database, deaf: CardShop) -> None:
    await deaf.fault("error")

    with pytest.raises(PaymentError) as error:
        await deaf.reconciler.run()

    assert error.value.retryable
    assert await is_due(db, STRIPE, 3600.0)


async def test_a_look_is_due_an_hour_after_the_last(db: Database, deaf: CardShop) -> None:
    assert await is_due(db, STRIPE, 3600.0)

    await deaf.reconciler.run()

    assert not await is_due(db, STRIPE, 3600.0)
    await expire(db, "reconciliations", "created_at")
    assert await is_due(db, STRIPE, 3599.0)


@ON_SQLITE
async def test_the_first_look_reaches_thirty_days_back(deaf: CardShop, buyer: User) -> None:
    view = await deaf.order(buyer)
    for days in (29, 31):
        deaf.sandbox.clock.ahead = -86_400 * days
        await deaf.pays(view)
    deaf.sandbox.clock.ahead = 0

    assert (await deaf.reconciler.run()).looked_at == 1
    assert REACH_SECONDS == 30 * 86_400


@ON_SQLITE
async def test_a_restored_older_backup_is_brought_up_to_date(
    db: Database, cards: CardShop, buyer: User, tmp_path: Path
) -> None:
    """Fault 36: orders, payments, refunds and a price change since the backup are gone from our books."""
    ordered = await cards.order(buyer)
    early = await cards.pays(ordered)
    await cards.quiet()
    await cards.reconciler.run()
    await db.close()
    backup = tmp_path / "backup.db"
    shutil.copyfile(str(make_url(str(db.engine.url)).database), backup)

    await cards.control("refunds", {"payment": early["payment_intent"]})
    await cards.pays(ordered)
    await execute(db, "UPDATE packs SET cents = 999")
    await cards.links.keep(look=True)
    forgotten = await cards.pays(await cards.order(buyer))
    await cards.quiet()

    restored = Database(f"sqlite+aiosqlite:///{backup}")
    again = CardShop(Shop(restored, tmp_path / "restored", cards.shop.vendor), cards.sandbox)
    report = await again.reconciler.run()
    await again.links.keep(look=True)

    assert len(report.mended) == 3
    assert await again.has(buyer) == 10
    unmatched = await rows(restored, "SELECT external_id, problem FROM payments WHERE state = 'unmatched'")
    assert unmatched == [(forgotten["payment_intent"], "unknown_order")]
    known = await rows(restored, "SELECT link_id, cents FROM pack_links WHERE active")
    assert [(link.id, 499) for link in await again.desk.open_links()] == known
    await audit(restored)
    await again.close()
    await restored.close()
