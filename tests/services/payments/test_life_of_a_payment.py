"""However the events of a payment's life come, in whatever order and how often, the ledger ends the same."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import pytest

from services.payments.facts import STARS, STRIPE, Rail
from tests.services.payments.lives import Ordered, tell_events, tell_facts
from tests.services.payments.properties import FULL, SEED
from tests.support.auditor import broken
from tests.support.quick import Quick, quick_postgres, quick_sqlite

T = TypeVar("T")
ORDERS, ON_POSTGRES = (300, 50) if FULL else (10, 3)
"""How many a test tries: three times the first and twice the second, 1,000 in all."""


@pytest.fixture
def quick(request: pytest.FixtureRequest) -> Iterator[Quick]:
    """On SQLite unless the test says otherwise."""
    if getattr(request, "param", "sqlite") == "sqlite":
        opened = quick_sqlite(request.getfixturevalue("sqlite_template"))
    else:
        opened = quick_postgres(request.getfixturevalue("postgres_database"))
    with opened as one:
        yield one


def shuffled(told: Sequence[T], chance: random.Random) -> list[T]:
    """All of it in any order, and some of it up to four times, in any place."""
    again = chance.choices(told, k=chance.randrange(len(told)))
    return chance.sample([*told, *again], k=len(told) + len(again))


async def fact_lives(quick: Quick, rail: Rail, orders: int, chance: random.Random) -> list[tuple[Any, ...]]:
    found = []
    for number in range(orders):
        ordered = await Ordered.anew(quick.db, rail)
        facts = ordered.facts()
        await tell_facts(quick.db, shuffled(facts, chance) if number else facts)
        found.append(ordered.books(quick))
    return found


async def event_lives(quick: Quick, chance: random.Random) -> list[tuple[Any, ...]]:
    found = []
    for number in range(ORDERS):
        ordered = await Ordered.anew(quick.db, STRIPE)
        events = ordered.events()
        # The same event again under its own id, and what it tells under another one.
        again = [event | {"id": f"{event['id']}_again"} for event in events]
        await tell_events(quick.db, ordered, shuffled(events + again, chance) if number else events)
        found.append(ordered.books(quick))
    return found


def assert_all_the_same(quick: Quick, books: list[tuple[Any, ...]]) -> None:
    pockets, net, payment, _, orders = books[0]
    # 30 were bought and 20 given, 18 are held; 15 went back, and 8 were lost: 7.5, rounded half up.
    assert pockets == [("available", 9), ("debt", 0), ("held", 18)]
    assert net == [("admin", 20), ("dispute", -8), ("hold", -18), ("purchase", 30), ("refund", -15)]
    assert (payment, orders) == ([("credited", None, 30, 15, 8)], [("paid",)])
    assert [one for one in books if one != books[0]] == []
    assert broken(quick.look, holds_without_jobs=True) == []


@pytest.mark.timeout(900)
@pytest.mark.parametrize("rail", [STRIPE, STARS])
@pytest.mark.parametrize("quick", ["sqlite", "postgresql"], indirect=True)
def test_facts_in_any_order_end_in_one_ledger(quick: Quick, rail: Rail) -> None:
    orders = ORDERS if quick.db.is_sqlite else ON_POSTGRES
    assert_all_the_same(quick, quick.run(fact_lives(quick, rail, orders, random.Random(SEED))))


@pytest.mark.timeout(900)
def test_events_in_any_order_end_in_one_ledger(quick: Quick) -> None:
    assert_all_the_same(quick, quick.run(event_lives(quick, random.Random(SEED))))
