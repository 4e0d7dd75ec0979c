"""The packs that are sold, as those see them who set their prices."""

from __future__ import annotations

from typing import Final

from conversation import callbacks
from conversation.buy_views import pack_html, pack_name
from conversation.callbacks.admin_packs import EditPack, NewPack, OpenPack, Part, SellPack
from conversation.i18n import gettext as _
from conversation.i18n import ngettext
from conversation.money import CARD, plain, price, price_each
from conversation.view import Button, View, button, in_rows_of, lines, paragraphs, rows
from conversation.wording import credits_
from services.packs import MOST_CREDITS, NAME_LIMIT, CardLink, Stocked, mark
from services.payments.bounds import bounds_of
from services.payments.facts import STARS_CURRENCY
from storage.tables import Pack

PAGE: Final = 8


def packs_view(stock: list[Stocked], page: int = 0) -> View:
    """`stock`: all of them."""
    shown = stock[page * PAGE : (page + 1) * PAGE]
    listed = [_listed(one) for one in shown]
    empty = None if listed else _("There are no packs yet.")
    each = in_rows_of(2, [button(pack_name(one.pack), OpenPack(pack_id=one.pack.id)) for one in shown])
    text = paragraphs(_("🛒 <b>Packs and their prices</b>"), *listed, empty)
    new = button(_("➕ Add a pack"), NewPack())
    menu = button(_("🛠 Menu"), callbacks.AdminPlace(to="menu"))
    return View(text, rows(*each, _pager(len(stock), page), [new], [menu]))


def pack_view(one: Stocked, *, note: str | None = None) -> View:
    """`note`: what has just happened to it."""
    pack = one.pack
    facts = lines(
        f"🛒 <b>{pack_html(pack)}</b> · {credits_(pack.credits)}",
        f"{CARD} {_cost(pack.cents, pack.currency, pack.credits)}",
        _cost(pack.stars, STARS_CURRENCY, pack.credits),
        _sold(one),
        _("On sale") if pack.active else _("⏸ Off sale"),
    )
    return View(paragraphs(note, facts, _link(one)), rows(*_edits(pack), _looks(one), [_to_packs()]))


def how_view(currency: str, *, again: bool = False) -> View:
    """How to write a new pack; `again`: what they wrote could not be read."""
    sorry = _("I couldn't read that.") if again else None
    how = _("Write the new pack in one line: its name, credits, price in {currency} and price in Stars.")
    example = _("Like this: {example}. /cancel leaves it.").format(example="<code>Big, 500, 39.99, 2900</code>")
    return View(paragraphs(sorry, lines(how.format(currency=currency.upper()), example)), rows([_to_packs()]))


def ask_part_view(pack: Pack, part: Part, *, again: bool = False) -> View:
    """`again`: what they wrote could not be read."""
    sorry = _("I couldn't read that.") if again else None
    back = button(_("‹ Back"), OpenPack(pack_id=pack.id))
    return View(paragraphs(sorry, lines(_asked(pack, part), _("/cancel leaves it."))), rows([back]))


def _asked(pack: Pack, part: Part) -> str:
    match part:
        case "name":
            return _("How shall it be called? 1 to {limit} characters.").format(limit=NAME_LIMIT)
        case "credits":
            return _("How many credits shall it have? A number up to {most}.").format(most=MOST_CREDITS)
        case "all":
            line = f"<code>{pack_html(pack)}, {pack.credits}, {plain(pack.cents, pack.currency)}, {pack.stars}</code>"
            return _("Write all of it in one line: name, credits, price, Stars. Now it is {line}").format(line=line)
        case _:
            unit = pack.currency if part == "price" else STARS_CURRENCY
            now = price(pack.cents if part == "price" else pack.stars, unit)
            bounds = bounds_of(unit)
            text = _("What shall it cost? Now {now}; from {least} to {most} it can be charged.")
            return text.format(now=now, least=price(bounds.least, unit), most=price(bounds.most, unit))


def _listed(one: Stocked) -> str:
    pack = one.pack
    prices = f"{CARD} {price(pack.cents, pack.currency)} · {price(pack.stars, STARS_CURRENCY)}"
    waits = _("⏳ its card link is being made") if one.link is CardLink.MAKING else None
    state = waits if pack.active else _("⏸ off sale")
    return lines(f"<b>{pack_html(pack)}</b> · {credits_(pack.credits)}", prices, _sold(one), state)


def _cost(amount: int, currency: str, credits: int) -> str:  # noqa: A002 - what it buys
    each = _("{price} each").format(price=price_each(amount, currency, credits))
    return f"{price(amount, currency)} ({each})"


def _sold(one: Stocked) -> str:
    text = ngettext("Sold {count} time within 30 days", "Sold {count} times within 30 days", one.sold)
    return text.format(count=one.sold)


def _link(one: Stocked) -> str | None:
    doctor = _("If that takes longer than a minute, <code>python -m bot doctor</code> says why.")
    making = _("⏳ Its card link is being made. Until it is there, it isn't sold by card.")
    closing = _("⏳ Its card link is being closed.")
    words = {CardLink.MAKING: making, CardLink.CLOSING: closing, CardLink.READY: _("✅ Its card link is in step.")}
    waits = one.link in (CardLink.MAKING, CardLink.CLOSING)
    return lines(words.get(one.link), doctor if waits else None) or None


def _edits(pack: Pack) -> list[list[Button]]:
    labels: dict[Part, str] = {
        "name": _("✏️ Name"),
        "credits": _("🪙 Credits"),
        "price": _("💳 Price"),
        "stars": _("⭐ Stars"),
        "all": _("✏️ All at once"),
    }
    parts = [button(label, EditPack(pack_id=pack.id, part=part)) for part, label in labels.items()]
    sale = SellPack(pack_id=pack.id, on=not pack.active, was=mark(pack))
    return [*in_rows_of(2, [*parts, button(_("⏸ Take off sale") if pack.active else _("▶️ Put on sale"), sale)])]


def _looks(one: Stocked) -> list[Button]:
    waits = one.link in (CardLink.MAKING, CardLink.CLOSING)
    return [button(_("🔄 Look again"), OpenPack(pack_id=one.pack.id))] if waits else []


def _pager(total: int, page: int) -> list[Button]:
    fewer = [button(_("‹ Back"), callbacks.AdminPlace(to="packs", page=page - 1))] if page else []
    more = (page + 1) * PAGE < total
    return fewer + ([button(_("More ›"), callbacks.AdminPlace(to="packs", page=page + 1))] if more else [])


def _to_packs() -> Button:
    return button(_("‹ All packs"), callbacks.AdminPlace(to="packs"))
