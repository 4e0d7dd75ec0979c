"""An order as it stands, from "here is where to pay" to "paid"; and the invoice for Stars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from conversation import callbacks
from conversation.buy_views import pack_html, pack_name
from conversation.i18n import gettext as _
from conversation.money import price
from conversation.view import View, button, lines, paragraphs, rows, shortened, url_button
from conversation.wording import credits_
from services.payments.orders import OrderView
from storage.tables import Order

TITLE_LIMIT: Final = 32
DESCRIPTION_LIMIT: Final = 255
"""Characters in an invoice (Bot API, sendInvoice)."""


@dataclass(frozen=True, slots=True)
class Invoice:
    """The words of a Stars invoice."""

    title: str
    description: str
    label: str


def order_view(view: OrderView) -> View:
    """A card order."""
    if view.order.state == "paid":
        return paid_view(view)
    if view.order.state == "pending":
        waits = _("⏳ The payment is on its way. With some banks that takes days; I'll write as soon as it is here.")
        return View(paragraphs(_what(view), waits))
    if view.order.state == "failed":
        again = button(_("🔁 Try again"), _packs(view.order))
        return View(paragraphs(_what(view), _("⚠️ The payment didn't go through.")), rows([again]))
    return _to_pay(view)


def paid_view(view: OrderView) -> View:
    return View(paragraphs(_what(view), _("✅ Paid. Thank you!")))


def invoice(view: OrderView) -> Invoice:
    count = credits_(view.order.credits)
    description = _("{credits} for making clips. They are yours at once.").format(credits=count)
    return Invoice(shortened(pack_name(view.pack), TITLE_LIMIT), shortened(description, DESCRIPTION_LIMIT), count)


def _to_pay(view: OrderView) -> View:
    cost = price(view.order.amount, view.order.currency)
    how = _("The button opens the payment page. Once it's paid I'll write to you here.")
    pay = callbacks.HavePaid(order=view.order.id)
    keyboard = rows(
        [url_button(_("Pay {price} ↗").format(price=cost), view.pay_url)] if view.pay_url else [],
        [button(_("✅ I have paid"), pay)],
        [button(_("‹ Back"), _packs(view.order))],
    )
    return View(paragraphs(_what(view), how), keyboard)


def _what(view: OrderView) -> str:
    name, count = pack_html(view.pack), credits_(view.order.credits)
    cost = price(view.order.amount, view.order.currency)
    return lines(_("🛒 <b>{name}</b>").format(name=name), _("{credits} for {price}").format(credits=count, price=cost))


def _packs(order: Order) -> callbacks.Buy:
    return callbacks.Buy(draft=order.draft_id, album=order.album_id)
