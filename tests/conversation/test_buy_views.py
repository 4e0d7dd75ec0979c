"""The shelf: what there is, what it costs by which way, and a button for each."""

from __future__ import annotations

import pytest

from conversation import callbacks
from conversation.buy_views import get_credits, pack_name, packs_view, short_view
from conversation.view import rows
from services.payments.facts import STARS, STRIPE
from tests.conversation.purchases import offer, pack
from tests.conversation.scenes import BIG, HOSTILE
from tests.conversation.shown import assert_fits, data, labels, seen


def test_each_pack_says_what_it_holds_costs_and_what_a_credit_comes_to(english: None) -> None:
    text = seen(packs_view([offer(), offer(credits=30, stars=600, cents=1199, best=True)], available=3).text)

    assert "You have 3 credits." in text
    assert "Taster · 10 credits\n⭐ 250 or $4.99 (⭐ 25 each)" in text
    assert "Taster · 30 credits\n⭐ 600 or $11.99 (⭐ 20 each)\n💎 Best value" in text


def test_a_row_is_a_pack_and_a_button_a_way_to_pay_in_the_order_of_the_deployment(english: None) -> None:
    shown = packs_view([offer(STRIPE, STARS), offer(STARS, id=4)], available=0)

    assert shown.keyboard is not None
    assert [[one.text for one in row] for row in shown.keyboard.inline_keyboard] == [["💳 $4.99", "⭐ 250"], ["⭐ 250"]]
    assert data(shown) == ["bp:3:stripe::", "bp:3:stars::", "bp:4:stars::"]


def test_only_the_ways_on_offer_are_explained(english: None) -> None:
    text = packs_view([offer(STARS)], available=0).text

    assert "Stars" in text
    assert "card" not in text
    assert "$" not in text


def test_what_the_credits_are_for_goes_along(english: None) -> None:
    shown = packs_view([offer()], available=0, wish=callbacks.Buy(draft=7))
    assert data(shown) == ["bp:3:stars:7:", "bp:3:stripe:7:"]

    shown = packs_view([offer()], available=0, wish=callbacks.Buy(album=9))
    assert data(shown) == ["bp:3:stars::9", "bp:3:stripe::9"]


def test_with_nothing_on_offer_it_says_so_kindly(language: str) -> None:
    shown = packs_view([], available=5)
    assert_fits(shown, caption=False)
    assert data(shown) == []


@pytest.mark.parametrize("name", [name[:32] for name in HOSTILE], ids=range(len(HOSTILE)))
def test_packs_of_any_name_can_be_shown(language: str, name: str) -> None:
    many = [offer(id=2**31 - number, name=name, credits=2**31 - 1, cents=2**31 - 1) for number in range(1, 13)]
    assert_fits(packs_view(many, available=BIG, wish=callbacks.Buy(draft=BIG, album=BIG)), caption=False)


def test_a_pack_without_a_name_is_called_by_what_it_holds(english: None) -> None:
    assert pack_name(pack(name="\u200b")) == "10 credits"


def test_the_way_to_credits_leads_back(language: str) -> None:
    assert get_credits(draft=7).callback_data == "b:7:"
    assert get_credits(album=9).callback_data == "b::9"
    assert get_credits().callback_data == "b::"
    assert len(rows([get_credits(draft=BIG, album=BIG)]).inline_keyboard) == 1


def test_where_there_is_no_card_the_shortage_has_a_button_of_its_own(language: str) -> None:
    shown = short_view(needed=5, available=1, draft=7)
    assert_fits(shown, caption=False)
    assert "5" in shown.text
    assert data(shown) == ["b:7:"]
    assert labels(shown)[0].startswith("➕")
