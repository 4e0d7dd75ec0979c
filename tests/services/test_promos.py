"""A promo code gives what it says, to whom it says, as often as it says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta

import pytest

from services.errors import CodeNotValid
from services.promos import NewCode
from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop, create_user
from tests.support.customers import buys
from tests.support.database import ON_SQLITE, execute, expire, rows


async def why(attempt: Awaitable[object]) -> str:
    with pytest.raises(CodeNotValid) as refused:
        await attempt
    return refused.value.why


async def available(shop: Shop, user: User) -> int:
    return (await shop.wallet.balance(user.id)).available


async def test_a_code_gives_its_credits(db: Database, shop: Shop, alice: User) -> None:
    made = await shop.promos.create(await shop.boss(), NewCode(" summer-26 ", 5))
    assert (made.code, made.uses) == ("SUMMER-26", 0)

    assert await shop.promos.redeem(alice.id, "SUMMER-26") == 5

    assert await available(shop, alice) == 15
    assert await rows(db, "SELECT uses FROM promo_codes") == [(1,)]
    assert [entry.kind for entry in (await shop.wallet.statement(alice.id)).entries] == ["promo", "signup"]


@ON_SQLITE
async def test_nobody_uses_it_twice_unless_it_says_so(shop: Shop, alice: User, bob: User) -> None:
    await shop.promos.create(await shop.boss(), NewCode("ONCE", 5))
    await shop.promos.create(await shop.boss(), NewCode("TWICE", 1, per_user=2))
    for code in ("ONCE", "TWICE", "TWICE"):
        await shop.promos.redeem(alice.id, code)

    assert await why(shop.promos.redeem(alice.id, "ONCE")) == "already_used"
    assert await why(shop.promos.redeem(alice.id, "TWICE")) == "already_used"
    assert await shop.promos.redeem(bob.id, "ONCE") == 5
    assert await available(shop, alice) == 17


async def test_a_single_use_code_is_used_up_by_one(db: Database, shop: Shop, alice: User, bob: User) -> None:
    await shop.promos.create(await shop.boss(), NewCode("SINGLE", 5, max_uses=1))
    await shop.promos.redeem(alice.id, "SINGLE")

    assert await why(shop.promos.redeem(bob.id, "SINGLE")) == "used_up"
    assert await rows(db, "SELECT uses FROM promo_codes") == [(1,)]
    assert await available(shop, bob) == 10


async def test_an_expired_code_gives_nothing(db: Database, shop: Shop, alice: User) -> None:
    await shop.promos.create(await shop.boss(), NewCode("LATE", 5, expires_at=datetime.now(UTC) + timedelta(days=1)))
    assert await shop.promos.redeem(alice.id, "LATE") == 5
    await expire(db, "promo_codes", "expires_at")

    bob = await create_user(db, "Bob")

    assert await why(shop.promos.redeem(bob.id, "LATE")) == "expired"


async def test_a_code_for_new_people_is_for_a_week_and_until_they_buy(db: Database, shop: Shop, alice: User) -> None:
    await shop.promos.create(await shop.boss(), NewCode("HELLO", 5, new_users_only=True))
    customer, old = await create_user(db, "Bob"), await create_user(db, "Carol")
    await buys(shop, customer)
    long_ago = "datetime('now', '-8 days')" if db.is_sqlite else "now() - interval '8 days'"
    await execute(db, f"UPDATE users SET created_at = {long_ago} WHERE id = :id", id=old.id)  # noqa: S608 - a time, ours

    assert await why(shop.promos.redeem(customer.id, "HELLO")) == "not_new"
    assert await why(shop.promos.redeem(old.id, "HELLO")) == "not_new"
    assert await shop.promos.redeem(alice.id, "HELLO") == 5


@ON_SQLITE
async def test_a_code_that_was_stopped_is_unknown(shop: Shop, alice: User) -> None:
    await shop.promos.create(await shop.boss(), NewCode("STOPPED", 5))
    assert await shop.promos.stop(await shop.boss(), " stopped") is True

    assert await why(shop.promos.redeem(alice.id, "STOPPED")) == "unknown"
    assert await shop.promos.stop(await shop.boss(), "NOSUCH") is False
    assert [(one.code, one.active) for one in await shop.promos.listed()] == [("STOPPED", False)]


@ON_SQLITE
@pytest.mark.parametrize(
    "wanted",
    [
        NewCode("AB", 5),
        NewCode("A" * 33, 5),
        NewCode("two words", 5),
        NewCode("ПРИВЕТ", 5),
        NewCode("FREE", 0),
        NewCode("FREE", -5),
        NewCode("FREE", 5, max_uses=0),
        NewCode("FREE", 5, per_user=0),
    ],
    ids=repr,
)
async def test_what_cannot_be_a_code_is_not_made(db: Database, shop: Shop, wanted: NewCode) -> None:
    assert await why(shop.promos.create(await shop.boss(), wanted)) == "malformed"
    assert await rows(db, "SELECT id FROM promo_codes") == []


async def test_a_code_that_exists_is_not_made_again(shop: Shop, alice: User) -> None:
    await shop.promos.create(await shop.boss(), NewCode("TAKEN", 5))
    invitation = (await shop.referrals.invitation(alice.id)).code

    assert await why(shop.promos.create(await shop.boss(), NewCode("taken", 9))) == "taken"
    assert await why(shop.promos.create(await shop.boss(), NewCode(invitation, 9))) == "taken"


async def test_fifty_people_at_once_share_ten_uses(db: Database, shop: Shop) -> None:
    await shop.promos.create(await shop.boss(), NewCode("RUSH", 5, max_uses=10))
    people = [await create_user(db, f"User {number}", credits_=0) for number in range(50)]

    ends = await asyncio.gather(*(shop.promos.redeem(one.id, "RUSH") for one in people), return_exceptions=True)

    assert ends.count(5) == 10
    assert {end.why for end in ends if isinstance(end, CodeNotValid)} == {"used_up"}
    assert sum(isinstance(end, CodeNotValid) for end in ends) == 40
    assert await rows(db, "SELECT uses FROM promo_codes") == [(10,)]
    assert await rows(db, "SELECT count(*), sum(amount) FROM transfers WHERE kind = 'promo'") == [(10, 50)]


@pytest.mark.parametrize("per_user", [1, 3])
async def test_fifty_taps_of_one_person_use_it_as_often_as_they_may(
    db: Database, shop: Shop, alice: User, per_user: int
) -> None:
    await shop.promos.create(await shop.boss(), NewCode("EAGER", 5, max_uses=20, per_user=per_user))

    ends = await asyncio.gather(*(shop.promos.redeem(alice.id, "EAGER") for _ in range(50)), return_exceptions=True)

    assert ends.count(5) == per_user
    assert {end.why for end in ends if isinstance(end, CodeNotValid)} == {"already_used"}
    assert await rows(db, "SELECT uses FROM promo_codes") == [(per_user,)]
    assert await available(shop, alice) == 10 + 5 * per_user


async def test_a_single_use_code_raced_for_by_fifty_goes_to_one(db: Database, shop: Shop) -> None:
    await shop.promos.create(await shop.boss(), NewCode("GOLDEN", 5, max_uses=1))
    people = [await create_user(db, f"User {number}", credits_=0) for number in range(50)]

    ends = await asyncio.gather(*(shop.promos.redeem(one.id, "GOLDEN") for one in people), return_exceptions=True)

    assert ends.count(5) == 1
