"""The verdict on a world of chaos sees what must not be: one thing wrong at a time."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from services.inbox import Inbox
from storage.database import Database
from storage.tables import User
from tests.chaos.books import Books
from tests.chaos.stage import Record
from tests.chaos.verdict import Told, Verdict, judge
from tests.support.builders import Shop
from tests.support.database import execute

pytestmark = pytest.mark.parametrize("db_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def books(db_url: str) -> Iterator[Books]:
    opened = Books(db_url)
    yield opened
    opened.close()


@pytest.fixture
async def told(db: Database, shop: Shop, alice: User) -> Told:
    """One clip was made and delivered, and everybody knows."""
    take = await shop.take_of(alice)
    await execute(db, "UPDATE outbox SET state = 'sent'")
    return Told(Counter({take.id: 1}), Counter())


def work(
    id_: str = "work-1", *, vendor: str = "modal", accepted: float = 1.0, ended: float | None = 2.0
) -> dict[str, Any]:
    order = {"vendor": vendor, "token": "token", "content": "order", "submissions": 1}
    return order | {"id": id_, "accepted_at": accepted, "ended_at": ended}


def judged(
    books: Books, told: Told, *works: dict[str, Any], record: Record | None = None, brief: bool = False
) -> Verdict:
    return judge(books, list(works), told, record or Record(), brief=brief)


def minutes_ago(db: Database, minutes: int) -> str:
    """By the database's clock, in SQL."""
    return f"datetime('now', '-{minutes} minutes')" if db.is_sqlite else f"now() - interval '{minutes} minutes'"


async def test_all_is_well(books: Books, told: Told) -> None:
    found = judged(books, told, work())

    assert found.wrong == []
    assert (found.figures["jobs"], found.figures["  succeeded"], found.figures["double captures"]) == (1, 1, 0)


async def test_one_token_with_two_pieces_of_work(books: Books, told: Told) -> None:
    first, second = work("work-1"), work("work-2", accepted=3.0, ended=4.0)

    assert judged(books, told, first, second).wrong == [
        "submitted twice under one token: modal token: ['work-1', 'work-2']"
    ]


async def test_an_order_that_lives_twice_where_no_token_is_taken(books: Books, told: Told) -> None:
    first, second = work("work-1", vendor="runway", ended=None), work("work-2", vendor="runway", accepted=3.0)
    again = work("work-2", vendor="runway", accepted=3.0, ended=4.0)

    assert judged(books, told, first, second).wrong == ["live twice at once: runway work-1 and work-2"]
    assert judged(books, told, work("work-1", vendor="runway"), again).wrong == []


async def test_somebody_who_was_never_told(books: Books, told: Told) -> None:
    (take,) = told.takes

    assert judged(books, Told(Counter(), Counter()), work()).wrong == [f"never told: of take {take}"]


async def test_more_repetitions_than_occasions_for_them(books: Books, told: Told) -> None:
    (take,) = told.takes
    twice = Told(Counter({take: 3}), Counter())
    killed = Record(kills=Counter({"worker": 2}))

    assert judged(books, twice, work(), record=killed).wrong == []
    assert judged(books, twice, work()).wrong == ["2 messages were repeated, for 0 occasions"]


async def test_what_is_left_to_do(db: Database, books: Books, told: Told, shop: Shop, alice: User) -> None:
    await shop.job_of(alice)
    await execute(db, "UPDATE outbox SET state = 'waiting'")

    assert judged(books, told, work()).wrong == ["1 jobs not ended", "1 messages not sent"]


async def test_a_job_that_ended_long_after_its_deadline(db: Database, books: Books, told: Told) -> None:
    await execute(db, f"UPDATE jobs SET deadline_at = {minutes_ago(db, 10)}")  # noqa: S608 - our own words

    (wrong,) = judged(books, told, work()).wrong

    assert wrong.endswith("s after its deadline, pauses not counted")


async def test_who_stands_still_may_keep_a_job_from_ending(db: Database, books: Books, told: Told) -> None:
    await execute(db, f"UPDATE jobs SET deadline_at = {minutes_ago(db, 10)}")  # noqa: S608 - our own words
    now = time.time()
    most = Record(pauses=[(now - 700, now - 300), (now - 400, now - 30)])
    half = Record(pauses=[(now - 700, now - 300), (now - 400, now - 300)])

    assert judged(books, told, work(), record=most).wrong == []
    assert judged(books, told, work(), record=half).wrong != []


async def test_an_update_that_nobody_handled(db: Database, books: Books, told: Told) -> None:
    await Inbox(db, "telegram:1").store({"1": {}})

    assert judged(books, told, work()).wrong == ["1 updates not handled"]


async def test_a_brief_run_waits_for_no_update_of_a_process_that_went_down(
    db: Database, books: Books, told: Told
) -> None:
    await Inbox(db, "telegram:1").store({"1": {}})
    before, after = Record(web_down_at=time.time() - 60), Record(web_down_at=time.time() + 60)

    assert judged(books, told, work(), record=after, brief=True).wrong == []
    assert judged(books, told, work(), record=before, brief=True).wrong == ["1 updates not handled"]
    await execute(db, f"UPDATE inbox SET lease_until = {minutes_ago(db, 1)}")  # noqa: S608 - our own words
    assert judged(books, told, work(), record=after, brief=True).wrong == ["1 updates not handled"]


async def test_an_update_that_was_put_aside(db: Database, books: Books, told: Told) -> None:
    await Inbox(db, "telegram:1").store({"1": {}})
    await execute(db, "UPDATE inbox SET attempts = 99")

    assert judged(books, told, work()).wrong == ["1 updates put aside"]
