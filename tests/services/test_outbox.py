"""Messages go out at least once, a user's in order, and are repeated only when a sender died."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import structlog

from services import outbox
from services.outbox import Message, Outbox
from storage.database import Database
from storage.tables import User
from tests.support.builders import create_user
from tests.support.database import execute, expire, rows


@pytest.fixture
def box(db: Database) -> Outbox:
    return Outbox(db)


async def put(db: Database, user: User, key: str, **options: Any) -> None:
    async with db.transaction() as session:
        await outbox.put(session, key=key, user_id=user.id, kind="greeting", payload={"key": key}, **options)


async def put_latest(db: Database, user: User, key: str, number: int, *, delay_s: float = 0.0) -> None:
    async with db.transaction() as session:
        payload = {"key": key, "number": number}
        await outbox.put_latest(session, key=key, user_id=user.id, kind="card", payload=payload, delay_s=delay_s)


def keys(messages: list[Message]) -> list[str]:
    return [message.payload["key"] for message in messages]


async def drain(box: Outbox, *, rounds: int = 20) -> list[list[str]]:
    """Send all there is, round by round."""
    sent = []
    for _ in range(rounds):
        batch = await box.claim()
        for message in batch:
            await box.mark_sent(message)
        if batch:
            sent.append(keys(batch))
    return sent


async def test_a_message_is_written_once_for_its_key(db: Database, box: Outbox, alice: User) -> None:
    await asyncio.gather(*(put(db, alice, "hello") for _ in range(20)))

    assert await drain(box) == [["hello"]]


async def test_a_message_of_a_change_that_failed_never_existed(db: Database, box: Outbox, alice: User) -> None:
    async def fail() -> None:
        async with db.transaction() as session:
            await outbox.put(session, key="hello", user_id=alice.id, kind="greeting", payload={})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()

    assert await box.claim() == []


async def test_of_many_senders_one_gets_a_message(db: Database, box: Outbox, alice: User) -> None:
    await put(db, alice, "hello")

    claimed = await asyncio.gather(*(box.claim() for _ in range(10)))

    assert [keys(batch) for batch in claimed if batch] == [["hello"]]


async def test_a_users_messages_go_one_by_one_in_order(db: Database, box: Outbox, alice: User, bob: User) -> None:
    for number in range(3):
        await put(db, alice, f"alice {number}")
        await put(db, bob, f"bob {number}")

    assert await drain(box) == [[f"alice {number}", f"bob {number}"] for number in range(3)]


async def test_the_next_waits_while_the_one_before_is_under_way(db: Database, box: Outbox, alice: User) -> None:
    """Also when another worker asks: its message would overtake."""
    await put(db, alice, "first")
    await put(db, alice, "second")
    (first,) = await box.claim()

    assert await box.claim() == []
    await box.mark_sent(first)

    assert keys(await box.claim()) == ["second"]


async def test_two_senders_at_once_never_have_one_user_both(db: Database, box: Outbox, alice: User) -> None:
    for number in range(6):
        await put(db, alice, str(number))

    claimed = await asyncio.gather(*(box.claim() for _ in range(6)))

    assert [keys(batch) for batch in claimed if batch] == [["0"]]


async def test_one_users_flood_does_not_keep_others_waiting(db: Database, box: Outbox, alice: User, bob: User) -> None:
    for number in range(100):
        await put(db, alice, str(number))
    await put(db, bob, "bob")

    assert keys(await box.claim()) == ["0", "bob"]


async def test_a_batch_has_its_limit_and_the_oldest_go_first(db: Database, box: Outbox) -> None:
    for number in range(5):
        await put(db, await create_user(db, f"Guest {number}"), str(number))

    assert keys(await box.claim(limit=3)) == ["0", "1", "2"]
    assert keys(await box.claim(limit=3)) == ["3", "4"]


async def test_a_message_waits_for_its_time(db: Database, box: Outbox, alice: User) -> None:
    await put(db, alice, "later", delay_s=60)

    assert await box.claim() == []
    await expire(db, "outbox", "due_at")
    assert keys(await box.claim()) == ["later"]


async def test_a_message_whose_sender_died_is_sent_again(db: Database, box: Outbox, alice: User) -> None:
    await put(db, alice, "hello")
    await box.claim()
    await expire(db, "outbox")

    assert keys(await box.claim()) == ["hello"]


async def test_a_sender_that_was_thought_dead_marks_nothing(db: Database, box: Outbox, alice: User) -> None:
    await put(db, alice, "hello")
    (zombies,) = await box.claim()
    await expire(db, "outbox")
    (ours,) = await box.claim()

    await box.mark_sent(zombies)
    await box.give_up(zombies)
    await box.postpone(zombies, 600)

    assert await rows(db, "SELECT state, attempts FROM outbox") == [("waiting", 0)]
    await box.mark_sent(ours)
    assert await rows(db, "SELECT state FROM outbox") == [("sent",)]


async def test_a_postponed_message_comes_again_later(db: Database, box: Outbox, alice: User) -> None:
    await put(db, alice, "hello")
    (message,) = await box.claim()

    await box.postpone(message, 60)
    assert await box.claim() == []
    await expire(db, "outbox", "due_at")

    (again,) = await box.claim()
    assert (again.payload, again.attempts) == ({"key": "hello"}, 1)


async def test_it_is_given_up_after_so_many_attempts(db: Database, box: Outbox, alice: User) -> None:
    await put(db, alice, "hello")

    attempts = 0
    while batch := await box.claim():
        attempts += 1
        await box.postpone(batch[0], -1)

    assert attempts == outbox.MAX_ATTEMPTS
    assert await rows(db, "SELECT state FROM outbox") == [("given_up",)]


async def test_what_is_given_up_is_not_sent(db: Database, box: Outbox, alice: User) -> None:
    await put(db, alice, "hello")
    await put(db, alice, "next")
    (message,) = await box.claim()

    await box.give_up(message)

    assert await drain(box) == [["next"]]


async def test_a_view_that_gathers_is_sent_once_with_the_latest(db: Database, box: Outbox, alice: User) -> None:
    for number in range(4):
        await put_latest(db, alice, "album", number, delay_s=60)
    assert await box.claim() == []
    await expire(db, "outbox", "due_at")

    (message,) = await box.claim()

    assert message.payload["number"] == 3


async def test_each_addition_starts_the_wait_anew(db: Database, box: Outbox, alice: User) -> None:
    await put_latest(db, alice, "album", 1, delay_s=0)

    await put_latest(db, alice, "album", 2, delay_s=60)

    assert await box.claim() == []


async def test_a_view_is_sent_again_at_once_when_more_came_after_it(db: Database, box: Outbox, alice: User) -> None:
    await put_latest(db, alice, "album", 1)
    (first,) = await box.claim()
    await box.mark_sent(first)

    await put_latest(db, alice, "album", 2)

    (second,) = await box.claim()
    assert second.payload["number"] == 2


async def test_a_view_that_changed_while_it_was_sent_is_sent_again(db: Database, box: Outbox, alice: User) -> None:
    await put_latest(db, alice, "album", 1)
    (first,) = await box.claim()
    await put_latest(db, alice, "album", 2)

    await box.mark_sent(first)

    (second,) = await box.claim()
    assert second.payload["number"] == 2


async def test_it_carries_the_correlation_id(db: Database, box: Outbox, alice: User) -> None:
    with structlog.contextvars.bound_contextvars(cid="abc"):
        await put(db, alice, "hello")

    assert (await box.claim())[0].correlation_id == "abc"


async def test_only_what_is_long_settled_is_forgotten(db: Database, box: Outbox, alice: User) -> None:
    for key in ("sent", "given up", "fresh", "waiting"):
        await put(db, alice, key)
        if key == "waiting":
            break
        (message,) = await box.claim()
        await (box.give_up(message) if key == "given up" else box.mark_sent(message))
    await execute(db, "UPDATE outbox SET created_at = '2026-01-01 00:00:00.000000' WHERE key <> 'fresh'")

    await box.forget_settled(older_than_days=7)

    assert await rows(db, "SELECT key FROM outbox ORDER BY id") == [("fresh",), ("waiting",)]
