"""Credits and words for one person: once for each wish, logged, told, and never more taken than is there."""

from __future__ import annotations

import pytest

from services.errors import AlreadyDone, Erased, MoreThanTheyHave, NotYours
from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, execute, rows


async def test_credits_are_given_once_for_each_wish(db: Database, shop: Shop, alice: User) -> None:
    boss = await shop.boss()
    await shop.helping.adjust(boss, alice.id, 5, "a broken clip", asked=7)
    with pytest.raises(AlreadyDone):
        await shop.helping.adjust(boss, alice.id, 5, "a broken clip", asked=7)

    assert await shop.balance(alice) == (15, 0)
    assert await rows(db, "SELECT kind, user_id FROM outbox") == [("adjusted", alice.id)]
    ((entry, actor),) = [(one.entry, one.actor) for one in (await shop.audit.listed())[0]]
    assert (entry.action, entry.subject, actor.id) == ("credits_given", f"user:{alice.id}", boss.user_id)
    assert (entry.before["available"], entry.after["available"], entry.after["reason"]) == (10, 15, "a broken clip")


async def test_no_more_is_taken_than_is_there(db: Database, shop: Shop, alice: User) -> None:
    boss = await shop.boss()
    with pytest.raises(MoreThanTheyHave) as refused:
        await shop.helping.adjust(boss, alice.id, -11, "too much", asked=1)
    assert refused.value.available == 10
    assert await rows(db, "SELECT * FROM outbox") == []

    await shop.helping.adjust(boss, alice.id, -4, "given twice", asked=1)

    assert await shop.balance(alice) == (6, 0)
    assert [entry.amount for entry in (await shop.wallet.statement(alice.id)).entries] == [-4, 10]
    assert await rows(db, "SELECT action FROM audit_log") == [("credits_taken",)]


@ON_SQLITE
async def test_a_text_goes_out_once_and_the_log_has_no_words_of_it(db: Database, shop: Shop, alice: User) -> None:
    boss = await shop.boss()
    reference = await shop.helping.write(boss, alice.id, "secret words", asked=3)
    with pytest.raises(AlreadyDone):
        await shop.helping.write(boss, alice.id, "secret words", asked=3)

    assert reference == f"S{alice.id}-3"
    assert await rows(db, "SELECT kind, user_id FROM outbox") == [("from_team", alice.id)]
    ((action, after),) = await rows(db, "SELECT action, after FROM audit_log")
    assert (action, "secret" in str(after), reference in str(after)) == ("messaged", False, True)


@ON_SQLITE
async def test_nothing_is_done_for_nobody(db: Database, shop: Shop, alice: User) -> None:
    boss = await shop.boss()
    with pytest.raises(NotYours):
        await shop.helping.adjust(boss, 10**9, 5, "who?", asked=1)
    await execute(db, "UPDATE users SET erased_at = created_at WHERE id = :id", id=alice.id)
    for attempt in (
        shop.helping.adjust(boss, alice.id, 5, "gone", asked=2),
        shop.helping.write(boss, alice.id, "gone", asked=2),
    ):
        with pytest.raises(Erased):
            await attempt
