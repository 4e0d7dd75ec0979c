"""What was paid, and what became of it."""

from __future__ import annotations

from typing import Any

import pytest

from conversation.receipts_view import receipts_view
from services.receipts import Receipt, ReceiptsPage
from tests.conversation.purchases import order, pack, payment, receipt
from tests.conversation.scenes import HOSTILE
from tests.conversation.shown import assert_fits, data, labels, seen


def page(*receipts: Receipt, number: int = 0, pages: int = 1) -> ReceiptsPage:
    return ReceiptsPage(list(receipts), number, pages)


def test_a_receipt_says_when_what_how_much_and_what_to_refer_to_it_by(english: None) -> None:
    text = seen(receipts_view(page(receipt())).text)
    assert "21 Nov 2026 · $4.99\nTaster · 10 credits\npaid · P12" in text


def test_stars_have_their_sign(english: None) -> None:
    assert "· ⭐ 250" in seen(receipts_view(page(receipt(currency="XTR", amount=250))).text)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "paid"),
        ({"refund_taken": 4}, "refunded in part"),
        ({"refund_taken": 10}, "refunded ·"),
        ({"dispute_taken": 10}, "disputed by your bank"),
        ({"refund_taken": 4, "dispute_taken": 6}, "disputed by your bank"),
        ({"state": "unmatched", "credits": 0, "user_id": None}, "a person is looking at it"),
        ({"state": "returned", "credits": 0, "user_id": None}, "given back"),
    ],
    ids=str,
)
def test_it_says_what_became_of_the_money(english: None, facts: dict[str, Any], said: str) -> None:
    assert said in seen(receipts_view(page(receipt(**facts))).text)


def test_the_vendors_own_receipt_is_one_tap_away_where_it_is_known(english: None) -> None:
    url = "https://pay.stripe.com/receipts/1"
    shown = receipts_view(page(receipt(receipt_url=url), receipt(id=13), receipt(id=14, receipt_url="javascript:x")))
    assert shown.keyboard is not None
    links = [(one.text, one.url) for row in shown.keyboard.inline_keyboard for one in row if one.url]
    assert links == [("🧾 P12 ↗", url)]


@pytest.mark.parametrize(("number", "taps"), [(0, ["rp:1"]), (1, ["rp:0", "rp:2"]), (2, ["rp:1"])])
def test_many_receipts_can_be_turned(language: str, number: int, taps: list[str]) -> None:
    shown = receipts_view(page(receipt(), number=number, pages=3))
    assert [tap for tap in data(shown) if tap.startswith("rp")] == taps


def test_without_payments_there_is_a_way_to_the_first(language: str) -> None:
    shown = receipts_view(page())
    assert_fits(shown, caption=False)
    assert data(shown) == ["b::", "cp:0"]


@pytest.mark.parametrize("name", [name[:32] for name in HOSTILE], ids=range(len(HOSTILE)))
def test_receipts_of_any_pack_can_be_shown(language: str, name: str) -> None:
    mine = [receipt(of=pack(name=name), id=2**63 - number) for number in range(1, 6)]
    shown = receipts_view(page(*mine, number=1, pages=3))
    assert_fits(shown, caption=False)
    assert labels(shown)


def test_a_payment_for_nothing_we_know_can_be_shown(language: str) -> None:
    shown = receipts_view(page(Receipt(payment(state="unmatched", credits=0), order(), None)))
    assert_fits(shown, caption=False)
