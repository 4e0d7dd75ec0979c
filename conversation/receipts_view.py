"""What somebody paid, payment by payment."""

from __future__ import annotations

from babel.dates import format_date

from conversation import callbacks
from conversation.buy_views import get_credits, pack_html
from conversation.i18n import gettext as _
from conversation.i18n import language_now
from conversation.money import price
from conversation.view import Button, View, button, in_rows_of, lines, paragraphs, rows, url_button
from conversation.wording import credits_
from services.receipts import Receipt, ReceiptsPage

WEB = ("https://", "http://")


def receipts_view(shown: ReceiptsPage) -> View:
    back = button(_("‹ Back"), callbacks.CreditsPage(page=0))
    if not shown.receipts:
        return View(_("🧾 There are no payments yet."), rows([get_credits()], [back]))
    links = [url_button(f"🧾 {one.reference} ↗", url) for one in shown.receipts if (url := _link(one))]
    text = paragraphs(_("🧾 <b>Receipts</b>"), *(receipt_text(one) for one in shown.receipts))
    return View(text, rows(*in_rows_of(2, links), _pager(shown), [back]))


def receipt_text(receipt: Receipt) -> str:
    payment = receipt.payment
    date = format_date(payment.created_at, format="d MMM y", locale=language_now())
    bought = [pack_html(receipt.pack)] if receipt.pack else []
    if payment.credits:
        bought.append(credits_(payment.credits))
    return lines(
        f"<b>{date} · {price(payment.amount, payment.currency)}</b>",
        " · ".join(bought),
        " · ".join([_state(receipt), receipt.reference]),
    )


def _state(receipt: Receipt) -> str:
    return {
        "paid": _("paid"),
        "partly_refunded": _("refunded in part"),
        "refunded": _("refunded"),
        "disputed": _("disputed by your bank"),
        "waiting": _("a person is looking at it"),
        "returned": _("given back"),
    }[receipt.state]


def _link(receipt: Receipt) -> str | None:
    """The vendor's own receipt."""
    url = receipt.payment.receipt_url
    return url if url and url.startswith(WEB) else None


def _pager(shown: ReceiptsPage) -> list[Button]:
    newer = button(_("‹ Newer"), callbacks.ReceiptsPage(page=shown.page - 1)) if shown.page > 0 else None
    more = shown.page + 1 < shown.pages
    older = button(_("Older ›"), callbacks.ReceiptsPage(page=shown.page + 1)) if more else None
    return [one for one in (newer, older) if one]
