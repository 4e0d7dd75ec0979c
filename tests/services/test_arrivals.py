"""Which link somebody came through counts when they are registered, and never again."""

from __future__ import annotations

import asyncio

import pytest

from services.users import Newcomer, Users
from storage.database import Database
from storage.tables import User
from tests.support.builders import START, Shop, values
from tests.support.customers import newcomer
from tests.support.database import ON_SQLITE, rows


async def test_a_friend_s_link_counts_at_the_registration(db: Database, shop: Shop, alice: User) -> None:
    code = (await shop.referrals.invitation(alice.id)).code

    carol = await newcomer(db, link=f"ref_{code.lower()}", credits_=3)

    assert await rows(db, "SELECT inviter_id, invited_id, via FROM referrals") == [(alice.id, carol.id, "link")]
    assert (await shop.wallet.balance(carol.id)).available == 5


async def test_it_means_nothing_for_who_was_here(db: Database, shop: Shop, alice: User, bob: User) -> None:
    code = (await shop.referrals.invitation(alice.id)).code
    users = Users(db, values(signup_credits=10))

    _, is_new = await users.meet(Newcomer(bob.telegram_id, "Bob", None, "en", came_with=f"ref_{code}"))

    assert not is_new
    assert await rows(db, "SELECT id FROM referrals") == []


async def test_somebody_who_arrives_twenty_times_at_once_came_once(db: Database, shop: Shop, alice: User) -> None:
    users = Users(db, values(signup_credits=1))
    code = (await shop.referrals.invitation(alice.id)).code
    carol = Newcomer(31_337, "Carol", None, "en", came_with=f"ref_{code}")

    met = await asyncio.gather(*(users.meet(carol) for _ in range(20)))

    assert sum(is_new for _, is_new in met) == 1
    assert (await shop.wallet.balance(met[0][0].id)).available == 1 + START.referral_credits


@ON_SQLITE
@pytest.mark.parametrize(
    "payload", ["ref_", "ref_NOSUCHCD", "ref_" + "A" * 60, "p_", "p_nothing", "paid_x", "REF_x", "x", "_"]
)
async def test_a_link_that_leads_nowhere_turns_nobody_away(db: Database, shop: Shop, payload: str) -> None:
    carol = await newcomer(db, link=payload, credits_=3)

    assert (await shop.wallet.balance(carol.id)).available == 3
    assert await rows(db, "SELECT id FROM referrals") == []
