"""Who a message to many is for, that it begins and ends once, and that all of it is logged."""

from __future__ import annotations

import pytest

from services.broadcasts.audience import Audience
from services.broadcasts.broadcasts import Content
from services.broadcasts.sending import Result, Sending
from services.errors import AlreadyDone, NotYours
from services.staff.audit import Action
from services.staff.rights import Actor
from services.users import Users
from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop, create_user
from tests.support.database import ON_SQLITE, execute, rows

HELLO = Content("text", "<b>Hello</b>")
NOBODY_TO = ("banned_at", "unreachable_at", "erased_at", "news_off_at")


@pytest.fixture
async def boss(shop: Shop) -> Actor:
    return await shop.boss()


async def drafted(shop: Shop, boss: Actor) -> int:
    return (await shop.broadcasts.draft(boss, HELLO)).broadcast.id


async def counted(shop: Shop, boss: Actor, audience: Audience) -> int:
    return (await shop.broadcasts.aim(boss, await drafted(shop, boss), audience)).people


async def ago(db: Database, user: User, days: int) -> None:
    moment = f"datetime('now', '-{days} days')" if db.is_sqlite else f"now() - interval '{days} days'"
    await execute(db, f"UPDATE users SET seen_at = {moment} WHERE id = :id", id=user.id)  # noqa: S608 - numbers


async def test_it_is_for_those_all_of_whose_facts_fit(db: Database, shop: Shop, boss: Actor, alice: User) -> None:
    poor = await create_user(db, "Bob", credits_=0)
    await execute(db, "UPDATE users SET language = 'es' WHERE id = :id", id=poor.id)
    await ago(db, alice, 3)
    await ago(db, poor, 20)

    wanted = {
        Audience(): 2,
        Audience(language="es"): 1,
        Audience(language="ru"): 0,
        Audience(activity="week"): 1,
        Audience(activity="month"): 2,
        Audience(activity="quiet"): 0,
        Audience(balance="none"): 1,
        Audience(balance="some"): 1,
        Audience(language="es", balance="some"): 0,
    }

    assert {audience: await counted(shop, boss, audience) for audience in wanted} == wanted


@ON_SQLITE
async def test_whoever_never_wrote_since_that_is_noted_is_quiet(
    db: Database, shop: Shop, boss: Actor, alice: User
) -> None:
    await execute(db, "UPDATE users SET seen_at = NULL")

    assert await counted(shop, boss, Audience(activity="quiet")) == 1


@ON_SQLITE
@pytest.mark.parametrize("since", NOBODY_TO)
async def test_whoever_cannot_or_does_not_want_to_be_written_to_is_left_out(
    db: Database, shop: Shop, boss: Actor, alice: User, bob: User, since: str
) -> None:
    await execute(db, f"UPDATE users SET {since} = datetime('now') WHERE id = :id", id=alice.id)  # noqa: S608 - ours

    await shop.broadcasts.start(boss, await drafted(shop, boss))

    assert await rows(db, "SELECT user_id FROM broadcast_recipients") == [(bob.id,)]


async def test_it_begins_once_with_a_row_for_each(db: Database, shop: Shop, boss: Actor, alice: User) -> None:
    number = await drafted(shop, boss)

    assert (await shop.broadcasts.start(boss, number)).tally.waiting == 1
    with pytest.raises(AlreadyDone):
        await shop.broadcasts.start(boss, number)
    with pytest.raises(AlreadyDone):
        await shop.broadcasts.aim(boss, number, Audience(language="ru"))

    assert await rows(db, "SELECT user_id, state FROM broadcast_recipients") == [(alice.id, "waiting")]
    (entry,), _ = await shop.audit.listed(subject=f"broadcast:{number}")
    assert (entry.entry.action, entry.entry.after["people"]) == (Action.BROADCAST_STARTED, 1)


async def test_stopped_nobody_is_claimed_any_more(shop: Shop, boss: Actor, alice: User) -> None:
    number = await drafted(shop, boss)
    await shop.broadcasts.start(boss, number)

    await shop.broadcasts.stop(boss, number)

    assert (await Sending(shop.db).claim(number, after=0, newest=None, most=5)).people == []
    assert await Sending(shop.db).current() is None
    (entry,) = (await shop.audit.listed(subject=f"broadcast:{number}"))[0][:1]
    assert entry.entry.action == Action.BROADCAST_STOPPED


async def test_whoever_changed_their_mind_meanwhile_is_passed_over(
    db: Database, shop: Shop, boss: Actor, alice: User, bob: User
) -> None:
    number = await drafted(shop, boss)
    await shop.broadcasts.start(boss, number)
    await Users(db).want_news(alice.id, wanted=False)

    batch = await Sending(db).claim(number, after=0, newest=7, most=5)

    assert [one.user_id for one in batch.people] == [bob.id]
    assert await rows(db, "SELECT user_id, state, message_id FROM broadcast_recipients") == [(bob.id, "sending", 7)]


async def test_nobody_is_claimed_twice(db: Database, shop: Shop, boss: Actor, alice: User) -> None:
    number = await drafted(shop, boss)
    await shop.broadcasts.start(boss, number)
    sending = Sending(db)
    await sending.claim(number, after=0, newest=None, most=5)

    assert await sending.claim(number, after=0, newest=None, most=5) == await sending.claim(
        number, after=0, newest=None, most=5
    )
    assert not await sending.finish(number)

    await sending.settle(number, [Result(alice.id, "sent", 8)])
    assert await sending.finish(number)
    assert (await shop.broadcasts.view(number)).broadcast.state == "done"


async def test_only_what_is_young_enough_is_taken_back(
    db: Database, shop: Shop, boss: Actor, alice: User, bob: User
) -> None:
    number = await drafted(shop, boss)
    await shop.broadcasts.start(boss, number)
    sending = Sending(db)
    await sending.claim(number, after=0, newest=None, most=5)
    await sending.settle(number, [Result(alice.id, "sent", 8), Result(bob.id, "sent", 9)])
    await sending.finish(number)
    old = "datetime('now', '-49 hours')" if db.is_sqlite else "now() - interval '49 hours'"
    await execute(db, f"UPDATE broadcast_recipients SET sent_at = {old} WHERE user_id = :id", id=bob.id)  # noqa: S608

    assert (await shop.broadcasts.recall(boss, number)).tally.recallable == 1

    assert [one.user_id for one in await sending.recallable(number, after=0, most=5)] == [alice.id]


@ON_SQLITE
async def test_what_does_not_exist_is_nobody_s(shop: Shop, boss: Actor) -> None:
    with pytest.raises(NotYours):
        await shop.broadcasts.start(boss, 2**40)


async def test_a_newer_card_is_not_given_up_for_one_that_was_drawn_before(shop: Shop, boss: Actor) -> None:
    number = await drafted(shop, boss)

    async def card() -> int | None:
        return (await shop.broadcasts.view(number)).broadcast.card_message_id

    await shop.broadcasts.carded(number, message_id=5, instead_of=None)
    assert await card() == 5
    assert await shop.broadcasts.carded_anew(number, message_id=9) == 5
    await shop.broadcasts.carded(number, message_id=6, instead_of=5)
    assert await card() == 9
