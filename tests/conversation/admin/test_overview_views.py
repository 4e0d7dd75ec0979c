"""The overview's caption and chart: all of it fits, and nothing is said that is not known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from conversation.admin.overview_views import overview_panels, overview_view
from services.figures import CreditsMoved, People, Report, Revenue, Work
from services.live.values import Values
from tests.conversation.scenes import HOSTILE
from tests.conversation.shown import assert_fits, data, labels, seen

STATES = ("queued", "submitting", "running", "storing", "unknown", "succeeded", "failed", "cancelled")
RUNWAY = Work("runway", 95, 5, 42.0, 5230.0, 0)
CARDS = Revenue("stripe", "usd", 13_400, 499)
STARS = Revenue("stars", "XTR", 1250, 0)
PRICED = Values(vendor_unit_cents={"runway": 1.0}, star_cents=1.0)


def report(span: Any = 7, **facts: Any) -> Report:
    first = datetime(2026, 11, 15, tzinfo=UTC)
    slots = [first + timedelta(**{"hours" if span == 1 else "days": n}) for n in range(24 if span == 1 else span)]
    given: dict[str, Any] = {
        "people": People(1234, 12, 87),
        "jobs": {"succeeded": 95, "failed": 5, "running": 2, "storing": 1},
        "work": [RUNWAY],
        "revenue": [CARDS],
        "credits": CreditsMoved(sold=300, spent=250, given=40, held=12, owed=3, available=700),
        "clips": [0] * (len(slots) - 1) + [95],
        "paid": {"usd": [499] * len(slots)},
    }
    return Report(span=span, since=first, slots=slots, present=len(slots) - 1, **given | facts)


def caption(values: Values = PRICED, *, sets_prices: bool = True, **facts: Any) -> str:
    return seen(overview_view(report(**facts), values, sets_prices=sets_prices).text)


def test_the_largest_house_there_can_be_fits_in_every_language(language: str) -> None:
    big = 10**8
    money = [Revenue("stripe", currency, big, big // 3) for currency in ("usd", "eur", "rub", "jpy", "gbp")]
    for name in HOSTILE:
        vendors = [
            Work(vendor, big, big, 3600.0, float(big), 7) for vendor in (name, "runway", "runpod", "modal", "film")
        ]
        full = report(
            30,
            people=People(big, big, big),
            jobs=dict.fromkeys(STATES, big),
            work=vendors * 2,
            revenue=money,
            credits=CreditsMoved(*[big] * 6),
            clips=[big] * 30,
            paid={one.currency: [big] * 30 for one in money},
        )
        assert_fits(overview_view(full, Values(), sets_prices=True), caption=True)
    assert len(overview_panels(full)) == 4


def test_an_empty_house_is_said_to_be_so(english: None) -> None:
    nothing: Any = {"jobs": {}, "work": [], "revenue": [], "paid": {}, "clips": [0] * 7}
    said = caption(**nothing)

    assert "No jobs." in said
    assert "No money came in." in said
    assert "Margin: $0.00" in said
    assert [panel.total for panel in overview_panels(report(**nothing))] == ["0"]


def test_each_figure_is_there(english: None) -> None:
    said = caption()

    assert "Nov 15 to Nov 21, by UTC" in said
    assert "People: 1,234 · new: 12 · active: 87" in said
    assert "done: 95 · failed: 5 · being made: 3" in said
    assert "Runway: 95% of 100 done · 42 s · 5,230 units, $52.30" in said
    assert "💳 $129.01 ($134.00 less $4.99 given back)" in said
    assert "sold 300 · spent 250 · given 40" in said
    assert "held 12 · owed 3 · unspent 700" in said
    assert "Margin: $76.71" in said


def test_the_margin_is_not_known_without_every_price_and_it_says_which(english: None) -> None:
    runpod = Work("runpod", 3, 0, 60.0, 184.0, 0)
    said = caption(Values(), work=[RUNWAY, runpod], revenue=[CARDS, STARS])

    assert "RunPod: 100% of 3 done · 60 s · 184 units\n" in said
    assert "Missing: the price of a unit of RunPod; what a Star brings." in said
    assert "Set it in /values." in said
    assert "/values" not in caption(Values(), work=[runpod], sets_prices=False)
    assert "/values" not in caption(work=[Work("modal", 3, 0, 9.0, 5.0, 1)])
    assert "/values" not in caption(revenue=[Revenue("stripe", "eur", 5, 0)])


def test_the_span_shown_is_marked_and_the_others_are_a_tap_away(english: None) -> None:
    view = overview_view(report(30), PRICED, sets_prices=True)

    assert labels(view) == ["Today", "7 days", "✓ 30 days", "‹ Back"]
    assert data(view) == ["oz:today", "oz:week", "oz:month", "az:menu:0"]


def test_the_chart_counts_one_day_by_the_hour_and_more_by_the_day(english: None) -> None:
    clips, paid = overview_panels(report(1, paid={"XTR": [250] * 24}))
    assert (clips.title, clips.total, list(clips.marks)) == ("Clips by the hour", "95", ["00:00", "12:00", "23:00"])
    assert (paid.title, paid.total, paid.most) == ("Paid by the hour, Stars", "⭐ 6,000", "⭐ 250")

    clips, paid = overview_panels(report())
    assert (clips.title, list(clips.marks)) == ("Clips by the day", ["Nov 15", "Nov 18", "Nov 21"])
    assert (paid.title, paid.total, paid.most) == ("Paid by the day, USD", "$34.93", "$4.99")
