"""How the house is doing: each figure from what really happened, each day by UTC, the same on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from providers.base import FailureReason
from services.figures import Figures, Report, Revenue, Span, Work
from services.payments.facts import STARS, STRIPE, Reversed
from services.payments.settle import record_charge, record_reversal
from storage.database import Database
from storage.tables import User
from tests.services.payments.test_admin import bought, stray
from tests.support.builders import Shop, create_pack
from tests.support.database import ON_SQLITE, execute
from tests.support.money import charge_for

NOON = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
EVENING_BEFORE = NOON - timedelta(hours=13)
"""23:30 of the day before."""


async def report(db: Database, span: Span = 7) -> Report:
    """As it is on that noon."""
    return await Figures(db).report(span, now=NOON)


async def happened(db: Database, table: str, at: datetime, *, column: str = "created_at", where: str = "1 = 1") -> None:
    moment = at.strftime("%Y-%m-%d %H:%M:%S.%f") + ("" if db.is_sqlite else "+00")
    await execute(db, f"UPDATE {table} SET {column} = '{moment}' WHERE {where}")  # noqa: S608 - ours


async def made(shop: Shop, user: User, at: datetime, *, seconds: float = 40, units: float | None = None) -> None:
    """A clip that took so long."""
    job = (await shop.take_of(user)).job_id
    await happened(shop.db, "jobs", at, column="finished_at", where=f"id = {job}")
    await happened(shop.db, "jobs", at - timedelta(seconds=seconds), column="started_at", where=f"id = {job}")
    await execute(shop.db, "UPDATE jobs SET cost = :units WHERE id = :job", units=units, job=job)


async def lost(shop: Shop, user: User, reason: FailureReason) -> int:
    """A job that came to nothing. Returns its id."""
    await shop.job_of(user)
    claim = await shop.claim()
    await shop.outcomes.fail(claim.job, claim.fence, reason)
    await happened(shop.db, "jobs", NOON, column="finished_at", where=f"id = {claim.job.id}")
    return claim.job.id


async def test_an_empty_house_has_figures_too(db: Database) -> None:
    shown = await report(db)

    assert (shown.people.total, shown.jobs, shown.work, shown.revenue) == (0, {}, [], [])
    assert (shown.clips, shown.paid) == ([0] * 7, {})
    assert (shown.credits.sold, shown.credits.held, shown.credits.owed) == (0, 0, 0)


@ON_SQLITE
@pytest.mark.parametrize(("span", "day", "slots"), [(1, 21, 24), (7, 15, 7), (30, 23, 30)])
async def test_a_span_is_whole_days_of_utc_with_the_present_one(db: Database, span: Span, day: int, slots: int) -> None:
    shown = await report(db, span)

    assert (shown.since.day, shown.since.hour, len(shown.slots)) == (day, 0, slots)
    assert shown.slots[shown.present] == (NOON.replace(minute=0) if span == 1 else NOON.replace(hour=0, minute=0))


async def test_people_are_counted_once_they_are_new_or_wrote(db: Database, shop: Shop, alice: User, bob: User) -> None:
    await happened(db, "users", EVENING_BEFORE)
    await happened(db, "users", EVENING_BEFORE, column="seen_at")
    await happened(db, "users", NOON, column="seen_at", where=f"id = {alice.id}")

    today, week = (await report(db, 1)).people, (await report(db)).people

    assert (today.total, today.new, today.active) == (2, 0, 1)
    assert (week.total, week.new, week.active) == (2, 2, 2)


async def test_a_clip_counts_on_the_day_it_was_done(db: Database, shop: Shop, alice: User) -> None:
    await made(shop, alice, NOON)
    await made(shop, alice, EVENING_BEFORE)
    await made(shop, alice, NOON - timedelta(days=8))

    assert (await report(db)).clips == [0, 0, 0, 0, 0, 1, 1]
    assert (await report(db, 1)).clips == [0] * 12 + [1] + [0] * 11
    assert sum((await report(db, 30)).clips) == 3


async def test_vendors_are_told_by_success_time_and_what_they_cost(db: Database, shop: Shop, alice: User) -> None:
    for seconds, units in ((10, 5.0), (20, 7.5), (60, None), (31, 1.5)):
        await made(shop, alice, NOON, seconds=seconds, units=units)
    await lost(shop, alice, FailureReason.UNAVAILABLE)
    await lost(shop, alice, FailureReason.REFUSED)
    await lost(shop, alice, FailureReason.STOPPED)
    waiting = await shop.job_of(alice)

    shown = await report(db)

    assert shown.jobs == {"succeeded": 4, "failed": 3, "queued": 1}
    (work,) = shown.work
    assert work == Work(waiting.provider, succeeded=4, failed=1, median_s=25.5, units=14.0, untold=1)
    assert work.rate == 0.8


async def test_a_job_that_another_vendor_had_to_make_failed_at_the_first(db: Database, shop: Shop, alice: User) -> None:
    await made(shop, alice, NOON)
    await execute(db, """UPDATE jobs SET provider = 'second', tried = '["first"]'""")

    shown = await report(db)

    assert [(one.vendor, one.succeeded, one.failed) for one in shown.work] == [("first", 0, 1), ("second", 1, 0)]


async def test_revenue_is_what_was_credited_less_what_went_back(db: Database, shop: Shop, alice: User) -> None:
    payment = await bought(db, shop, alice)
    await happened(db, "payments", NOON - timedelta(days=9))
    await shop.payments.refund(await shop.boss(), payment, 250)
    await happened(db, "reversals", NOON)
    await stray(db, shop, alice)  # belongs to nobody yet
    order = (await shop.orders.open(alice.id, (await create_pack(db)).id, "stripe")).order
    charge = await charge_for(db, order, alice)
    async with db.transaction() as session:
        await record_charge(session, charge)
        for kind, status in (("refund", "succeeded"), ("dispute", "needs_response"), ("refund", "failed")):
            fact = Reversed(STRIPE, f"{kind}-{status}", kind, charge.external_id, 400, status)  # type: ignore[arg-type]
            await record_reversal(session, fact)
    await happened(db, "payments", NOON, where="rail = 'stripe'")
    await happened(db, "reversals", NOON)

    week, month = await report(db), await report(db, 30)

    assert week.revenue == [Revenue(STARS, "XTR", 0, 250), Revenue(STRIPE, "usd", 499, 499)]
    assert month.revenue[0] == Revenue(STARS, "XTR", 250, 250)
    assert month.revenue[0].net == 0
    assert week.paid == {"usd": [0, 0, 0, 0, 0, 0, 499]}
    assert month.paid["XTR"][20] == 250


async def test_credits_are_told_by_what_they_were_for(db: Database, shop: Shop, alice: User) -> None:
    payment = await bought(db, shop, alice)  # ten credits, besides the ten at the start
    await shop.take_of(alice)  # two
    await shop.job_of(alice)  # two are held
    now = datetime.now(UTC)
    before = (await Figures(db).report(7, now=now)).credits
    await shop.payments.refund(await shop.boss(), payment, 250)

    after = (await Figures(db).report(7, now=now)).credits

    assert (before.sold, before.spent, before.given) == (10, 2, 10)
    assert (before.held, before.available, before.owed) == (2, 16, 0)
    assert (after.sold, after.available) == (0, 6)
    assert (await Figures(db).report(1, now=now + timedelta(days=2))).credits.spent == 0


@ON_SQLITE
async def test_what_is_owed_is_told_by_what_it_is(db: Database, shop: Shop, alice: User) -> None:
    payment = await bought(db, shop, alice)
    for _ in range(8):
        await shop.take_of(alice)
    await shop.payments.refund(await shop.boss(), payment, 250)

    assert (await Figures(db).report(7)).credits.owed == 6
