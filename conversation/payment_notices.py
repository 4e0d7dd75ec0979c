"""News of money: it came, it is still to come, it went back, or nobody knows whose it is."""

from __future__ import annotations

from typing import Any, Final

from conversation import callbacks
from conversation.i18n import gettext as _
from conversation.money import price
from conversation.notices import Notice
from conversation.view import Button, View, button, lines, paragraphs, rows
from conversation.wording import credits_
from services.desk import Services
from services.ledger import Balance
from services.payments.orders import OrderView
from services.receipts import Receipt
from storage.tables import Order, User


async def order_of(services: Services, user: User, payload: dict[str, Any]) -> OrderView | None:
    """The order of theirs that a notice is about, where there is one: its message is to show how it stands."""
    order_id = payload.get("order_id")
    if order_id is None:
        order = (await services.receipts.one(payload["payment_id"])).order
        # What could not be matched may have been credited to somebody else than who ordered.
        order_id = order.id if order and order.user_id == user.id else None
    return await services.orders.view(user.id, order_id) if order_id is not None else None


async def received(services: Services, user: User, payload: dict[str, Any]) -> View:
    receipt = await services.receipts.one(payload["payment_id"])
    repaid = await services.receipts.repaid(receipt.payment.id)
    goes_on = await _generate(services, user, receipt.order)
    text = paragraphs(
        lines(
            _("🎉 <b>Thank you!</b> You got {credits}.").format(credits=credits_(receipt.payment.credits)),
            _("Used to pay what you owed: {credits}.").format(credits=credits_(repaid)) if repaid else None,
            *_stand(await services.wallet.balance(user.id)),
        ),
        _("Your clip is one tap away 👇") if goes_on else None,
        _reference(receipt),
    )
    return View(text, rows([goes_on]) if goes_on else None)


async def pending(services: Services, user: User, payload: dict[str, Any]) -> View | None:
    order = (await services.orders.view(user.id, payload["order_id"])).order
    if order.state != "pending":
        return None
    text = _("⏳ Your payment of {price} is on its way. With some banks that takes days; I'll write when it is here.")
    return View(text.format(price=price(order.amount, order.currency)))


async def failed(services: Services, user: User, payload: dict[str, Any]) -> View | None:
    order = (await services.orders.view(user.id, payload["order_id"])).order
    if order.state != "failed":
        return None
    text = _("⚠️ Your payment of {price} didn't go through, so there are no new credits. You can try again.")
    again = button(_("🔁 Try again"), callbacks.Buy(draft=order.draft_id, album=order.album_id))
    return View(text.format(price=price(order.amount, order.currency)), rows([again]))


async def reversed_(services: Services, user: User, payload: dict[str, Any]) -> View:
    receipt, owed = await services.receipts.one(payload["payment_id"]), payload["owed"]
    debt = _("Spent already: {credits}. That is owed now, and the next credits you get pay it first.")
    text = paragraphs(
        _went_back(receipt, payload["kind"]).format(price=_price(receipt), credits=credits_(payload["credits"])),
        lines(
            debt.format(credits=credits_(owed)) if owed else None,
            *_stand(await services.wallet.balance(user.id)),
        ),
        _("If that isn't right, tell us: /paysupport"),
        _reference(receipt),
    )
    return View(text)


async def restored(services: Services, user: User, payload: dict[str, Any]) -> View:
    receipt = await services.receipts.one(payload["payment_id"])
    said = {
        "refund": _("✅ The refund of your payment of {price} didn't go through, so you have {credits} back."),
        "dispute": _("✅ The dispute over your payment of {price} is settled, and you have {credits} back."),
    }
    text = said[payload["kind"]].format(price=_price(receipt), credits=credits_(payload["credits"]))
    return View(paragraphs(text, lines(*_stand(await services.wallet.balance(user.id))), _reference(receipt)))


async def unmatched(services: Services, _user: User, payload: dict[str, Any]) -> View | None:
    receipt = await services.receipts.one(payload["payment_id"])
    if receipt.state != "waiting":
        return None
    text = _("🔎 I got a payment of {price} and can't tell what it is for. Don't worry: a person will look at it.")
    return View(paragraphs(text.format(price=_price(receipt)), _reference(receipt)))


def _went_back(receipt: Receipt, kind: str) -> str:
    if kind == "dispute":
        return _("⚠️ Your bank disputes your payment of {price}. Until that is settled, I took back {credits}.")
    if receipt.payment.refund_taken < receipt.payment.credits:
        return _("↩️ A part of your payment of {price} was refunded, so I took back {credits}.")
    return _("↩️ Your payment of {price} was refunded, so I took back {credits}.")


def _stand(balance: Balance) -> list[str]:
    have = _("You have <b>{credits}</b> now.").format(credits=credits_(balance.available))
    owe = _("Still owed: {credits}.").format(credits=credits_(balance.debt))
    return [have, owe] if balance.debt else [have]


def _price(receipt: Receipt) -> str:
    return price(receipt.payment.amount, receipt.payment.currency)


def _reference(receipt: Receipt) -> str:
    return _("Reference: {reference}").format(reference=receipt.reference)


async def _generate(services: Services, user: User, order: Order | None) -> Button | None:
    """What they were about to make when credits ran short, if it is still waiting and there is enough for it now."""
    if order is None or order.user_id != user.id:
        return None
    if order.draft_id is not None:
        card = await services.cards.draft(user.id, order.draft_id)
        tap = callbacks.GenerateFor(draft=card.draft.id, round=card.draft.round, price=card.price)
        label = _("🎬 Generate · {price}").format(price=credits_(card.price))
        return button(label, tap) if card.draft.state == "open" and card.available >= card.price else None
    if order.album_id is not None:
        album = await services.cards.album(user.id, order.album_id)
        all_ = callbacks.GenerateAllFor(album=album.album.id, version=album.version, price=album.price)
        label = _("🎬 Generate all · {price}").format(price=credits_(album.price))
        return button(label, all_) if album.waiting and album.available >= album.price else None
    return None


CHANGES_ORDER: Final = frozenset({"payment_received", "payment_pending", "payment_failed"})
"""After these, an order is no longer as its message shows it."""

NOTICES: Final[dict[str, Notice]] = {
    "payment_received": received,
    "payment_pending": pending,
    "payment_failed": failed,
    "payment_reversed": reversed_,
    "payment_restored": restored,
    "payment_unmatched": unmatched,
}
