from __future__ import annotations

from typing import Any

import pytest

from conversation.admin.pack_questions import add_question, change_question, sell_question
from conversation.admin.pack_views import PAGE, ask_part_view, how_view, pack_view, packs_view
from conversation.callbacks.admin_packs import ChangePack, SellPack
from services.packs import CardLink, Preview, Stocked, Terms, mark, terms_of
from tests.conversation.purchases import pack
from tests.conversation.scenes import HOSTILE
from tests.conversation.shown import assert_fits, data, labels, seen, tap_of

WIDE = {"credits": 1_000_000, "cents": 99_999_999, "stars": 10_000}
PARTS: tuple[Any, ...] = ("name", "credits", "price", "stars", "all")


def stocked(link: CardLink = CardLink.READY, sold: int = 3, **facts: Any) -> Stocked:
    return Stocked(pack(active=True, **facts), link, sold)


def preview(wanted: Terms, *, checkouts: int = 0, odd: int = 0) -> Preview:
    return Preview(wanted, "usd", pack(active=True), tuple(pack(id=100 + n) for n in range(odd)), checkouts)


def test_everything_fits_in_every_language(language: str) -> None:
    for name in HOSTILE:
        short = name[:32] or "x"
        one, wanted = stocked(CardLink.MAKING, 10**9, name=short, **WIDE), Terms(short, 10**6, 10**8, 10**4)
        views = [
            packs_view([one] * PAGE * 3, 1),
            pack_view(one, note="Added."),
            how_view("usd", again=True),
            *(ask_part_view(one.pack, part, again=True) for part in PARTS),
            add_question(preview(wanted, odd=8)),
            change_question(Preview(wanted, "usd", one.pack, (one.pack,) * 8, 10**6), "all"),
            *(sell_question(one.pack, on=on, checkouts=10**6) for on in (True, False)),
        ]
        for view in views:
            assert_fits(view, caption=False)


def test_a_pack_shows_each_price_what_a_credit_costs_and_how_it_sells(english: None) -> None:
    text = seen(pack_view(stocked()).text)
    for fact in ("10 credits", "$4.99 ($0.50 each)", "⭐ 250 (⭐ 25 each)", "Sold 3 times within 30 days", "On sale"):
        assert fact in text


@pytest.mark.parametrize(
    ("link", "said", "looks"),
    [
        (CardLink.READY, "in step", False),
        (CardLink.MAKING, "is being made", True),
        (CardLink.CLOSING, "is being closed", True),
        (CardLink.NONE, None, False),
    ],
)
def test_how_its_link_stands_is_said_until_it_is_in_step(
    english: None, link: CardLink, said: str | None, looks: bool
) -> None:
    view = pack_view(stocked(link))
    assert (said or "link") in seen(view.text) or said is None
    assert ("card link" in seen(view.text)) is (said is not None)
    assert any("Look again" in label for label in labels(view)) is looks
    assert ("its card link is being made" in seen(packs_view([stocked(link)]).text)) is (link is CardLink.MAKING)


def test_the_list_turns_its_pages(english: None) -> None:
    stock = [stocked(id=number) for number in range(1, PAGE + 2)]
    assert "az:packs:1" in data(packs_view(stock))
    assert "az:packs:0" in data(packs_view(stock, 1))
    assert "no packs yet" in seen(packs_view([]).text)


def test_a_change_says_only_what_becomes_different_and_what_open_orders_pay(english: None) -> None:
    before = pack(active=True)
    wanted = Terms(before.name, before.credits, 599, before.stars)
    view = change_question(preview(wanted, checkouts=2, odd=1), "price")
    text = seen(view.text)
    assert "$4.99 → $5.99" in text
    assert text.count("→") == 1
    assert "2 orders for it are open" in text
    assert "the cheaper one has more credits" in text
    yes = ChangePack.unpack(tap_of(view, "Yes"))
    assert (yes.was, yes.then) == (mark(before), mark(wanted))
    assert "No order for it is open" in seen(change_question(preview(wanted), "price").text)


def test_a_new_pack_is_no_change() -> None:
    with pytest.raises(ValueError, match="new pack"):
        change_question(Preview(terms_of(pack()), "usd", None, (), 0), "all")


def test_off_sale_is_asked_first_and_told_on_the_page(english: None) -> None:
    off = SellPack.unpack(tap_of(pack_view(stocked()), "Take off sale"))
    assert (off.on, off.sure) == (False, False)
    assert SellPack.unpack(tap_of(sell_question(pack(active=True), on=False, checkouts=0), "Yes")).sure
    gone = Stocked(pack(active=False), CardLink.NONE, 0)
    assert "Off sale" in seen(pack_view(gone).text)
    assert "off sale" in seen(packs_view([gone]).text)
    assert SellPack.unpack(tap_of(pack_view(gone), "Put on sale")).on
