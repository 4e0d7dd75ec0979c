"""What is bought: the items of a link or a session."""

from __future__ import annotations

from sandbox.store import Json
from sandbox.stripe.side import Side

# What a quantity may be when a link lets the buyer choose and says no more. https://docs.stripe.com/api/payment-link
_LEAST, _MOST = 0, 99


def make_item(side: Side, price: Json, quantity: int, adjustable: Json | None = None) -> Json:
    """Return so many of a price, in an order or on offer."""
    product = side.account.objects.get(price["product"])
    amount = (price["unit_amount"] or 0) * quantity
    facts: Json = {"price": price, "quantity": quantity, "currency": price["currency"]}
    facts |= {"amount_subtotal": amount, "amount_total": amount, "amount_discount": 0, "amount_tax": 0}
    facts |= {"description": product.body["name"] if product else None, "adjustable_quantity": None}
    if adjustable and adjustable.get("enabled"):
        facts["adjustable_quantity"] = {"minimum": _LEAST, "maximum": _MOST} | adjustable
    return side.form("item", **facts)


def total_of(items: list[Json]) -> int:
    """Return what all items cost together, in the smallest unit of their currency."""
    return sum(item["amount_total"] for item in items)


def ordered(side: Side, offered: list[Json], quantity: int | None) -> list[Json]:
    """Return what a buyer orders of what is on offer: the first item's quantity may be the buyer's own."""
    items = []
    for place, item in enumerate(offered):
        count = quantity if place == 0 and quantity is not None else item["quantity"]
        items.append(make_item(side, item["price"], count, item["adjustable_quantity"]))
    return items


def tampered(items: list[Json], amount: int | None, currency: str | None) -> list[Json]:
    """Return items that cost something else than their price says, all on the first one; for tests of trust."""
    for item in items:
        item["currency"] = currency or item["currency"]
    if amount is not None:
        for item in items:
            item |= {"amount_subtotal": 0, "amount_total": 0}
        items[0] |= {"amount_subtotal": amount, "amount_total": amount}
    return items


def discounted(items: list[Json], percent: int) -> list[Json]:
    """Return items with so many percent off."""
    for item in items:
        item["amount_discount"] = item["amount_subtotal"] * percent // 100
        item["amount_total"] = item["amount_subtotal"] - item["amount_discount"]
    return items
