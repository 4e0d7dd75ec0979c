"""Asked before a pack changes: what is, what would be, and what becomes of checkouts that are open."""

from __future__ import annotations

from conversation import callbacks
from conversation.buy_views import pack_html
from conversation.callbacks.admin_packs import AddPack, ChangePack, OpenPack, Part, SellPack
from conversation.i18n import gettext as _
from conversation.i18n import ngettext
from conversation.money import CARD, price, price_each
from conversation.view import View, button, lines, paragraphs, rows, theirs
from conversation.wording import credits_
from services.packs import NAME_LIMIT, Preview, Terms, mark
from services.payments.facts import STARS_CURRENCY
from storage.tables import Pack


def add_question(preview: Preview) -> View:
    wanted = preview.wanted
    shown = lines(
        f"<b>{theirs(wanted.name, NAME_LIMIT)}</b> · {credits_(wanted.credits)}",
        f"{CARD} {price(wanted.cents, preview.currency)} · {price(wanted.stars, STARS_CURRENCY)}",
        _("{price} each").format(price=price_each(wanted.cents, preview.currency, wanted.credits)),
    )
    link = _("Everybody sees it at once; by card it is sold as soon as its link is made, within moments.")
    yes = button(_("✅ Yes, sell it"), AddPack(then=mark(wanted)))
    no = button(_("‹ No"), callbacks.AdminPlace(to="packs"))
    return View(paragraphs(_("🛒 Sell this pack?"), shown, _odd(preview), link), rows([yes], [no]))


def change_question(preview: Preview, part: Part) -> View:
    """`part`: what they wrote. Of nothing but a pack that there is."""
    pack = preview.before
    if pack is None:
        raise ValueError("a new pack is not changed")
    title = _("🛒 Change {name}?").format(name=f"<b>{pack_html(pack)}</b>")
    text = paragraphs(title, _changes(pack, preview.wanted), _odd(preview), _open(preview.checkouts), _meanwhile(pack))
    yes = ChangePack(pack_id=pack.id, part=part, was=mark(pack), then=mark(preview.wanted))
    no = button(_("‹ No"), OpenPack(pack_id=pack.id))
    return View(text, rows([button(_("✅ Yes, change it"), yes)], [no]))


def sell_question(pack: Pack, *, on: bool, checkouts: int) -> View:
    """`checkouts`: orders for it that can still be paid."""
    name = f"<b>{pack_html(pack)}</b>"
    title = _("▶️ Put {name} on sale again?") if on else _("⏸ Take {name} off sale?")
    effect = _("Everybody can buy it at once.") if on else _("Nobody can order it from then on.")
    text = paragraphs(title.format(name=name), effect, None if on else _open(checkouts))
    yes = button(_("✅ Yes"), SellPack(pack_id=pack.id, on=on, was=mark(pack), sure=True))
    return View(text, rows([yes], [button(_("‹ No"), OpenPack(pack_id=pack.id))]))


def _changes(pack: Pack, wanted: Terms) -> str:
    facts = [
        ("", theirs(pack.name, NAME_LIMIT), theirs(wanted.name, NAME_LIMIT)),
        ("", credits_(pack.credits), credits_(wanted.credits)),
        (f"{CARD} ", price(pack.cents, pack.currency), price(wanted.cents, pack.currency)),
        ("", price(pack.stars, STARS_CURRENCY), price(wanted.stars, STARS_CURRENCY)),
    ]
    return lines(*(f"{how}{before} → <b>{after}</b>" for how, before, after in facts if before != after))


def _odd(preview: Preview) -> str | None:
    """Not refused: it may be what they want."""
    text = _("⚠️ Beside {name} ({credits}) it is odd: of the two, the cheaper one has more credits.")
    return lines(*(text.format(name=pack_html(one), credits=credits_(one.credits)) for one in preview.odd)) or None


def _open(checkouts: int) -> str | None:
    """An invoice can be paid for a day; what is begun at a link that is then closed is up to Stripe."""
    if not checkouts:
        return _("No order for it is open.")
    text = ngettext(
        "{count} order for it is open. Whoever is paying it pays what they saw and gets the credits they saw. "
        "By card the page may close before: then nothing is charged.",
        "{count} orders for it are open. Whoever is paying one pays what they saw and gets the credits they saw. "
        "By card the page may close before: then nothing is charged.",
        checkouts,
    )
    return text.format(count=checkouts)


def _meanwhile(pack: Pack) -> str | None:
    return _("Its card link is made anew; for those moments it isn't sold by card.") if pack.active else None
