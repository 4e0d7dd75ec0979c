"""Payments that wait for somebody, and each payment with what can be done about it."""

from __future__ import annotations

from conversation import callbacks
from conversation.admin.moments import moment
from conversation.admin.report_views import to_looks
from conversation.i18n import gettext as _
from conversation.i18n import ngettext
from conversation.money import price
from conversation.view import Button, View, button, lines, paragraphs, rows, theirs
from conversation.wording import credits_
from services.payments.admin import PAGE, PaymentView
from services.payments.facts import STARS, Problem
from storage.tables import User

NAME_SHOWN = 40


def waiting_payments(unmatched: int) -> str:
    """`unmatched`: how many payments wait."""
    waiting = ngettext(
        "{count} payment waits for somebody to look at it.",
        "{count} payments wait for somebody to look at them.",
        unmatched,
    )
    return waiting.format(count=unmatched) if unmatched else _("Every payment found its order.")


def unmatched_view(found: list[PaymentView], total: int, page: int) -> View:
    how = _("<code>/payments NUMBER</code> looks one up: by its number, the vendor's, or its order's.")
    if not found:
        return View(paragraphs(_("💸 No payment is waiting."), how), rows([to_looks()], [_back()]))
    listed = [_line(view) for view in found]
    each = [[button(_summary(view), callbacks.AdminPayment(payment=view.payment.id))] for view in found]
    return View(
        paragraphs(_("💸 <b>Unmatched payments</b>"), *listed, how),
        rows(*each, _pager(total, page), [to_looks()], [_back()]),
    )


def payment_view(view: PaymentView, *, note: str | None = None) -> View:
    """`note`: what has just happened to it."""
    payment = view.payment
    state = {
        "credited": _("Credited: {credits}").format(credits=credits_(payment.credits)),
        "returned": _("Given back, never credited"),
    }
    text = paragraphs(
        note,
        lines(
            _("🧾 <b>Payment #{number}</b>").format(number=payment.id),
            _when(view),
            price(payment.amount, payment.currency),
            _who(view),
        ),
        lines(
            state.get(payment.state),
            _problem(payment.problem) if payment.state == "unmatched" else None,
            _("Refunded: {amount}").format(amount=price(view.refunded, payment.currency)) if view.refunded else None,
            _("Disputed: {credits} taken back").format(credits=credits_(payment.dispute_taken))
            if payment.dispute_taken
            else None,
        ),
        f"<code>{payment.external_id}</code>",
    )
    return View(text, rows(*_actions(view), [_back()]))


def refund_question(view: PaymentView, amount: int) -> View:
    """Asked before money moves: what it will do."""
    payment = view.payment
    text = _("Give {amount} back to {who}?").format(amount=price(amount, payment.currency), who=_name(view.user))
    follow = _("The credits follow by themselves; what is spent already becomes a debt.")
    yes = callbacks.AdminRefund(payment=payment.id, amount=amount, sure=True)
    sure = button(_("✅ Yes, refund it"), yes)
    no = button(_("‹ No"), callbacks.AdminPayment(payment=payment.id))
    return View(paragraphs(text, follow if payment.state == "credited" else None), rows([sure], [no]))


def assign_question(view: PaymentView, person: User, credits: int) -> View:  # noqa: A002 - what they are
    payment = view.payment
    text = _("Credit {credits} for {amount} to {who}?").format(
        credits=credits_(credits), amount=price(payment.amount, payment.currency), who=_name(person)
    )
    yes = callbacks.AdminAssign(payment=payment.id, person=person.telegram_id, credits=credits, sure=True)
    no = button(_("‹ No"), callbacks.AdminPayment(payment=payment.id))
    return View(text, rows([button(_("✅ Yes, credit it"), yes)], [no]))


def ask_amount_view(view: PaymentView) -> View:
    left = price(view.refundable, view.payment.currency)
    return View(_("How much of it shall go back? Write an amount, up to {left}. /cancel leaves it.").format(left=left))


def ask_owner_view() -> View:
    return View(
        _("Whose is it? Write their Telegram id and how many credits: <code>123456789 10</code>. /cancel leaves it.")
    )


def not_understood_view() -> View:
    return View(_("I couldn't read that. Please write it again, or /cancel."))


def _line(view: PaymentView) -> str:
    return lines(f"<b>#{view.payment.id}</b> · {_when(view)}", _problem(view.payment.problem), _who(view))


def _summary(view: PaymentView) -> str:
    return f"#{view.payment.id} · {price(view.payment.amount, view.payment.currency)}"


def _when(view: PaymentView) -> str:
    return moment(view.payment.created_at)


def _who(view: PaymentView) -> str:
    return f"👤 {_name(view.user)}" + (f" · <code>{view.user.telegram_id}</code>" if view.user else "")


def _name(user: User | None) -> str:
    return theirs(user.first_name, NAME_SHOWN) if user else _("nobody we know")


def _problem(problem: str | None) -> str | None:
    problems = {
        Problem.NO_REFERENCE: _("It names no order."),
        Problem.UNKNOWN_ORDER: _("It names an order that isn't there."),
        Problem.WRONG_AMOUNT: _("The amount is not the order's."),
        Problem.WRONG_CURRENCY: _("The currency is not the order's."),
        Problem.WRONG_LINK: _("It was paid at another pack's link."),
        Problem.WRONG_ITEMS: _("It is not exactly one pack."),
        Problem.WRONG_MODE: _("It is test money where real money is expected, or the other way round."),
        Problem.WRONG_PAYER: _("Somebody else paid it than ordered it."),
    }
    return next((words for known, words in problems.items() if known == problem), None)


def _actions(view: PaymentView) -> list[list[Button]]:
    payment = view.payment
    refund = callbacks.AdminRefund(payment=payment.id, amount=view.refundable)
    part = callbacks.AdminAsk(what="refund", payment=payment.id)
    assign = callbacks.AdminAsk(what="assign", payment=payment.id)
    back = view.refundable > 0
    whole_only = payment.rail == STARS
    offers = [
        (_("↩️ Refund {amount}").format(amount=price(view.refundable, payment.currency)), refund, back),
        (_("↩️ Refund a part…"), part, back and not whole_only),
        (_("👤 Credit it to…"), assign, payment.state == "unmatched" and payment.problem != Problem.WRONG_MODE),
    ]
    return [[button(label, data)] for label, data, offered in offers if offered]


def _pager(total: int, page: int) -> list[Button]:
    newer = [button(_("‹ Older"), callbacks.AdminPlace(to="payments", page=page - 1))] if page else []
    older = (page + 1) * PAGE < total
    return newer + ([button(_("Newer ›"), callbacks.AdminPlace(to="payments", page=page + 1))] if older else [])


def _back() -> Button:
    return button(_("‹ Back"), callbacks.AdminPlace(to="menu"))
