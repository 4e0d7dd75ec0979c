"""What is set in one process is what the use cases of another go by, and they go back with it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.errors import EnoughFilms
from services.inquiries.improve import SYSTEM
from services.live import live as module
from services.live.live import Live
from services.live.values import Values
from services.users import Newcomer, Users
from storage.database import Database
from storage.tables import User, ValueChange
from tests.support.builders import START, Shop
from tests.support.customers import approves_a_clip
from tests.support.database import ON_SQLITE, rows
from tests.support.films import PLAIN
from tests.support.vendor import Vendor
from tests.support.writer import Scribe

pytestmark = ON_SQLITE


class Houses:
    """Two processes on one database: what is set in one is looked at in the other."""

    def __init__(self, here: Shop, there: Shop) -> None:
        self.here, self.there = here, there

    async def set(self, **values: Any) -> None:
        for name, value in values.items():
            await self.here.live.set(await self.here.boss(), name, value)
        await self.there.live.refresh(at_once=True)


@pytest.fixture
def scribe() -> Scribe:
    return Scribe()


@pytest.fixture
def houses(db: Database, shop: Shop, tmp_path: Path, scribe: Scribe) -> Houses:
    return Houses(shop, Shop(db, tmp_path / "objects", Vendor(), writer=scribe))


async def joins(houses: Houses, telegram_id: int, link: str | None = None) -> User:
    """Somebody registers in the other process."""
    users = Users(houses.there.db, houses.there.live.values)
    return (await users.meet(Newcomer(telegram_id, "Carol", None, "en", came_with=link)))[0]


async def test_newcomers_get_what_is_set(houses: Houses) -> None:
    for number, (credits_, gets) in enumerate([(7, 7), (0, 0), (None, START.signup_credits)]):
        await houses.set(signup_credits=credits_)
        carol = await joins(houses, 31_337 + number)
        assert await houses.here.balance(carol) == (gets, 0)


async def test_friends_are_worth_what_is_set(houses: Houses, db: Database, alice: User) -> None:
    for number, (credits_, rule) in enumerate([(7, "approved"), (None, None)]):
        await houses.set(referral_credits=credits_, referral_vests=rule)
        invitation = await houses.there.referrals.invitation(alice.id)
        await joins(houses, 31_337 + number, f"ref_{invitation.code}")
        assert invitation.credits == (credits_ or START.referral_credits)
        assert invitation.rule == (rule or START.referral_vests)
    known = await rows(db, "SELECT credits, rule FROM referrals ORDER BY id")
    assert known == [(7, "approved"), (START.referral_credits, START.referral_vests)]


async def test_shared_projects_bring_what_is_set(houses: Houses, db: Database, alice: User) -> None:
    await approves_a_clip(houses.here, alice)
    share = await houses.here.sharing.share(alice.id, 1)
    await houses.set(share_credits=3, share_daily_limit=5)
    for number in range(2):
        await joins(houses, 31_337 + number, f"p_{share.token}")
    facts = await houses.there.sharing.facts(alice.id, 1)
    assert facts is not None
    assert (facts.each, facts.earned) == (3, 5)

    await houses.set(share_credits=None, share_daily_limit=100)
    await joins(houses, 31_400, f"p_{share.token}")
    credited = await rows(db, "SELECT credits FROM share_visits ORDER BY id")
    assert credited == [(3,), (2,), (START.share_credits,)]


async def test_as_many_films_a_day_are_made_as_is_set(houses: Houses, alice: User) -> None:
    await approves_a_clip(houses.here, alice)
    await houses.there.films.order(alice.id, 1, PLAIN)
    await houses.set(films_a_day=1)
    with pytest.raises(EnoughFilms) as refused:
        await houses.there.films.order(alice.id, 1, replace(PLAIN, height=720))
    assert refused.value.limit == 1

    await houses.set(films_a_day=None)
    await houses.there.films.order(alice.id, 1, replace(PLAIN, height=720))
    await houses.set(films_a_day=0)
    await houses.there.films.order(alice.id, 1, replace(PLAIN, height=1080))


async def test_the_contact_is_the_one_that_is_set_or_nobody(houses: Houses) -> None:
    for contact, shown in (("@help", "@help"), ("", None), (None, None)):
        await houses.set(support_contact=contact)
        assert houses.there.support.contact == shown


async def test_better_words_are_asked_for_as_is_set(houses: Houses, scribe: Scribe, alice: User) -> None:
    for prompt in ("Be brief.", None):
        await houses.set(system_prompt=prompt)
        draft = await houses.there.draft_of(alice)
        await houses.there.improve.ask(alice.id, draft.id, after=0)
        await houses.there.answers()
    assert [system for _, system, _ in scribe.improved] == ["Be brief.", SYSTEM]


async def test_who_follows_learns_of_a_change_and_reads_nothing_where_there_was_none(
    db: Database, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GLANCE_SECONDS", 0.01)
    elsewhere, paused, read = Live(db, Values()), asyncio.Event(), []
    elsewhere.tell(lambda values: paused.set() if values.paused else None)
    adopt = elsewhere._adopt

    def count(found: Sequence[ValueChange]) -> None:
        read.append(len(found))
        adopt(found)

    monkeypatch.setattr(elsewhere, "_adopt", count)
    following = asyncio.create_task(elsewhere.follow())
    await shop.live.set(await shop.boss(), "paused", True)
    await asyncio.wait_for(paused.wait(), 10)
    for _ in range(3):
        await elsewhere.refresh(at_once=True)
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following
    assert read == [1]
