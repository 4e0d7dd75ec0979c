"""Packs, orders and payments as services would return them, made without a database."""

from __future__ import annotations

from typing import Any

from services.payments.facts import STARS, STARS_CURRENCY, STRIPE, Rail
from services.payments.orders import Offer, OrderView
from services.receipts import Receipt
from storage.tables import Order, Pack, Payment
from tests.conversation.scenes import NOW


def pack(**facts: Any) -> Pack:
    given = {"id": 3, "name": "Taster", "credits": 10, "cents": 499, "currency": "usd", "stars": 250}
    return Pack(**{**given, **facts})


def offer(*rails: Rail, best: bool = False, **facts: Any) -> Offer:
    return Offer(pack(**facts), rails or (STARS, STRIPE), best)


def order(rail: Rail = STRIPE, **facts: Any) -> Order:
    cost = {"amount": 250, "currency": STARS_CURRENCY} if rail == STARS else {"amount": 499, "currency": "usd"}
    given = {"id": 8, "token": "t" * 22, "user_id": 1, "pack_id": 3, "rail": rail, "credits": 10, "state": "open"}
    return Order(**{**given, **cost, "draft_id": None, "album_id": None, "message_id": 40, **facts})


def ordered(rail: Rail = STRIPE, *, of: Pack | None = None, **facts: Any) -> OrderView:
    url = "https://buy.stripe.com/test_1?client_reference_id=t" if rail == STRIPE else None
    return OrderView(order(rail, **facts), of or pack(), url)


def payment(**facts: Any) -> Payment:
    given = {"id": 12, "rail": STRIPE, "external_id": "pi_1", "order_id": 8, "user_id": 1, "amount": 499}
    more = {"currency": "usd", "credits": 10, "refund_taken": 0, "dispute_taken": 0, "state": "credited"}
    return Payment(**{**given, **more, "receipt_url": None, "created_at": NOW, **facts})


def receipt(*, of: Pack | None = None, **facts: Any) -> Receipt:
    return Receipt(payment(**facts), order(), of or pack())
