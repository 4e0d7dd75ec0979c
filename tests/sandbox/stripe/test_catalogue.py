"""Products, prices and payment links through Stripe's library."""

from __future__ import annotations

from typing import Any

import pytest
from stripe import InvalidRequestError

from tests.sandbox.stripe.shop import Shop


async def test_a_product_is_made_changed_and_deleted(shop: Shop) -> None:
    products = shop.api.v1.products
    made = await products.create_async(
        {"name": "Credits", "id": "credits", "metadata": {"a": "1", "b": "2"}, "images": ["https://x.example/a.png"]}
    )
    assert (made.id, made.active, made.description) == ("credits", True, None)
    changed = await products.update_async("credits", {"description": "Many", "metadata": {"a": "", "c": "3"}})
    assert (changed.description, changed.metadata.to_dict()) == ("Many", {"b": "2", "c": "3"})
    emptied = await products.update_async("credits", {"description": "", "metadata": "", "images": ""})
    assert (emptied.description, emptied.metadata.to_dict(), emptied.images) == (None, {}, [])
    assert (await products.delete_async("credits")).deleted
    with pytest.raises(InvalidRequestError, match="No such product: 'credits'"):
        await products.retrieve_async("credits")
    [updated, _] = await shop.heard("product.updated", 2)
    assert updated["data"]["previous_attributes"]["description"] is None


async def test_a_product_with_a_price_cannot_be_deleted(shop: Shop) -> None:
    made = await shop.api.v1.products.create_async(
        {"name": "Credits", "default_price_data": {"currency": "eur", "unit_amount": 100}}
    )
    price = await shop.api.v1.prices.retrieve_async(str(made.default_price), {"expand": ["product"]})
    assert price.product.name == "Credits"  # type: ignore[union-attr]
    with pytest.raises(InvalidRequestError, match="one or more user-created prices"):
        await shop.api.v1.products.delete_async(made.id)


async def test_a_price_keeps_its_amount_and_can_be_put_out_of_use(shop: Shop) -> None:
    price_id = await shop.price(499, lookup_key="pack_40", metadata={"credits": "40"})
    price = await shop.api.v1.prices.update_async(price_id, {"active": False, "nickname": "Old"})
    assert (price.active, price.nickname, price.unit_amount, price.type) == (False, "Old", 499, "one_time")
    with pytest.raises(InvalidRequestError) as refused:
        await shop.api.v1.prices.update_async(price_id, {"unit_amount": 1})  # type: ignore[arg-type]
    assert refused.value.code == "parameter_unknown"


async def test_a_lookup_key_names_one_price_and_can_be_handed_on(shop: Shop) -> None:
    old = await shop.price(499, lookup_key="pack_40")
    with pytest.raises(InvalidRequestError, match="already uses that lookup key"):
        await shop.price(599, lookup_key="pack_40")
    new = await shop.price(599, lookup_key="pack_40", transfer_lookup_key=True)
    found = await shop.api.v1.prices.list_async({"lookup_keys": ["pack_40"], "expand": ["data.product"]})
    assert [price.id for price in found.data] == [new]
    assert found.data[0].product.name == "40 credits"  # type: ignore[union-attr]
    assert (await shop.api.v1.prices.retrieve_async(old)).lookup_key is None


async def test_a_recurring_price_says_how_often(shop: Shop) -> None:
    price_id = await shop.price(900, recurring={"interval": "month", "interval_count": 3})
    price = await shop.api.v1.prices.retrieve_async(price_id)
    assert price.recurring is not None
    assert (price.type, price.recurring.interval, price.recurring.interval_count) == ("recurring", "month", 3)
    with pytest.raises(InvalidRequestError, match="Invalid interval_count"):
        await shop.price(900, recurring={"interval": "year", "interval_count": 4})


async def test_a_link_shows_what_it_was_made_with(shop: Shop) -> None:
    made = await shop.link(
        after_completion={"type": "redirect", "redirect": {"url": "https://t.me/echoes_bot?start=paid"}},
        allow_promotion_codes=True,
        inactive_message="Sold out",
        metadata={"pack": "40"},
        payment_intent_data={"metadata": {"pack": "40"}},
        restrictions={"completed_sessions": {"limit": 2}},
        adjustable={"enabled": True, "maximum": 5},
        custom_text={"submit": {"message": "Thanks"}},
    )
    link = await shop.api.v1.payment_links.retrieve_async(made.id, {"expand": ["line_items.data.price.product"]})
    assert link.url.startswith(f"{shop.sandbox.url}/stripe/pay/test_")
    assert link.after_completion.redirect is not None
    assert link.after_completion.redirect.url == "https://t.me/echoes_bot?start=paid"
    assert link.restrictions is not None
    assert link.restrictions.completed_sessions.to_dict() == {"count": 0, "limit": 2}
    assert link.payment_intent_data is not None
    assert link.payment_intent_data.metadata.to_dict() == {"pack": "40"}
    assert (link.active, link.currency, link.inactive_message, link.allow_promotion_codes) == (
        *(True, "usd", "Sold out"),
        True,
    )
    [item] = (await shop.api.v1.payment_links.line_items.list_async(link.id)).data
    assert item.adjustable_quantity is not None
    assert item.adjustable_quantity.to_dict() == {"enabled": True, "minimum": 0, "maximum": 5}
    assert link.line_items is not None
    assert link.line_items.data[0].price.product.name == "40 credits"  # type: ignore[union-attr]


async def test_a_link_is_put_out_of_use_and_back(shop: Shop) -> None:
    link = await shop.link(metadata={"pack": "40"})
    links = shop.api.v1.payment_links
    off = await links.update_async(link.id, {"active": False, "metadata": {"pack": "41"}, "inactive_message": "Later"})
    assert (off.active, off.metadata.to_dict(), off.inactive_message) == (False, {"pack": "41"}, "Later")
    refused = await shop.control("pay", {"link": link.id}, status=400)
    assert refused == {"error": "the payment link is not active"}
    assert [one.id for one in (await links.list_async({"active": False})).data] == [link.id]
    await links.update_async(link.id, {"active": True, "inactive_message": ""})
    await shop.control("pay", {"link": link.id})


async def test_a_link_sells_as_often_as_it_may(shop: Shop) -> None:
    link = await shop.link(restrictions={"completed_sessions": {"limit": 1}})
    await shop.paid(link=link)
    assert (await shop.control("pay", {"link": link.id}, status=400))["error"] == "the payment link is not active"
    await shop.api.v1.payment_links.update_async(link.id, {"restrictions": {"completed_sessions": {"limit": 2}}})
    await shop.paid(link=link)


async def test_a_link_can_make_its_price_and_product_itself(shop: Shop) -> None:
    data: Any = {"currency": "eur", "unit_amount": 250, "product_data": {"name": "Tip"}}
    link = await shop.api.v1.payment_links.create_async({"line_items": [{"price_data": data, "quantity": 2}]})
    assert (await shop.paid(link=link))["amount_total"] == 500


@pytest.mark.parametrize(
    ("params", "message", "param"),
    [
        ({"line_items": [{"price": "price_nobody", "quantity": 1}]}, "No such price", "line_items[0][price]"),
        ({"line_items": [{"price": "PRICE"}]}, "Missing required param: line_items", "line_items[0][quantity]"),
        ({"line_items": [{"quantity": 1}]}, "either `price` or `price_data`", "line_items[0][price]"),
        ({"line_items": [{"price": "PRICE", "quantity": 0}]}, "greater than or equal to 1", "line_items[0][quantity]"),
        ({}, "Missing required param: line_items.", "line_items"),
        ({"subscription_data": {"description": "x"}}, "can not pass `subscription_data`", "subscription_data"),
        ({"after_completion": {"type": "elsewhere"}}, "must be one of", "after_completion[type]"),
        ({"after_completion": {"type": "redirect"}}, "Missing required", "after_completion[redirect]"),
        ({"after_completion": {"type": "redirect", "redirect": {"url": "x"}}}, "Not a valid URL", None),
        ({"restrictions": {"completed_sessions": {"limit": 0}}}, "greater than or equal to 1", None),
        ({"client_reference_id": "x"}, "Received unknown parameter: client_reference_id", "client_reference_id"),
        ({"automatic_tax": {"enabled": True}}, "refused by the sandbox only", "automatic_tax"),
        ({"shipping_options": [{"shipping_rate": "x"}]}, "refused by the sandbox only", "shipping_options"),
        ({"metadata": {"k" * 41: "v"}}, "Metadata keys can have up to 40", None),
        ({"metadata": {"k": "v" * 501}}, "Metadata values can have up to 500", "metadata[k]"),
        ({"inactive_message": "x" * 501}, "must be at most 500 characters", "inactive_message"),
    ],
)
async def test_wrong_links_are_refused(shop: Shop, params: dict[str, Any], message: str, param: str | None) -> None:
    price = await shop.price()
    asked: Any = {"line_items": [{"price": price, "quantity": 1}]} if params and "line_items" not in params else {}
    items = [item | ({"price": price} if item.get("price") == "PRICE" else {}) for item in params.get("line_items", [])]
    asked |= params | ({"line_items": items} if items else {})
    with pytest.raises(InvalidRequestError, match=message) as refused:
        await shop.api.v1.payment_links.create_async(asked)
    assert refused.value.http_status == 400
    assert param in (None, refused.value.param)


async def test_a_link_for_less_than_a_card_can_be_charged_with_is_refused(shop: Shop) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        await shop.link(49)
    assert refused.value.code == "amount_too_small"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"unit_amount": -1}, "parameter_invalid_integer"),
        ({"unit_amount": 2**63}, "parameter_invalid_integer"),
        ({"unit_amount": "NaN"}, "parameter_invalid_integer"),
        ({"unit_amount": 100_000_000}, "parameter_invalid_integer"),
        ({"currency": "xyz"}, None),
        ({"product": "prod_nobody"}, "resource_missing"),
        ({"product_data": {"nam": "x"}}, "parameter_unknown"),
    ],
)
async def test_wrong_prices_are_refused(shop: Shop, params: dict[str, Any], code: str | None) -> None:
    product = (
        {} if "product_data" in params else {"product": (await shop.api.v1.products.create_async({"name": "P"})).id}
    )
    with pytest.raises(InvalidRequestError) as refused:
        await shop.api.v1.prices.create_async({"currency": "usd", "unit_amount": 1} | product | params)  # type: ignore[arg-type]
    assert refused.value.code == code
