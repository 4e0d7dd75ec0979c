"""What people ask is kept until somebody answers it, and only one of staff does."""

from __future__ import annotations

import asyncio

import pytest

from services.errors import NotYours, ReportClosed
from services.reports import PAGE
from services.staff.rights import Actor, Role
from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, rows


@pytest.fixture
async def boss(shop: Shop) -> Actor:
    return await shop.boss()


async def asked(shop: Shop, user: User, message: int = 5, text: str = "Where is my clip?") -> int:
    reference = await shop.support.ask(user, message, text)
    return (await shop.reports.find(reference)).question.id


async def test_of_two_at_once_one_answers_and_the_other_is_told_who_did(
    db: Database, shop: Shop, boss: Actor, alice: User, bob: User
) -> None:
    report = await asked(shop, alice)
    await shop.staff.appoint(boss, bob.id, Role.SUPPORT)
    staff = [boss, Actor(bob.id, Role.SUPPORT)]

    ended = await asyncio.gather(
        *(shop.reports.answer(actor, report, "Here it is") for actor in staff), return_exceptions=True
    )

    (refused,) = [one for one in ended if isinstance(one, ReportClosed)]
    assert ended.count(None) == 1
    assert refused.by == ["Olga", "Bob"][ended.index(None)]
    answers = await rows(db, "SELECT user_id, payload FROM outbox WHERE kind = 'from_team'")
    assert [(to, "Here it is" in str(payload), f"S{alice.id}-5" in str(payload)) for to, payload in answers] == [
        (alice.id, True, True)
    ]
    assert await rows(db, "SELECT subject FROM audit_log WHERE action = 'report_answered'") == [(f"user:{alice.id}",)]


async def test_the_open_ones_are_listed_oldest_first(shop: Shop, boss: Actor, alice: User, bob: User) -> None:
    numbers = [await asked(shop, alice, 1), await asked(shop, bob, 1), await asked(shop, alice, 2)]
    await shop.reports.close(boss, numbers[1])

    found, total = await shop.reports.waiting()

    assert ([one.question.id for one in found], total) == ([numbers[0], numbers[2]], 2)
    closed = await shop.reports.view(numbers[1])
    assert closed.closer is not None
    assert (closed.asker.id, closed.closer.id) == (bob.id, boss.user_id)


@ON_SQLITE
async def test_closing_sends_nothing_and_holds(db: Database, shop: Shop, boss: Actor, alice: User) -> None:
    report = await asked(shop, alice)
    await shop.reports.close(boss, report)

    for attempt in (shop.reports.close(boss, report), shop.reports.answer(boss, report, "Hello")):
        with pytest.raises(ReportClosed):
            await attempt

    assert await rows(db, "SELECT id FROM outbox WHERE kind = 'from_team'") == []
    assert await rows(db, "SELECT action FROM audit_log") == [("report_closed",)]


@ON_SQLITE
async def test_one_is_found_by_its_number_or_its_reference(shop: Shop, boss: Actor, alice: User) -> None:
    report = await asked(shop, alice)
    for words in (f"#{report}", f"{report}", f" s{alice.id}-5 "):
        assert (await shop.reports.find(words)).question.id == report
    for words in ("S1-1", "everything", "9" * 30):
        with pytest.raises(NotYours):
            await shop.reports.find(words)
    for attempt in (shop.reports.view(10**9), shop.reports.answer(boss, 10**9, "?"), shop.reports.close(boss, 10**9)):
        with pytest.raises(NotYours):
            await attempt


@ON_SQLITE
async def test_the_same_message_again_is_the_same_report(shop: Shop, boss: Actor, alice: User) -> None:
    report = await asked(shop, alice)
    await shop.reports.close(boss, report)

    assert await asked(shop, alice) == report
    assert (await shop.reports.waiting())[1] == 0


@ON_SQLITE
async def test_pages_are_no_longer_than_a_message(shop: Shop, boss: Actor, alice: User, bob: User) -> None:
    for number in range(PAGE - 1):
        await asked(shop, alice if number % 2 else bob, number)
    last = [await asked(shop, alice, 90), await asked(shop, bob, 91)]

    assert len((await shop.reports.waiting())[0]) == PAGE
    assert [one.question.id for one in (await shop.reports.waiting(1))[0]] == last[1:]


@ON_SQLITE
async def test_what_somebody_had_deleted_waits_for_nobody(db: Database, shop: Shop, boss: Actor, alice: User) -> None:
    report = await asked(shop, alice)
    await shop.personal_data.delete(alice.id)

    assert (await shop.reports.waiting())[1] == 0
    assert (await shop.reports.view(report)).question.text == ""
    with pytest.raises(ReportClosed) as refused:
        await shop.reports.answer(boss, report, "Hello")
    assert refused.value.by is None
    assert await rows(db, "SELECT id FROM outbox WHERE kind IN ('question', 'from_team')") == []
