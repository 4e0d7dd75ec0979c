"""The pages over plain HTTP: what a form can send, and where the buyer is sent."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.stripe.checkout.words import WORDS
from tests.sandbox.stripe.shop import Shop

GOOD, DECLINED = "4242 4242 4242 4242", "4000 0000 0000 0002"


class Buyer:
    """Opens a link in something like a browser without scripts."""

    def __init__(self, shop: Shop) -> None:
        self.session, self.root = shop.sandbox.session, shop.sandbox.url
        self.address = ""

    async def opens(self, url: str, status: int = 200) -> str:
        async with self.session.get(url) as answer:
            assert answer.status == status
            self.address = str(answer.url)
            return await answer.text()

    async def sends(self, **fields: str) -> tuple[str, str]:
        """Send the form; return where the buyer is sent ("" for nowhere) and the page."""
        form = {"email": "b@example.com", "card": GOOD, "method": "typed"} | fields
        async with self.session.post(self.address, data=form, allow_redirects=False) as answer:
            assert answer.status in (200, 303)
            return answer.headers.get("Location", ""), await answer.text()


@pytest.fixture
def buyer(shop: Shop) -> Buyer:
    return Buyer(shop)


async def state(shop: Shop, buyer: Buyer) -> Any:
    return await shop.session(buyer.address.rpartition("/")[2], "line_items")


async def test_opening_a_link_begins_a_session_and_reloading_does_not(shop: Shop, buyer: Buyer) -> None:
    link = await shop.link()
    page = await buyer.opens(f"{link.url}?client_reference_id=order_3&prefilled_email=x%40y.example&locale=es")
    assert 'value="x@y.example"' in page
    assert "Pagar $4.99" in page
    await buyer.opens(buyer.address)
    [session] = (await shop.api.v1.checkout.sessions.list_async()).data
    assert (session.status, session.client_reference_id, session.locale) == ("open", "order_3", "es")
    assert session.url == buyer.address
    assert "Pay $4.99" in await buyer.opens(f"{link.url}?locale=tlh")


async def test_paying_leads_to_the_shops_own_page_with_the_session_in_it(shop: Shop, buyer: Buyer) -> None:
    url = "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}"
    await buyer.opens((await shop.link(after_completion={"type": "redirect", "redirect": {"url": url}})).url)
    location, _ = await buyer.sends()
    session = await state(shop, buyer)
    assert location == f"https://shop.example/thanks?session={session.id}"
    assert (session.payment_status, session.customer_details.email) == ("paid", "b@example.com")
    assert (await buyer.sends())[0] == location  # a second tap
    assert len((await shop.api.v1.charges.list_async()).data) == 1


async def test_telegrams_addresses_are_on_this_machine(shop: Shop, buyer: Buyer) -> None:
    url = "https://t.me/echoes_bot?start=paid_AbC-5"
    await buyer.opens((await shop.link(after_completion={"type": "redirect", "redirect": {"url": url}})).url)
    assert (await buyer.sends())[0] == "/t.me/echoes_bot?start=paid_AbC-5"


async def test_without_a_redirect_the_shops_words_of_thanks_are_shown(shop: Shop, buyer: Buyer) -> None:
    message = {"custom_message": "Back to the chat <now>"}
    link = await shop.link(after_completion={"type": "hosted_confirmation", "hosted_confirmation": message})
    await buyer.opens(link.url)
    location, _ = await buyer.sends()
    page = await buyer.opens(f"{buyer.root}{location}")
    assert "Back to the chat &lt;now&gt;" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"email": "nobody"}, WORDS["en"]["bad_email"]),
        ({"card": "4242 4242 4242 4241"}, WORDS["en"]["bad_card"]),
        ({"card": "4242"}, WORDS["en"]["bad_card"]),
        ({"card": DECLINED}, WORDS["en"]["declined"]),
        ({"method": "declined"}, WORDS["en"]["declined"]),
    ],
)
async def test_what_cannot_be_paid_stays_on_the_page(
    shop: Shop, buyer: Buyer, fields: dict[str, str], words: str
) -> None:
    await buyer.opens((await shop.link()).url)
    location, page = await buyer.sends(**fields)
    assert (location, words in page) == ("", True)
    assert (await state(shop, buyer)).status == "open"
    assert (await buyer.sends())[0]
    assert (await state(shop, buyer)).payment_status == "paid"


async def test_a_quantity_counts_only_where_the_link_allows_one(shop: Shop, buyer: Buyer) -> None:
    await buyer.opens((await shop.link()).url)
    await buyer.sends(quantity="5")
    assert (await state(shop, buyer)).amount_total == 499
    page = await buyer.opens((await shop.link(adjustable={"enabled": True, "minimum": 2, "maximum": 4})).url)
    assert 'min="2" max="4"' in page
    for wrong in ("1", "5", "many", "9" * 50):
        assert "between 2 and 4" in (await buyer.sends(quantity=wrong))[1]
    await buyer.sends(quantity="3", method="declined")
    await buyer.sends(quantity="4")
    session = await state(shop, buyer)
    assert (session.amount_total, session.line_items.data[0].quantity) == (4 * 499, 4)
    intent = await shop.api.v1.payment_intents.retrieve_async(session.payment_intent)
    assert intent.amount_received == 4 * 499


@pytest.mark.parametrize(("method", "event"), [("delayed", "succeeded"), ("bounced", "failed")])
async def test_a_bank_debit_settles_by_itself(shop: Shop, buyer: Buyer, method: str, event: str) -> None:
    await shop.control("settings", {"settle_seconds": 0.05})
    await buyer.opens((await shop.link()).url)
    location, _ = await buyer.sends(method=method)
    assert WORDS["en"]["on_its_way"] in await buyer.opens(f"{buyer.root}{location}")
    await shop.heard(f"checkout.session.async_payment_{event}")


async def test_a_link_out_of_use_says_why(shop: Shop, buyer: Buyer) -> None:
    link = await shop.link(inactive_message="Come <back> in May")
    await buyer.opens(link.url)
    await shop.api.v1.payment_links.update_async(link.id, {"active": False})
    assert "Come &lt;back&gt; in May" in (await buyer.sends())[1]
    assert "Come &lt;back&gt; in May" in await buyer.opens(link.url)
    assert (await shop.api.v1.charges.list_async()).data == []


async def test_what_is_over_or_never_was_says_so(shop: Shop, buyer: Buyer) -> None:
    await buyer.opens((await shop.link()).url)
    await shop.control(f"sessions/{buyer.address.rpartition('/')[2]}/expire", {})
    assert WORDS["en"]["expired"] in await buyer.opens(buyer.address)
    assert WORDS["en"]["expired"] in (await buyer.sends())[1]
    for path in ("pay/nothing", "checkout/cs_nothing", "paid/cs_nothing", "receipts/ch_nothing", "invoices/in_nothing"):
        assert WORDS["en"]["unknown"] in await buyer.opens(f"{buyer.root}/stripe/{path}", 404)


async def test_a_receipt_says_what_was_paid_and_refunded(shop: Shop, buyer: Buyer) -> None:
    paid = await shop.paid(link=await shop.link(payment_intent_data={"description": "40 <credits>"}))
    await shop.control("refunds", {"payment": paid["id"], "amount": 100})
    [charge] = await shop.control("payments")
    page = await buyer.opens(charge["receipt_url"])
    assert all(text in page for text in ("40 &lt;credits&gt;", "$4.99", "-$1.00"))


async def test_a_subscription_is_paid_and_has_an_invoice_to_look_at(shop: Shop, buyer: Buyer) -> None:
    page = await buyer.opens((await shop.link(900, recurring={"interval": "month"})).url)
    assert "Subscribe for $9.00" in page
    assert WORDS["en"]["try_delayed"] not in page
    await buyer.sends()
    [invoice] = (await shop.api.v1.invoices.list_async()).data
    assert "$9.00" in await buyer.opens(str(invoice.hosted_invoice_url))


def test_every_language_says_everything() -> None:
    for language, words in WORDS.items():
        assert words.keys() == WORDS["en"].keys(), language
        assert [key for key, text in words.items() if text.count("{") != WORDS["en"][key].count("{")] == []
