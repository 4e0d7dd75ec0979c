"""The figures of the house: what is read below the chart, and the chart's own words. Days are UTC's, and it says so."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from babel.dates import format_skeleton
from babel.numbers import format_compact_decimal, format_decimal, format_percent

from conversation import callbacks
from conversation.callbacks.admin_overview import AdminOverview
from conversation.i18n import gettext as _
from conversation.i18n import language_now
from conversation.money import price, price_tag
from conversation.view import View, button, choice, lines, paragraphs, rows, theirs
from conversation.wording import maker, seconds
from media.chart import Panel
from services.figures import CreditsMoved, Report, Revenue, Work
from services.films.maker import NAME as FILM
from services.jobs import states
from services.live.values import Values
from services.margin import DOLLARS, Margin, Unknown, cost_cents, margin
from services.payments.facts import STARS_CURRENCY

NAME_SHOWN, VENDORS_SHOWN, SORTS_SHOWN, REASONS_SHOWN = 16, 5, 3, 2
"""A caption has room for so much."""
AT_WORK: Final = (states.SUBMITTING, states.RUNNING, states.STORING)


def overview_view(report: Report, values: Values, *, sets_prices: bool) -> View:
    """The caption of the chart. `sets_prices`: its reader has the right to say what a vendor's unit costs."""
    text = paragraphs(
        lines(_("📊 <b>Overview</b>"), _days(report)),
        lines(_people(report), _jobs(report)),
        lines(*(_work(one, values) for one in report.work[:VENDORS_SHOWN])),
        lines(*map(_revenue, report.revenue[:SORTS_SHOWN])) or _("💸 No money came in."),
        lines(*_credits(report.credits)),
        _margin(margin(report.work, report.revenue, values), sets_prices=sets_prices),
    )
    spans = [
        choice(_("Today"), AdminOverview(span="today"), chosen=report.span == 1),
        choice(_("7 days"), AdminOverview(span="week"), chosen=report.span == 7),
        choice(_("30 days"), AdminOverview(span="month"), chosen=report.span == 30),
    ]
    return View(text, rows(spans, [button(_("‹ Back"), callbacks.AdminPlace(to="menu"))]))


def overview_panels(report: Report) -> list[Panel]:
    """What the chart shows: finished clips, and below what was paid, a panel a currency."""
    hourly, now, marks = report.span == 1, report.present, _marks(report)
    clips = _("Clips by the hour") if hourly else _("Clips by the day")
    drawn = [Panel(clips, _number(sum(report.clips)), report.clips, now, _number(max(report.clips)), marks)]
    for currency, amounts in list(report.paid.items())[:SORTS_SHOWN]:
        name = _("Stars") if currency == STARS_CURRENCY else currency.upper()
        title = (_("Paid by the hour, {currency}") if hourly else _("Paid by the day, {currency}")).format(
            currency=name
        )
        drawn.append(Panel(title, price(sum(amounts), currency), amounts, now, price(max(amounts), currency), marks))
    return drawn


def _days(report: Report) -> str:
    first, last = _day(report.slots[0]), _day(report.slots[-1])
    if report.span == 1:
        return _("{day}, by UTC").format(day=first)
    return _("{first} to {last}, by UTC").format(first=first, last=last)


def _marks(report: Report) -> list[str]:
    """Of the first, the middle and the last bar."""
    places = [report.slots[place] for place in (0, len(report.slots) // 2, -1)]
    return [f"{slot:%H:%M}" if report.span == 1 else _day(slot) for slot in places]


def _day(moment: datetime) -> str:
    return format_skeleton("MMMd", moment, locale=language_now())


def _people(report: Report) -> str:
    people = report.people
    text = _("👥 People: {total} · new: {new} · active: {active}")
    return text.format(total=_number(people.total), new=_number(people.new), active=_number(people.active))


def _jobs(report: Report) -> str:
    counts = {
        _("done"): report.jobs.get(states.SUCCEEDED, 0),
        _("failed"): report.jobs.get(states.FAILED, 0),
        _("cancelled"): report.jobs.get(states.CANCELLED, 0),
        _("waiting"): report.jobs.get(states.QUEUED, 0),
        _("being made"): sum(report.jobs.get(state, 0) for state in AT_WORK),
        _("nobody knows"): report.jobs.get(states.UNKNOWN, 0),
    }
    shown = " · ".join(f"{name}: {_number(count)}" for name, count in counts.items() if count)
    return f"🎬 {shown}" if shown else _("🎬 No jobs.")


def _work(work: Work, values: Values) -> str:
    name = _("Films") if work.vendor == FILM else theirs(maker(work.vendor), NAME_SHOWN)
    facts = [
        _("{percent} of {count} done").format(
            percent=format_percent(work.rate, locale=language_now()), count=_number(work.succeeded + work.failed)
        )
        if work.rate is not None
        else None,
        seconds(work.median_s) if work.median_s is not None else None,
        _cost(work, values),
    ]
    return f"<b>{name}</b>: " + (" · ".join(fact for fact in facts if fact) or "–")


def _cost(work: Work, values: Values) -> str | None:
    if work.units is None:
        return None
    units, cents = _number(round(work.units)), cost_cents(work, values)
    if cents is None:
        return _("{units} units").format(units=units)
    return _("{units} units, {money}").format(units=units, money=_dollars(cents))


def _revenue(revenue: Revenue) -> str:
    net = price_tag(revenue.net, revenue.currency)
    if not revenue.back:
        return net
    paid, back = price(revenue.paid, revenue.currency), price(revenue.back, revenue.currency)
    return _("{net} ({paid} less {back} given back)").format(net=net, paid=paid, back=back)


def _credits(moved: CreditsMoved) -> list[str]:
    meanwhile = _("🪙 Credits: sold {sold} · spent {spent} · given {given}")
    now = _("Now: held {held} · owed {owed} · unspent {available}")
    return [
        meanwhile.format(sold=_number(moved.sold), spent=_number(moved.spent), given=_number(moved.given)),
        now.format(held=_number(moved.held), owed=_number(moved.owed), available=_number(moved.available)),
    ]


def _margin(said: Margin, *, sets_prices: bool) -> str:
    if said.cents is not None:
        return _("💰 Margin: {money}, before fees, servers and the language model").format(money=_dollars(said.cents))
    why = "; ".join(map(_reason, said.unknown[:REASONS_SHOWN]))
    settable = any(one.what == "unit" or one.name == STARS_CURRENCY for one in said.unknown)
    return lines(
        _("💰 Margin: not known. Missing: {why}.").format(why=why),
        _("Set it in /values.") if settable and sets_prices else None,
    )


def _reason(unknown: Unknown) -> str:
    name = theirs(maker(unknown.name), NAME_SHOWN)
    if unknown.what == "unit":
        return _("the price of a unit of {vendor}").format(vendor=name)
    if unknown.what == "cost":
        return _("what some jobs of {vendor} cost").format(vendor=name)
    if unknown.name == STARS_CURRENCY:
        return _("what a Star brings")
    return _("what {currency} is worth").format(currency=unknown.name.upper())


def _dollars(cents: float) -> str:
    return price(round(cents), DOLLARS)


def _number(count: int) -> str:
    """Millions are rounded: a caption is short."""
    if abs(count) >= 1_000_000:
        return format_compact_decimal(count, fraction_digits=1, locale=language_now())
    return format_decimal(count, locale=language_now())
