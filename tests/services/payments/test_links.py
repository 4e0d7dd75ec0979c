"""Payment Links say what the packs say; there is one open link a pack on sale, and nothing leaks."""

from __future__ import annotations

from typing import Any

import pytest

from providers.payments import PaymentError
from services.payments.facts import STRIPE
from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop, create_pack
from tests.support.cards import CardShop
from tests.support.database import ON_SQLITE, execute, rows


async def open_at_stripe(cards: CardShop) -> set[str]:
    return {link.id for link in await cards.desk.open_links()}


async def active(db: Database) -> set[str]:
    return {id_ for (id_,) in await rows(db, "SELECT link_id FROM pack_links WHERE active")}


async def in_step(cards: CardShop) -> bool:
    """One open link for each pack on sale, and those are the ones we know."""
    packs = await rows(cards.db, "SELECT count(*) FROM packs WHERE active")
    known = await active(cards.db)
    return packs == [(len(known),)] and known == await open_at_stripe(cards)


async def test_each_pack_gets_a_link_that_sells_it(db: Database, deaf: CardShop, shop: Shop, buyer: User) -> None:
    pack = await create_pack(db, cents=1_199, credits_=30, linked=False)
    assert await shop.orders.offers() != []
    assert [offer.rails for offer in await shop.orders.offers()] == [("stars",)]

    kept = await deaf.links.keep(look=True)

    assert (kept.done, kept.failed) == (["Taster: a new link"], [])
    assert [offer.rails for offer in await shop.orders.offers()] == [("stars", "stripe")]
    (link_id,) = await active(db)
    link = (await deaf.desk._client.v1.payment_links.retrieve_async(link_id, {"expand": ["line_items"]})).to_dict()
    labels = {"bot": "42", "pack_id": str(pack.id), "credits": "30"}
    (item,) = link["line_items"]["data"]
    assert (item["amount_total"], item["currency"], item["quantity"]) == (1_199, "usd", 1)
    assert (item["description"], item["adjustable_quantity"]) == ("Taster", None)
    assert link["after_completion"]["redirect"]["url"] == deaf.back
    assert not link["allow_promotion_codes"]
    assert (link["metadata"], link["payment_intent_data"]["metadata"]) == (labels, labels)


@ON_SQLITE
async def test_a_round_in_which_nothing_differs_asks_stripe_nothing(db: Database, deaf: CardShop) -> None:
    await create_pack(db, linked=False)
    await deaf.links.keep(look=True)
    asked = len(await deaf.control("calls"))

    assert (await deaf.links.keep(look=False)).done == []

    assert len(await deaf.control("calls")) == asked


@pytest.mark.parametrize("change", ["name = 'Bigger'", "cents = 599", "credits = 12", "currency = 'eur'"])
@ON_SQLITE
async def test_a_changed_pack_gets_a_new_link_and_the_old_one_is_closed(
    db: Database, deaf: CardShop, change: str
) -> None:
    await create_pack(db, linked=False)
    await deaf.links.keep(look=False)
    before = await active(db)

    await execute(db, f"UPDATE packs SET {change}")  # noqa: S608 - a test's own words
    assert await deaf.links.waiting() != []
    await deaf.links.keep(look=False)

    assert await in_step(deaf)
    assert not before & await active(db)


@ON_SQLITE
async def test_another_way_back_is_another_link(db: Database, deaf: CardShop) -> None:
    await create_pack(db, linked=False)
    await deaf.links.keep(look=False)

    deaf.back = "http://127.0.0.1:1/elsewhere"
    await deaf.links.keep(look=False)

    assert await rows(db, "SELECT return_url FROM pack_links WHERE active") == [(deaf.back,)]
    assert await in_step(deaf)


@ON_SQLITE
async def test_a_pack_that_goes_back_to_its_old_price_gets_a_new_link_too(db: Database, deaf: CardShop) -> None:
    await create_pack(db, linked=False)
    for cents in (499, 599, 499, 599):
        await execute(db, f"UPDATE packs SET cents = {cents}")  # noqa: S608 - a number
        await deaf.links.keep(look=False)
        assert await in_step(deaf)

    assert await rows(db, "SELECT count(*) FROM pack_links") == [(4,)]


@ON_SQLITE
async def test_a_retired_packs_link_is_closed(db: Database, deaf: CardShop) -> None:
    await create_pack(db, linked=False)
    await deaf.links.keep(look=False)
    await execute(db, "UPDATE packs SET active = FALSE")

    assert (await deaf.links.keep(look=False)).done == ["Taster: its link is closed"]

    assert await open_at_stripe(deaf) == set()


@ON_SQLITE
async def test_with_cards_off_all_links_are_closed(db: Database, deaf: CardShop) -> None:
    await create_pack(db, linked=False)
    await deaf.links.keep(look=False)

    await deaf.links_as(selling=False).keep(look=True)

    assert await open_at_stripe(deaf) == set()


async def test_a_link_that_was_closed_at_stripe_is_replaced(db: Database, deaf: CardShop) -> None:
    await create_pack(db, linked=False)
    await deaf.links.keep(look=False)
    (before,) = await active(db)
    await deaf.desk.close_link(before)

    await deaf.links.keep(look=True)

    assert await in_step(deaf)
    assert before not in await active(db)


CALLS = ["POST /v1/payment_links", "POST /v1/payment_links/", "GET /v1/payment_links"]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "error"])
@pytest.mark.parametrize("call", CALLS)
@ON_SQLITE
async def test_whatever_call_is_interrupted_the_next_round_puts_it_right(
    db: Database, deaf: CardShop, call: str, kind: str
) -> None:
    await create_pack(db, linked=False)
    await deaf.links.keep(look=False)
    await execute(db, "UPDATE packs SET cents = 599")
    await deaf.fault(kind, call=call)
    with pytest.raises(PaymentError) as error:
        await deaf.links.keep(look=True)
    assert error.value.retryable

    await deaf.mended()
    await deaf.links.keep(look=True)

    assert await in_step(deaf)
    assert len(await deaf.control("events?type=payment_link.created")) == 2


@ON_SQLITE
async def test_a_link_made_but_never_remembered_is_found_again_by_its_key(
    db: Database, deaf: CardShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_anything: Any) -> bool:
        raise ConnectionError("the process died here")

    await create_pack(db, linked=False)
    with monkeypatch.context() as patch:
        patch.setattr(deaf.links, "_replace", dies)
        with pytest.raises(ConnectionError):
            await deaf.links.keep(look=False)
    assert len(await open_at_stripe(deaf)) == 1

    await deaf.links.keep(look=True)

    assert await in_step(deaf)
    assert len(await deaf.control("events?type=payment_link.created")) == 1


@ON_SQLITE
async def test_a_link_of_ours_that_nobody_remembers_is_closed_and_others_are_left(db: Database, deaf: CardShop) -> None:
    await create_pack(db, linked=False)
    await deaf.links_as(bot_id=1_000).keep(look=False)
    theirs = await open_at_stripe(deaf)
    await execute(db, "DELETE FROM pack_links")
    await deaf.links.keep(look=False)
    ours = await active(db)
    await execute(db, "DELETE FROM pack_links")
    await execute(db, "UPDATE packs SET cents = 599")

    kept = await deaf.links.keep(look=True)

    assert [line for line in kept.done if "no pack" in line] == [f"{link}: closed, as no pack has it" for link in ours]
    assert theirs <= await open_at_stripe(deaf)
    assert not ours & await open_at_stripe(deaf)


@ON_SQLITE
async def test_a_pack_stripe_does_not_take_keeps_no_other_off_the_shelf(db: Database, deaf: CardShop) -> None:
    await create_pack(db, cents=1, linked=False)
    await create_pack(db, cents=499, linked=False)

    kept = await deaf.links.keep(look=True)

    assert len(kept.failed) == len(kept.done) == 1
    assert "Taster" in kept.failed[0]


@ON_SQLITE
async def test_a_pack_changed_while_its_link_is_made_does_not_get_that_link(
    db: Database, deaf: CardShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = deaf.desk.make_link

    async def changed_meanwhile(*given: Any, **named: Any) -> Any:
        made = await make(*given, **named)
        await execute(db, "UPDATE packs SET cents = 599")
        return made

    await create_pack(db, linked=False)
    with monkeypatch.context() as patch:
        patch.setattr(deaf.desk, "make_link", changed_meanwhile)
        assert (await deaf.links.keep(look=False)).done == []
    assert await active(db) == set()

    await deaf.links.keep(look=True)

    assert await in_step(deaf)


async def test_an_order_made_at_a_link_that_was_replaced_can_still_be_settled(
    db: Database, cards: CardShop, buyer: User, shop: Shop
) -> None:
    """Its page was open already when the price changed."""
    view = await cards.order(buyer)
    session = await cards.pays(view, method="delayed")
    await execute(db, "UPDATE packs SET cents = 999")
    await cards.links.keep(look=True)
    await cards.control(f"sessions/{session['id']}/succeed", {})
    await cards.quiet()

    assert await cards.has(buyer) == 10
    assert (await shop.orders.open(buyer.id, view.pack.id, STRIPE)).order.amount == 999
