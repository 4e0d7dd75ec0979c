"""How the house is doing: people, work, money and credits over today, a week or a month. All days are UTC's."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, String, and_, case, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from providers.base import FailureReason
from services import ledger
from services.jobs import states
from services.jobs.clip import ClipKind
from services.jobs.verdicts import ABOUT_THE_ORDER
from services.payments.facts import COUNTS
from storage.clock import seconds_between, utc_day, utc_hour
from storage.database import Database
from storage.tables import Account, Job, Payment, Reversal, Transfer, User

Span = Literal[1, 7, 30]
"""Days, the present one among them."""
DAY, HOUR = "%Y-%m-%d", "%Y-%m-%d %H"
NOTHING_TRIED: Final = "[]"
NOT_THEIRS: Final = (*ABOUT_THE_ORDER, FailureReason.STOPPED)
"""Failures that say nothing of the vendor."""


@dataclass(frozen=True, slots=True)
class People:
    total: int
    """All that are still here."""
    new: int
    active: int


@dataclass(frozen=True, slots=True)
class Work:
    """What one vendor did with the jobs that ended meanwhile."""

    vendor: str
    succeeded: int
    failed: int
    """Those that it gave back and another vendor had to make, too; not those that nobody could have made."""
    median_s: float | None
    """From the first attempt at a job until its result is stored, to the second; of those that succeeded."""
    units: float | None
    """What it cost in the vendor's own unit; None: it never said."""
    untold: int
    """Jobs that succeeded without its saying what they cost."""

    @property
    def rate(self) -> float | None:
        ended = self.succeeded + self.failed
        return self.succeeded / ended if ended else None


@dataclass(frozen=True, slots=True)
class Revenue:
    """Credited payments of one sort, in the smallest unit of the currency."""

    rail: str
    currency: str
    paid: int
    back: int
    """Refunded or disputed meanwhile, whenever it was paid."""

    @property
    def net(self) -> int:
        return self.paid - self.back


@dataclass(frozen=True, slots=True)
class CreditsMoved:
    """Meanwhile, in credits, less what went back; and as it stands now."""

    sold: int
    spent: int
    given: int
    held: int
    owed: int
    available: int


@dataclass(frozen=True, slots=True)
class Report:
    span: Span
    since: datetime
    """The first moment of the first day."""
    slots: list[datetime]
    """The days, or of one day the hours, that the last two are counted by."""
    present: int
    """Which of them is not over yet."""
    people: People
    jobs: dict[str, int]
    """By state: those that ended meanwhile, and all that have not ended yet."""
    work: list[Work]
    """By vendor, the busiest first."""
    revenue: list[Revenue]
    credits: CreditsMoved
    clips: list[int]
    paid: dict[str, list[int]]
    """By currency; before what went back."""


class Figures:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def report(self, span: Span, *, now: datetime | None = None) -> Report:
        """A handful of statements that each look at what is of the span, and at the rows of all people."""
        now = now or datetime.now(UTC)
        since = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=span - 1)
        slots = [
            since + (timedelta(hours=n) if span == 1 else timedelta(days=n)) for n in range(24 if span == 1 else span)
        ]
        names = [slot.strftime(HOUR if span == 1 else DAY) for slot in slots]
        async with self._db.reading() as session:
            jobs, work = await _work(session, since)
            paid = await _paid(session, since, span)
            return Report(
                span=span,
                since=since,
                slots=slots,
                present=now.hour if span == 1 else span - 1,
                people=await _people(session, since),
                jobs=jobs,
                work=work,
                revenue=_revenue(paid, await _back(session, since)),
                credits=await _credits(session, since),
                clips=_series(await _clips(session, since, span), names),
                paid={
                    currency: _series(((at, amount) for at, _, other, amount in paid if other == currency), names)
                    for currency in sorted({row[2] for row in paid})
                },
            )


async def _people(session: AsyncSession, since: datetime) -> People:
    counted = select(
        func.count().filter(User.erased_at.is_(None)),
        func.count().filter(User.created_at >= since),
        func.count().filter(User.seen_at >= since),
    )
    total, new, active = (await session.execute(counted.select_from(User))).one()
    return People(total, new, active)


async def _work(session: AsyncSession, since: datetime) -> tuple[dict[str, int], list[Work]]:
    """One pass over the jobs, in groups of the same fate and duration: what is left is a few hundred rows."""
    fate = (Job.provider, Job.state, Job.failure_reason, cast(Job.tried, String).label("tried"))
    took = seconds_between(Job.started_at, Job.finished_at)
    counted = select(*fate, took.label("took"), func.count().label("jobs"), func.sum(Job.cost).label("units"),
                     func.count(Job.cost).label("told"))  # fmt: skip
    wanted = or_(Job.finished_at >= since, Job.finished_at.is_(None))
    rows = (await session.execute(counted.where(wanted).group_by(*fate, took))).all()
    by_state: Counter[str] = Counter()
    for row in rows:
        by_state[row.state] += row.jobs
    ended = [row for row in rows if row.state in states.TERMINAL]
    vendors = {row.provider for row in ended} | {vendor for row in ended for vendor in _given_up(row)}
    work = [_work_of(vendor, ended) for vendor in vendors]
    return dict(by_state), sorted(work, key=lambda one: (-one.succeeded - one.failed, one.vendor))


def _work_of(vendor: str, ended: Iterable[Any]) -> Work:
    succeeded = failed = untold = 0
    units: float | None = None
    durations: Counter[int] = Counter()
    for row in ended:
        failed += row.jobs if vendor in _given_up(row) else 0
        if row.provider != vendor:
            continue
        if row.units is not None:
            units = (units or 0.0) + row.units
        if row.state == states.SUCCEEDED:
            succeeded += row.jobs
            untold += row.jobs - row.told
            durations[row.took or 0] += row.jobs
        elif row.state == states.FAILED and row.failure_reason not in NOT_THEIRS:
            failed += row.jobs
    return Work(vendor, succeeded, failed, _median(durations), units, untold)


def _given_up(row: Any) -> list[str]:
    """The vendors that a job was taken away from."""
    return [] if row.tried == NOTHING_TRIED else list(json.loads(row.tried))


def _median(counted: Mapping[int, int]) -> float | None:
    """Of so many of each; of an even number the mean of the two in the middle."""
    total, passed = sum(counted.values()), 0
    middle: list[int] = []
    for value in sorted(counted):
        before, passed = passed, passed + counted[value]
        middle += [value for place in ((total - 1) // 2, total // 2) if before <= place < passed]
    return sum(middle) / 2 if middle else None


async def _clips(session: AsyncSession, since: datetime, span: Span) -> list[tuple[str, int]]:
    at = _slot(Job.finished_at, span)
    made = (Job.kind == ClipKind.name) & (Job.state == states.SUCCEEDED) & (Job.finished_at >= since)
    found = await session.execute(select(at, func.count()).where(made).group_by(at))
    return [(when, count) for when, count in found]


async def _paid(session: AsyncSession, since: datetime, span: Span) -> list[tuple[str, str, str, int]]:
    """By slot, rail and currency."""
    by = (_slot(Payment.created_at, span), Payment.rail, Payment.currency)
    credited = (Payment.state == "credited") & (Payment.created_at >= since)
    found = await session.execute(select(*by, func.sum(Payment.amount)).where(credited).group_by(*by))
    return [(when, rail, currency, int(amount)) for when, rail, currency, amount in found]


async def _back(session: AsyncSession, since: datetime) -> dict[tuple[str, str], int]:
    """By rail and currency. A payment that is both refunded and disputed does not go back twice."""
    counts = or_(*(and_(Reversal.kind == kind, Reversal.status.in_(those)) for kind, those in COUNTS.items()))
    theirs = and_(Reversal.rail == Payment.rail, Reversal.charge_id == Payment.external_id)
    whole = func.sum(Reversal.amount)
    each = (
        select(
            Payment.rail, Payment.currency, case((whole > Payment.amount, Payment.amount), else_=whole).label("back")
        )
        .join(Reversal, theirs)
        .where(counts, Reversal.created_at >= since, Payment.state == "credited")
        .group_by(Payment.id)
        .subquery()
    )
    summed = select(each.c.rail, each.c.currency, func.sum(each.c.back)).group_by(each.c.rail, each.c.currency)
    return {(rail, currency): int(back) for rail, currency, back in await session.execute(summed)}


def _revenue(paid: list[tuple[str, str, str, int]], back: dict[tuple[str, str], int]) -> list[Revenue]:
    sums: Counter[tuple[str, str]] = Counter()
    for _, rail, currency, amount in paid:
        sums[rail, currency] += amount
    return [Revenue(*sort, paid=sums[sort], back=back.get(sort, 0)) for sort in sorted(sums.keys() | back.keys())]


async def _credits(session: AsyncSession, since: datetime) -> CreditsMoved:
    """What went out of and into the house's own accounts says it all, whatever it was for."""
    of_house = Account.user_id.is_(None)
    kept = select(Account.kind, of_house, func.min(Account.id), func.sum(Account.balance)).group_by(
        Account.kind, of_house
    )
    accounts = (await session.execute(kept)).all()
    house = {kind: id_ for kind, ours, id_, _ in accounts if ours}
    now = {kind: int(balance) for kind, ours, _, balance in accounts if not ours}

    def less_returned(kind: str, *, inwards: bool = False) -> ColumnElement[int]:
        account = house.get(kind, 0)
        out = case((Transfer.source_id == account, Transfer.amount), (Transfer.target_id == account, -Transfer.amount))
        return func.coalesce(func.sum(out), 0) * (-1 if inwards else 1)

    moved = select(
        less_returned(ledger.PURCHASES), less_returned(ledger.REVENUE, inwards=True), less_returned(ledger.GRANTS)
    )
    sold, spent, given = (await session.execute(moved.where(Transfer.created_at >= since))).one()
    return CreditsMoved(
        sold=int(sold),
        spent=int(spent),
        given=int(given),
        held=now.get(ledger.HELD, 0),
        owed=-now.get(ledger.DEBT, 0),
        available=now.get(ledger.AVAILABLE, 0),
    )


def _slot(moment: Any, span: Span) -> ColumnElement[str]:
    return utc_hour(moment) if span == 1 else utc_day(moment)


def _series(found: Iterable[tuple[str, int]], names: list[str]) -> list[int]:
    """In the order of the slots, with a 0 where there was nothing."""
    sums: Counter[str] = Counter()
    for when, count in found:
        sums[when] += count
    return [sums[name] for name in names]
