"""What is for sale: one message that shows the packs and, by a tap on a price, becomes an order."""

from __future__ import annotations

from collections.abc import Sequence

from conversation import callbacks
from conversation.i18n import gettext as _
from conversation.i18n import ngettext
from conversation.money import price, price_each, price_tag
from conversation.view import Button, View, button, lines, one_line, paragraphs, rows, shortened, theirs
from conversation.wording import credits_
from services.payments.facts import STARS, STARS_CURRENCY, STRIPE, Rail
from services.payments.orders import Offer
from storage.tables import Pack

NAME_SHOWN = 32


def packs_view(offers: Sequence[Offer], *, available: int, wish: callbacks.Buy | None = None) -> View:
    """`available`: their credits; `wish`: what they want the credits for, where that is known."""
    if not offers:
        return View(_("🛒 Nothing is for sale right now. Please look in again later 🙂"))
    have = ngettext("You have {count} credit.", "You have {count} credits.", available).format(count=available)
    packs = [_pack(offer) for offer in offers]
    terms = _("By paying you agree to the /terms.")
    text = paragraphs(lines(_("🛒 <b>Get credits</b>"), have), *packs, lines(*_how(offers), terms))
    return View(text, rows(*(_prices(offer, wish or callbacks.Buy()) for offer in offers)))


def get_credits(*, draft: int | None = None, album: int | None = None) -> Button:
    """The way here from wherever credits run short; a payment leads back to the draft or album."""
    return button(_("➕ Get credits"), callbacks.Buy(draft=draft, album=album))


def short_view(*, needed: int, available: int, draft: int) -> View:
    """Where there is no card to put the button on."""
    text = _("This costs {needed} and you have {count}.").format(needed=credits_(needed), count=available)
    return View(text, rows([get_credits(draft=draft)]))


def pack_name(pack: Pack) -> str:
    """As its owner named it, for buttons and titles; in HTML use `pack_html`."""
    return shortened(one_line(pack.name), NAME_SHOWN) or credits_(pack.credits)


def pack_html(pack: Pack) -> str:
    return theirs(pack_name(pack), NAME_SHOWN)


def _pack(offer: Offer) -> str:
    pack = offer.pack
    title = f"<b>{pack_html(pack)}</b> · {credits_(pack.credits)}"
    prices = _(" or ").join(price(*_cost(pack, rail)) for rail in offer.rails)
    each = _("{price} each").format(price=price_each(*_cost(pack, offer.rails[0]), pack.credits))
    return lines(title, f"{prices} ({each})", _("💎 Best value") if offer.best else None)


def _prices(offer: Offer, wish: callbacks.Buy) -> list[Button]:
    return [
        button(
            price_tag(*_cost(offer.pack, rail)),
            callbacks.BuyPack(pack_id=offer.pack.id, rail=rail, draft=wish.draft, album=wish.album),
        )
        for rail in offer.rails
    ]


def _how(offers: Sequence[Offer]) -> list[str]:
    """Only the ways to pay that some pack has."""
    ways: dict[Rail, str] = {
        STARS: _("⭐ With Telegram Stars, right here"),
        STRIPE: _("💳 By card, in your browser"),
    }
    offered = {rail: None for offer in offers for rail in offer.rails}
    return [ways[rail] for rail in offered]


def _cost(pack: Pack, rail: Rail) -> tuple[int, str]:
    return (pack.stars, STARS_CURRENCY) if rail == STARS else (pack.cents, pack.currency)
