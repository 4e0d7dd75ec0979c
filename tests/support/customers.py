"""What customers do to the end: buy credits, get their money back, bring friends, approve clips."""

from __future__ import annotations

import itertools

from services.payments.facts import STARS, Charge, Reversed
from services.users import Newcomer, Users
from storage.database import Database
from storage.tables import Take, User
from tests.support.builders import Shop, create_pack, values
from tests.support.money import charge_for, told

_people = itertools.count(700_000)
_reversals = itertools.count(1)


async def buys(shop: Shop, user: User, credits_: int = 10) -> Charge:
    """They order so many credits and pay for them with Stars."""
    pack = await create_pack(shop.db, credits_=credits_)
    charge = await charge_for(shop.db, (await shop.orders.open(user.id, pack.id, STARS)).order, user)
    assert await told(shop.db, charge)
    return charge


async def gets_back(shop: Shop, charge: Charge, amount: int | None = None) -> None:
    """All of a charge is refunded, or so much."""
    number = next(_reversals)
    back = amount or charge.amount
    assert await told(shop.db, Reversed(charge.rail, f"re_{number}", "refund", charge.external_id, back, "succeeded"))


async def dispute_is(shop: Shop, charge: Charge, status: str) -> None:
    fact = Reversed(charge.rail, f"dp_{charge.external_id}", "dispute", charge.external_id, charge.amount, status)
    assert await told(shop.db, fact)


async def approves_a_clip(shop: Shop, user: User) -> Take:
    take = await shop.take_of(user)
    await shop.takes.approve(user.id, take.id)
    return take


async def newcomer(db: Database, name: str = "Carol", *, link: str | None = None, credits_: int = 0) -> User:
    """Somebody registers, through a deep link if there is one, and is given so many credits."""
    users = Users(db, values(signup_credits=credits_))
    person = Newcomer(next(_people), name, language_code="en", came_with=link)
    user, is_new = await users.meet(person)
    assert is_new
    return user
