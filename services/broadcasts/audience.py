"""Who gets a message to many: everybody who can be written to and wants it, or a part of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import ColumnElement, and_, or_, select

from services import ledger
from storage.clock import now_plus
from storage.tables import Account, User

Language = Literal["any", "en", "es", "ru"]
Activity = Literal["any", "week", "month", "quiet"]
Balance = Literal["any", "none", "some"]
DAY_SECONDS: Final = 86_400.0
WEEK_DAYS, MONTH_DAYS = 7, 30


@dataclass(frozen=True, slots=True)
class Audience:
    """All that is asked for holds at once: who speaks Spanish and wrote within a week and has no credits left."""

    language: Language = "any"
    activity: Activity = "any"
    """`week`, `month`: wrote or tapped within 7 or 30 days; `quiet`: did not for 30."""
    balance: Balance = "any"
    """`none`: 0 credits to spend; `some`: at least one."""


def reachable() -> ColumnElement[bool]:
    """Who may be written to at all, as things stand now."""
    kept_from = (User.banned_at, User.unreachable_at, User.erased_at, User.news_off_at)
    return and_(*(since.is_(None) for since in kept_from))


def meant(audience: Audience, *, author_id: int) -> ColumnElement[bool]:
    """Who gets it. Its author has seen it, and gets no second one."""
    conditions = [reachable(), User.id != author_id]
    if audience.language != "any":
        conditions.append(User.language == audience.language)
    if audience.activity != "any":
        conditions.append(_active(audience.activity))
    if audience.balance != "any":
        pocket = (Account.user_id == User.id) & (Account.kind == ledger.AVAILABLE) & (Account.balance > 0)
        has = select(Account.id).where(pocket).exists()
        conditions.append(has if audience.balance == "some" else ~has)
    return and_(*conditions)


def _active(activity: Activity) -> ColumnElement[bool]:
    if activity == "quiet":
        return or_(User.seen_at.is_(None), User.seen_at < now_plus(-MONTH_DAYS * DAY_SECONDS))
    days = WEEK_DAYS if activity == "week" else MONTH_DAYS
    return User.seen_at >= now_plus(-days * DAY_SECONDS)
