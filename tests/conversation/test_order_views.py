"""An order shows how it stands, and no button that would no longer do anything."""

from __future__ import annotations

import pytest

from conversation.order_views import invoice, order_view
from conversation.view import units
from services.payments.facts import STARS
from tests.conversation.purchases import ordered, pack
from tests.conversation.scenes import BIG, HOSTILE
from tests.conversation.shown import data, labels, seen

STATES = ("open", "pending", "paid", "failed")


def test_an_open_order_leads_to_the_payment_page(english: None) -> None:
    view = ordered()
    shown = order_view(view)

    assert "Taster\n10 credits for $4.99" in seen(shown.text)
    assert labels(shown) == ["Pay $4.99 ↗", "✅ I have paid", "‹ Back"]
    assert shown.keyboard is not None
    assert shown.keyboard.inline_keyboard[0][0].url == view.pay_url
    assert data(shown)[1:] == ["bh:8", "b::"]


def test_back_leads_to_the_shelf_with_what_the_credits_are_for(english: None) -> None:
    assert data(order_view(ordered(draft_id=7)))[-1] == "b:7:"
    assert data(order_view(ordered(album_id=9)))[-1] == "b::9"


@pytest.mark.parametrize("state", ["pending", "paid"])
def test_what_is_paid_or_on_its_way_cannot_be_paid_again(language: str, state: str) -> None:
    assert data(order_view(ordered(state=state))) == []


def test_each_state_is_told_apart(language: str) -> None:
    assert len({order_view(ordered(state=state)).text for state in STATES}) == len(STATES)


def test_after_a_failure_there_is_another_way(english: None) -> None:
    shown = order_view(ordered(state="failed", draft_id=7))
    assert "didn't go through" in seen(shown.text)
    assert data(shown) == ["b:7:"]


@pytest.mark.parametrize("name", [name[:32] for name in HOSTILE], ids=range(len(HOSTILE)))
@pytest.mark.parametrize("state", STATES)
def test_orders_of_any_pack_can_be_shown(language: str, name: str, state: str) -> None:
    view = ordered(of=pack(name=name), state=state, id=BIG, credits=2**31 - 1, amount=2**31 - 1, draft_id=BIG)
    shown = order_view(view)
    assert seen(shown.text).strip()
    assert all(len(one.encode()) <= 64 for one in data(shown))


@pytest.mark.parametrize("name", [name[:32] for name in HOSTILE], ids=range(len(HOSTILE)))
def test_an_invoice_is_within_telegrams_limits(language: str, name: str) -> None:
    words = invoice(ordered(STARS, of=pack(name=name), credits=2**31 - 1))
    assert 1 <= units(words.title) <= 32
    assert 1 <= units(words.description) <= 255
    assert words.label


def test_an_invoice_names_the_pack_and_what_it_holds(english: None) -> None:
    words = invoice(ordered(STARS))
    assert (words.title, words.label) == ("Taster", "10 credits")
