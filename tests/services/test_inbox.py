"""What the outside told us is kept once, handled once, and taken up again when its handler died."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services import inbox
from services.inbox import Inbox
from storage.database import Database
from tests.support.database import execute, expire, rows

BODY: dict[str, Any] = {"update_id": 1, "message": {"text": "hello \u0000 \U0001f600 %s", "chat": {"id": 1}}}


@pytest.fixture
def box(db: Database) -> Inbox:
    return Inbox(db, "telegram:1")


async def test_the_same_update_fifty_times_at_once_is_stored_once(db: Database, box: Inbox) -> None:
    stored = await asyncio.gather(*(box.store({"1": BODY}) for _ in range(50)))

    assert sum(len(one) for one in stored) == 1
    assert await rows(db, "SELECT count(*) FROM inbox") == [(1,)]


async def test_a_batch_keeps_its_order_and_leaves_out_what_is_known(box: Inbox) -> None:
    await box.store({"2": {"n": 2}})

    fresh = await box.store({"1": {"n": 1}, "2": {"n": 2}, "3": {"n": 3}})

    assert [one.body for one in fresh] == [{"n": 1}, {"n": 3}]


async def test_overlapping_batches_at_once_store_each_update_once(db: Database, box: Inbox) -> None:
    batches: list[dict[str, dict[str, Any]]] = [
        {str(number): {} for number in range(start, start + 10)} for start in range(10)
    ]

    stored = await asyncio.gather(*map(box.store, batches))

    assert sorted(one.id for batch in stored for one in batch) == [
        id_ for (id_,) in await rows(db, "SELECT id FROM inbox ORDER BY id")
    ]
    assert await rows(db, "SELECT count(*) FROM inbox") == [(19,)]


async def test_two_sources_may_use_the_same_ids(db: Database, box: Inbox) -> None:
    await box.store({"1": BODY})

    assert len(await Inbox(db, "telegram:2").store({"1": BODY})) == 1


async def test_a_body_comes_back_as_it_went_in(db: Database, box: Inbox) -> None:
    await box.store({"1": BODY})
    await expire(db, "inbox")

    assert [one.body for one in await box.abandoned()] == [BODY]


async def test_what_is_being_handled_is_left_alone(box: Inbox) -> None:
    await box.store({"1": BODY})

    assert await box.abandoned() == []


async def test_what_is_handled_is_done_with(db: Database, box: Inbox) -> None:
    (stored,) = await box.store({"1": BODY})

    await box.mark_handled(stored.id)
    await expire(db, "inbox")

    assert await box.abandoned() == []
    assert await box.store({"1": BODY}) == []


async def test_what_was_abandoned_is_taken_up_oldest_first_by_one(db: Database, box: Inbox) -> None:
    await box.store({str(number): {"n": number} for number in range(9)})
    await expire(db, "inbox")

    rounds = [await asyncio.gather(*(box.abandoned(limit=4) for _ in range(3))) for _ in range(3)]

    batches = [[one.body["n"] for one in batch] for round_ in rounds for batch in round_]
    assert sorted(number for batch in batches for number in batch) == list(range(9))
    assert all(batch == sorted(batch) for batch in batches)


async def test_another_sources_leavings_are_not_ours(db: Database, box: Inbox) -> None:
    await Inbox(db, "telegram:2").store({"1": BODY})
    await expire(db, "inbox")

    assert await box.abandoned() == []


async def test_poison_is_put_aside(db: Database, box: Inbox) -> None:
    await box.store({"1": BODY})

    handed_out = 1
    for _ in range(10):
        await expire(db, "inbox")
        handed_out += len(await box.abandoned())

    assert handed_out == inbox.MAX_ATTEMPTS
    assert await rows(db, "SELECT handled_at FROM inbox") == [(None,)], "it stays, for somebody to look at"


async def test_only_what_is_long_handled_is_forgotten(db: Database, box: Inbox) -> None:
    old, fresh, _open = await box.store({"old": {}, "fresh": {}, "open": {}})
    for one in (old, fresh):
        await box.mark_handled(one.id)
    await execute(db, "UPDATE inbox SET received_at = '2026-01-01 00:00:00.000000' WHERE external_id <> 'fresh'")

    await box.forget_handled(older_than_days=7)

    assert await rows(db, "SELECT external_id FROM inbox ORDER BY id") == [("fresh",), ("open",)]
