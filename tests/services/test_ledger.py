"""Credits move as one entry in two books, and never twice, whoever asks how often."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services import ledger
from services.errors import NotEnoughCredits
from services.ledger import Balance, HoldAlreadyResolved, TransferKind
from services.wallet import PAGE, Wallet
from storage.database import Database
from storage.tables import User
from tests.support.builders import create_user
from tests.support.database import rows
from tests.support.processes import at_once
from tests.support.racers import spend_one

HOLDS_WITHOUT_JOBS = True

Settle = Callable[[AsyncSession, int], Awaitable[None]]


async def hold(db: Database, user: User, amount: int) -> int:
    async with db.transaction() as session:
        return await ledger.hold(session, user.id, amount)


async def settle(db: Database, how: Settle, held: int) -> None:
    async with db.transaction() as session:
        await how(session, held)


async def grant(db: Database, user: User, amount: int, key: str) -> bool:
    async with db.transaction() as session:
        return await ledger.grant(session, user.id, amount, kind=TransferKind.SIGNUP, key=key)


async def balance(db: Database, user: User) -> Balance:
    async with db.reading() as session:
        return await ledger.balance(session, user.id)


async def history(db: Database, user: User) -> list[tuple[str, int]]:
    return [(entry.kind, entry.amount) for entry in (await Wallet(db).statement(user.id)).entries]


async def test_a_grant_is_given_once_for_its_key(db: Database, alice: User) -> None:
    assert await grant(db, alice, 5, "gift") is True
    assert await grant(db, alice, 5, "gift") is False

    assert await balance(db, alice) == Balance(15, 0)


async def test_fifty_grants_of_one_key_at_once_give_once(db: Database, alice: User) -> None:
    given = await asyncio.gather(*(grant(db, alice, 5, "gift") for _ in range(50)))

    assert sum(given) == 1
    assert await balance(db, alice) == Balance(15, 0)


async def test_a_hold_sets_credits_aside(db: Database, alice: User) -> None:
    await hold(db, alice, 4)

    assert await balance(db, alice) == Balance(6, 4)


async def test_a_captured_hold_is_ours(db: Database, alice: User) -> None:
    await settle(db, ledger.capture, await hold(db, alice, 4))

    assert await balance(db, alice) == Balance(6, 0)
    assert await rows(db, "SELECT balance FROM accounts WHERE kind = 'revenue'") == [(4,)]


async def test_a_released_hold_is_theirs_again(db: Database, alice: User) -> None:
    await settle(db, ledger.release, await hold(db, alice, 4))

    assert await balance(db, alice) == Balance(10, 0)


@pytest.mark.parametrize("first", [ledger.capture, ledger.release])
@pytest.mark.parametrize("second", [ledger.capture, ledger.release])
async def test_a_hold_is_resolved_once(db: Database, alice: User, first: Settle, second: Settle) -> None:
    held = await hold(db, alice, 4)
    await settle(db, first, held)
    before = await balance(db, alice)

    with pytest.raises(HoldAlreadyResolved):
        await settle(db, second, held)

    assert await balance(db, alice) == before


async def test_of_twenty_that_resolve_a_hold_at_once_one_does(db: Database, alice: User) -> None:
    held = await hold(db, alice, 4)

    ends = await asyncio.gather(
        *(settle(db, how, held) for how in [ledger.capture, ledger.release] * 10), return_exceptions=True
    )

    assert sum(end is None for end in ends) == 1
    assert all(end is None or isinstance(end, HoldAlreadyResolved) for end in ends)


async def test_what_is_not_there_cannot_be_held(db: Database, alice: User) -> None:
    await hold(db, alice, 7)

    with pytest.raises(NotEnoughCredits) as refused:
        await hold(db, alice, 4)

    assert (refused.value.needed, refused.value.available) == (4, 3)
    assert await balance(db, alice) == Balance(3, 7)


async def test_the_last_credit_can_be_held(db: Database, alice: User) -> None:
    await hold(db, alice, 10)

    assert await balance(db, alice) == Balance(0, 10)


@pytest.mark.parametrize("amount", [0, -3])
async def test_nothing_and_less_cannot_be_moved(db: Database, alice: User, amount: int) -> None:
    with pytest.raises(IntegrityError):
        await hold(db, alice, amount)
    with pytest.raises(IntegrityError):
        await grant(db, alice, amount, "strange")

    assert await balance(db, alice) == Balance(10, 0)


async def test_a_use_case_that_fails_later_moves_nothing(db: Database, alice: User) -> None:
    async def hold_and_fail() -> None:
        async with db.transaction() as session:
            await ledger.hold(session, alice.id, 4)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await hold_and_fail()

    assert await balance(db, alice) == Balance(10, 0)


async def test_the_history_shows_what_came_and_went(db: Database, alice: User, bob: User) -> None:
    await settle(db, ledger.capture, await hold(db, alice, 4))
    await settle(db, ledger.release, await hold(db, alice, 3))
    await hold(db, alice, 1)

    assert await history(db, alice) == [("generation", -4), ("signup", 10)]
    assert await history(db, bob) == [("signup", 10)]


async def test_the_history_comes_in_pages(db: Database, alice: User) -> None:
    for number in range(PAGE):
        await grant(db, alice, number + 1, f"gift:{number}")

    newest, oldest = [await Wallet(db).statement(alice.id, page) for page in (0, 99)]

    assert (newest.page, newest.pages, oldest.page) == (0, 2, 1)
    assert [entry.amount for entry in newest.entries] == list(range(PAGE, 0, -1))
    assert [entry.kind for entry in oldest.entries] == ["signup"]


async def test_twenty_racers_for_ten_credits_spend_exactly_ten(db: Database, db_url: str, alice: User) -> None:
    spent = await asyncio.gather(*(spend_one(db_url, alice.id) for _ in range(20)))

    assert sum(spent) == 10
    assert await balance(db, alice) == Balance(0, 0)


async def test_twenty_processes_racing_for_ten_credits_spend_exactly_ten(
    db: Database, db_url: str, alice: User
) -> None:
    spent = await asyncio.to_thread(at_once, spend_one, [(db_url, alice.id)] * 20)

    assert sum(spent) == 10
    assert await balance(db, alice) == Balance(0, 0)


async def test_holding_and_giving_back_at_the_same_moment_do_not_block_each_other(db: Database) -> None:
    """One of them takes from one pocket what the other takes from the other pocket: in the wrong order, a deadlock."""
    carol = await create_user(db, "Carol", credits_=100)
    held = [await hold(db, carol, 1) for _ in range(30)]

    await asyncio.gather(*(settle(db, ledger.release, one) for one in held), *(hold(db, carol, 1) for _ in range(30)))

    assert await balance(db, carol) == Balance(70, 30)


async def test_what_was_made_for_less_costs_less(db: Database, alice: User) -> None:
    held = await hold(db, alice, 4)

    async with db.transaction() as session:
        await ledger.capture(session, held, 1)

    assert await balance(db, alice) == Balance(9, 0)
    assert await history(db, alice) == [("generation", -1), ("signup", 10)]
