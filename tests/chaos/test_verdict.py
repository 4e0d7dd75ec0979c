"""The verdict on a world of chaos sees what must not be: one thing wrong at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

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


def judged(books: Books, told: Told, *works: dict[str, Any], record: Record | None = None) -> Verdict:
    return judge(books, list(works), told, record or Record(), brief=False)


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
    earlier = "datetime('now', '-10 minutes')" if db.is_sqlite else "now() - interval '10 minutes'"
    await execute(db, f"UPDATE jobs SET deadline_at = {earlier}")  # noqa: S608 - our own words

    (wrong,) = judged(books, told, work()).wrong

    assert wrong.endswith("s after its deadline")
